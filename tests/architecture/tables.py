"""What the documents show of the code: keys, commands, settings, fields, kinds of event, each as Markdown."""

import ast
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, get_args

import click
from msgspec.structs import fields as struct_fields

from noc_tui.cli.main import COMMANDS, program
from noc_tui.cli.preferences import SOURCE_TYPES, THEMES, Preferences, RemoteSetting, SourceSetting
from noc_tui.cli.shape import common_options
from noc_tui.console.event_text import words
from noc_tui.console.keymap import STANDARD, key_label, label_of
from noc_tui.console.keys import ALL, GROUPS, PAGE_GROUPS, Binding
from noc_tui.console.views import VIEWS
from noc_tui.incidents.model import Alert, Incident
from noc_tui.incidents.policy import Policy, policy_to
from noc_tui.incidents.query import fields, flags
from noc_tui.incidents.verbs import VERBS
from noc_tui.journal.envelope import Event, encode_body
from noc_tui.journal.wire import alert_json, event_json, incident_json
from tests.architecture.tree import modules, parse

KIND: Final = re.compile(r"(?:incident|alert|shelf|desk)\.[a-z]+(?:_[a-z]+)*")
"""The form of an event's kind."""

_WIDTH: Final = 100


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def code(text: str) -> str:
    """Text as it is typed."""
    return f"`{text}`"


# Keys


def keys_table() -> str:
    """Every key that does something by itself, two in a row, by the groups of the help sheet; alike ones together."""
    rows: list[Sequence[str]] = []
    for group in (*GROUPS, *PAGE_GROUPS):
        same: dict[str, list[str]] = {}
        for binding in ALL:
            sequence = binding.sequence
            if binding.group == group and len(sequence) == 1 and (not binding.page or group in PAGE_GROUPS):
                same.setdefault(_deed(binding), []).append(code(key_label(sequence[0])))
        cells = [(" ".join(dict.fromkeys(labels)), deed) for deed, labels in same.items()]
        rows += _paired(f"**{group}**", cells)
    return table(("", "key", "what it does", "key", "what it does"), rows)


def _paired(name: str, cells: list[tuple[str, str]]) -> Iterator[Sequence[str]]:
    """Two columns, read downwards."""
    half = (len(cells) + 1) // 2
    right = [*cells[half:], ("", "")][:half]
    for place, (one, other) in enumerate(zip(cells[:half], right, strict=True)):
        yield (name if place == 0 else "", *one, *other)


def _deed(binding: Binding) -> str:
    return binding.title + _asked(binding) + (" …" if binding.action == "prefix" else "")


def _asked(binding: Binding) -> str:
    """What is to be typed after the key, as the prompt asks for it."""
    if not binding.asks:
        return ""
    args = {arg.name: arg for arg in VERBS[binding.verb].args}
    return f" (asks: {', '.join(args[name].ask for name in binding.asks)})"


def prefixes_table() -> str:
    """What may follow each key after which another one is waited for."""
    rows = []
    for prefix in sorted(
        (prefix for prefix in STANDARD.prefixes if len(prefix) == 1),
        key=lambda one: (one[0].casefold(), one[0].isupper()),
    ):
        following = STANDARD.continuations(prefix)
        every = {_asked(binding) for binding in following}
        common = every.pop() if len(every) == 1 else ""
        choices = [_choice(binding, "" if common else _asked(binding)) for binding in following]
        rows.append((code(key_label(prefix[0])), ", ".join(choices) + common))
    return table(("after", "comes"), rows)


def _choice(binding: Binding, asked: str) -> str:
    keys = "".join(key_label(key) for key in binding.sequence[1:])
    return f"{code(keys)} {binding.choice or binding.title}{asked}"


# The command line


def commands_table() -> str:
    """Every command with what its help says first; the verbs of `do` are one."""
    return table(("command", "what it does"), [(code(path), _first(command)) for path, command in _leaves(but=("do",))])


def _first(command: click.Command) -> str:
    return command.get_short_help_str(limit=200).removesuffix(".")


def _commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(program, info_name="noc-tui")
    for name in COMMANDS:
        command = program.get_command(context, name)
        assert command is not None, f"{name} has no command"
        yield f"noc-tui {name}", command


def _leaves(but: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """The commands that do something, with how they are called."""
    for path, command in _commands():
        if isinstance(command, click.Group) and command.name not in but:
            for name, inner in command.commands.items():
                yield _called(f"{path} {name}", inner), inner
        else:
            yield _called(path, command), command


def _called(path: str, command: click.Command) -> str:
    context = click.Context(command, info_name=path)
    pieces = [piece for piece in command.collect_usage_pieces(context) if piece != "[OPTIONS]"]
    return " ".join((path, *pieces)).removesuffix(" [OPTIONS]")


def options_reference() -> str:
    """Every command with its whole help, the options that all of them take told once at the beginning."""
    parts = [_help("noc-tui", program)]
    for path, command in _leaves():
        parts += [f"### {path.partition(' ')[2]}", _help(path, command)]
    return "\n\n".join(parts)


def _help(path: str, command: click.Command) -> str:
    """A command's help as it is printed, without the options that every command takes."""
    common = {option.name for option in common_options()}
    context = click.Context(command, info_name=path.partition(" [")[0])
    formatter = click.HelpFormatter(width=_WIDTH)
    command.format_help_text(context, formatter)
    shown = [
        record
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option)
        if command is program or (parameter.name not in common and "--help" not in parameter.opts)
        if (record := parameter.get_help_record(context)) is not None
    ]
    if shown:
        with formatter.section("Options"):
            formatter.write_dl(shown)
    text = "\n".join(line.rstrip() for line in formatter.getvalue().strip("\n").splitlines())
    return f"```text\n{text}\n```"


def verbs_table() -> str:
    """Every verb of the business, with its arguments."""
    rows = []
    for verb in VERBS.values():
        args = [arg.name if arg.required else f"[{arg.name}]" for arg in verb.args]
        rows.append((code(verb.id), verb.title, " ".join(args), verb.help))
    return table(("verb", "what it does", "arguments", ""), rows)


def shapes_list() -> str:
    """The names of what is printed as JSON."""
    shapes = (
        ("an incident", incident_json(Incident(id=b"", number=1))),
        ("an alert", alert_json(Alert(ref="source:key"))),
        ("an event", event_json(_event("incident.acked"))),
    )
    return "\n".join(f"- **{what}**: {', '.join(code(name) for name in shape)}" for what, shape in shapes)


# Settings


def preferences_table() -> str:
    """Every setting of config.toml: what the option of the same name says, its values, its default."""
    helped = {parameter.name: parameter for parameter in (*program.params, *common_options())}
    options = {"ascii": "in_ascii"}
    rows = []
    for field in struct_fields(Preferences):
        if field.name in ("source", "remote", "keys", "templates"):
            continue
        parameter = helped[options.get(field.name, field.name)]
        assert isinstance(parameter, click.Option)
        values = ", ".join(map(code, THEMES)) if field.name == "theme" else _type_name(field.type)
        rows.append(
            (code(field.name), values, "not set" if not field.default else str(field.default), parameter.help or "")
        )
    for field in struct_fields(SourceSetting):
        values = ", ".join(map(code, SOURCE_TYPES)) if field.name == "type" else _type_name(field.type)
        rows.append(
            (code(f"source.{field.name}"), values, "must be given", "One `[[source]]` for each monitoring system.")
        )
    helps = {
        "url": "One `[[remote]]` for each remote store that is reached in a way of its own.",
        "ca_file": "The file of the only certificates that are believed there; else the operating system's are.",
        "proxy": "The proxy on the way there; none is taken from the environment.",
    }
    for field in struct_fields(RemoteSetting):
        default = "must be given" if field.required else "not set"
        rows.append((code(f"remote.{field.name}"), _type_name(field.type), default, helps[field.name]))
    rows += [
        (code("keys.NAME"), "text", "the key of the table", _KEYS_HELP),
        (code("templates.NAME"), "text", "not set", _TEMPLATES_HELP),
    ]
    return table(("setting", "values", "default", ""), rows)


_KEYS_HELP: Final = (
    'The key that does it: `resolve = "Y"`, `take = "Ctrl-t"`, `merge = "g M"`; `""` takes its key away. '
    "`noc-tui keys --all` lists the names."
)
_TEMPLATES_HELP: Final = (
    "A text for notes and resolutions; `{number}`, `{resource}`, `{service}`, `{me}` and `{time}` are filled in."
)


def _type_name(kind: type) -> str:
    kinds = [one for one in get_args(kind) or (kind,) if one is not type(None)]
    return {str: "text", bool: "`true`, `false`"}[kinds[0]]


def policy_json() -> str:
    """The policy that a new store starts with, as `noc-tui policy show` prints it, but a line for what fits one."""
    lines = []
    for name, value in policy_to(Policy()).items():
        flat = json.dumps(value)
        lines.append(f'  "{name}": ' + (flat if len(flat) < _WIDTH - 30 else _spread(value)))
    return "```json\n{\n" + ",\n".join(lines) + "\n}\n```"


def _spread(value: object) -> str:
    if isinstance(value, dict):
        inner = ",\n".join(f"    {json.dumps(name)}: {json.dumps(item)}" for name, item in value.items())
        return f"{{\n{inner}\n  }}"
    assert isinstance(value, list)
    return "[\n" + ",\n".join(f"    {json.dumps(item)}" for item in value) + "\n  ]"


# The filter language


def fields_table() -> str:
    """Every field that a filter may name."""
    rows = [
        (
            code(field.name),
            " ".join(map(code, field.aliases)),
            field.kind,
            field.help + (f" One of {', '.join(field.choices)}." if field.choices else ""),
            code(field.example),
        )
        for field in fields()
    ]
    return table(("field", "also", "kind", "", "example"), rows)


def flags_table() -> str:
    """Every word that `is:` takes."""
    return table(
        ("flag", "also", ""),
        [
            (code(f"is:{flag.name}"), " ".join(code(f"is:{name}") for name in flag.aliases), flag.help)
            for flag in flags()
        ],
    )


def views_table() -> str:
    """The views that the console comes with."""
    rows = []
    for view in VIEWS:
        names = (f"view_{view.key}", f"view_{view.name}")
        keys = next((label_of(binding) for binding in STANDARD.bindings.values() if binding.action in names), "")
        rows.append((code(keys), view.name))
    return table(("key", "view"), rows)


# The journal


def kinds() -> list[str]:
    """Every kind of event that the code writes, by name."""
    found = {
        node.value
        for path in modules("noc_tui")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and KIND.fullmatch(node.value)
    }
    return sorted(found)


_SAMPLE: Final = {
    "set": {
        "priority": 2,
        "held_reason": "provider",
        "resolution_code": "fixed",
        "cause": "cable replaced",
        "category": "network",
        "service": "core transport",
        "title": "fan 2 stopped",
        "parent": 41,
        "snoozed_till_clear": True,
    },
    "summary": "fan 2 stopped",
    "severity": "major",
    "to": "bo",
    "text": "called the carrier",
    "label": "fibre",
    "number": 43,
    "what": "incident.acked",
}
"""What the sentences in the table of kinds are about."""
_SAMPLES: Final = {"alert.flapped": {"from": 0, "to": 60_000_000, "toggles": 12}}


def _event(kind: str) -> Event:
    body = encode_body(_SAMPLES.get(kind, _SAMPLE))
    return Event(seq=1, id=b"", kind=kind, at=0, received_at=0, actor="ana", body=body)


def kinds_table() -> str:
    """Every kind of event, with what a timeline says of one."""
    rows = []
    for kind in kinds():
        said = words(_event(kind))
        rows.append((code(kind), "" if said == kind else said))
    return table(("kind", "as a timeline says it"), rows)


TABLES: Final[dict[str, Callable[[], str]]] = {
    "keys": keys_table,
    "prefixes": prefixes_table,
    "commands": commands_table,
    "options": options_reference,
    "verbs": verbs_table,
    "shapes": shapes_list,
    "preferences": preferences_table,
    "policy": policy_json,
    "fields": fields_table,
    "flags": flags_table,
    "views": views_table,
    "kinds": kinds_table,
}
"""What each generated part is made by."""
