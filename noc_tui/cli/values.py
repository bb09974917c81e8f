"""What a person types behind an option, made into what a verb takes; bad usage says what to type instead."""

from __future__ import annotations

import os
import sys
from datetime import tzinfo
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click

from noc_tui.cli.local_zone import LocalZone
from noc_tui.console import arguments
from noc_tui.console.arguments import ArgumentError
from noc_tui.incidents.model import Micros
from noc_tui.incidents.times import TimeError, parse_time
from noc_tui.incidents.verbs import Arg

if TYPE_CHECKING:
    ParamType = click.ParamType[Any]
else:
    ParamType = click.ParamType  # generic in click's later releases only


STDIN: Final = "-"
"""What stands for standard input, where a text may be long."""
_LONG: Final = frozenset(("note", "text", "cause", "reason"))
"""Arguments that are written in sentences."""
_MOST: Final = 1024 * 1024


class NumberType(ParamType):
    """An incident's number: 42, INC-42 or INC-000042."""

    name = "number"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the number."""
        if isinstance(value, int):
            return value
        try:
            return arguments.incident_number(str(value))
        except ArgumentError as error:
            self.fail(f"{error}.", param, ctx)


class ArgType(ParamType):
    """A value of a verb's argument, by its row in the table of verbs; `now` and `zone` are for times."""

    def __init__(self, arg: Arg, now: Micros, zone: tzinfo | None = None) -> None:
        self.name = arg.kind
        self._arg = arg
        self._now = now
        self._zone = zone or LocalZone()

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Return the value, None for an empty one."""
        if not isinstance(value, str):
            return value
        text = _from_stdin(param) if value == STDIN and self._arg.name in _LONG else readable(value)
        try:
            if self._arg.kind == "command" and text:
                return UUID(text).hex
            return arguments.parse(self._arg, text, self._now, self._zone)
        except ArgumentError as error:
            self.fail(f"{error}.", param, ctx)
        except ValueError:
            self.fail(f"{text!r} is no command's id; `noc-tui journal --json` tells them as command_id.", param, ctx)


def past_time(text: str, now: Micros, zone: tzinfo) -> Micros:
    """Return the instant in the past that a person means; bad usage says what to type."""
    try:
        at = parse_time(readable(text), now, zone, "past")
    except TimeError as error:
        raise click.BadParameter(f"{error}.", param_hint="--at") from None
    if at > now:
        raise click.BadParameter(f"{text!r} has not come yet; the board is known up to now.", param_hint="--at")
    return at


def _from_stdin(param: click.Parameter | None) -> str:
    """Return the text on standard input; bad usage if there is none, or more than anybody writes."""
    data = sys.stdin.buffer.read(_MOST + 1)
    if len(data) > _MOST:
        raise click.BadParameter("more than 1 MiB came on standard input: that is no note.", param=param)
    text = data.decode("utf-8", "replace")
    if not text.strip():
        raise click.BadParameter("nothing came on standard input.", param=param)
    return text


def readable(text: str) -> str:
    """Return what was typed with U+FFFD for each byte that is not UTF-8 (DESIGN.md 8.4)."""
    return os.fsencode(text).decode("utf-8", "replace")
