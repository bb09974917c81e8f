"""What pages have in common: the margin, the line at the head, the entry that is lit, the terminal's cursor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from noc_tui.console.row_text import Page
from noc_tui.incidents.model import Incident, number_text
from widgets.line import Line, cut_end, cut_middle, line_width, overlay
from widgets.roles import RowState, Run


class Shown(NamedTuple):
    """A page's lines, those of them that stand on another ground, and the line of the cursor, if there is one."""

    lines: Sequence[Line]
    states: Mapping[int, RowState] = MappingProxyType({})
    cursor: int | None = None


def indented(lines: Sequence[Line]) -> list[Line]:
    """Return lines at the left margin."""
    return [[("   ", "muted"), *line] if line else [] for line in lines]


def head(name: str, count: str, incident: Incident, page: Page, width: int) -> list[Run]:
    """Return the first line of a page about one incident: what, how much of it, its number, its resource, its summary.

    The summary is cut to what is left. It stands at the margin.
    """
    number = number_text(incident.number, incident.id)
    line: list[Run] = [("   ", "muted"), (name, "bright"), (f"  {count}   {number}  ", "muted")]
    resource = cut_middle(incident.resource, max(12, min(32, width - 3 - line_width(line))), page.signs.cut)
    line += [(resource, "strong"), ("  ", "muted")]
    return [*line, (cut_end(incident.title, max(0, width - 3 - line_width(line)), page.signs.cut), "text")]


def lit(entries: Sequence[tuple[int, list[Line]]], at: int, first: int, page: Page, headings: int = 0) -> Shown:
    """Return entries in view as lines at the margin that stand from line `first` on, the one at the cursor lit.

    Its first lines, `headings` of them, are not of the entry itself.
    """
    lines: list[Line] = []
    states: dict[int, RowState] = {}
    cursor: int | None = None
    for index, own in entries:
        for place, line in enumerate(indented(own)):
            if index == at and place >= headings:
                if cursor is None:
                    cursor = first + len(lines)
                    line = overlay(line or [("   ", "muted")], (page.signs.bar, "key"))
                states[first + len(lines)] = RowState.CURSOR
            lines.append(line)
    return Shown(lines, states, cursor)
