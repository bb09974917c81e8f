"""Options made from the table of verbs: one for each argument that a verb takes (DESIGN.md 7.8)."""

from __future__ import annotations

import time
from typing import Any, Final

import click

from noc_tui.cli.values import ArgType
from noc_tui.incidents.model import Micros
from noc_tui.incidents.verbs import Arg, Verb

_METAVARS: Final = {
    "text": "TEXT",
    "person": "NAME",
    "when": "TIME",
    "incident": "NUMBER",
    "alert": "REF",
    "command": "ID",
}
_HELP: Final = {
    "when": "a duration from now (2h) or a time to come (08:00, 'tue 08:00', 2026-11-17T03:12Z)",
    "alert": "the alert's source:key; all firing ones if left out",
    "command": "the command's id, command_id in `noc-tui journal --json`",
    "incident": "42, INC-42 or INC-000042",
}


def options_of(verb: Verb, *, but: tuple[str, ...] = ()) -> list[click.Parameter]:
    """Return the options of a verb's arguments, without those named in `but`."""
    now = time.time_ns() // 1000
    return [option_of(arg, now) for arg in verb.args if arg.name not in but]


def option_of(arg: Arg, now: Micros) -> click.Option:
    """Return the option of one argument; what takes a `text` may be given as `--note` too."""
    name = f"--{arg.name.replace('_', '-')}"
    names = [name, "--note", arg.name] if arg.name == "text" else [name, arg.name]
    if arg.kind == "flag":
        return click.Option(names, is_flag=True, default=False, help=_sentence(arg.ask))
    return click.Option(
        names,
        type=ArgType(arg, now),
        required=arg.required,
        metavar=_METAVARS.get(arg.kind, "WORD"),
        help=_help(arg),
    )


def given(args: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments that were given."""
    return {name: value for name, value in args.items() if value not in (None, False, "")}


def _help(arg: Arg) -> str:
    if not arg.choices:
        return _sentence(f"{arg.ask or arg.name}: {_HELP[arg.kind]}" if arg.kind in _HELP else arg.ask or arg.name)
    pairs = [value if letter == value else f"{letter} {value}" for letter, value in arg.choices.items()]
    return _sentence(f"{arg.ask or arg.name}: {', '.join(pairs)}")


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
