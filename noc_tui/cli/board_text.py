"""The board as text: rows in the board's own order, aligned, one incident a line."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from unicodedata import combining, east_asian_width

from noc_tui.console.board_model import BoardModel
from noc_tui.incidents.clocks import next_due
from noc_tui.incidents.durations import short
from noc_tui.incidents.model import Incident, Micros, number_text
from noc_tui.incidents.ordering import BAND_NAMES, is_cleared, is_snoozed, needs_eyes
from noc_tui.incidents.text import clean

HEADS: Final = ("", "NUMBER", "P", "STATE", "AGE", "CLOCK", "ALERTS", "OWNER", "RESOURCE", "SUMMARY")
_RIGHT: Final = frozenset(("AGE", "CLOCK", "ALERTS"))
_WIDEST: Final = {"OWNER": 12, "RESOURCE": 32}
_FEWEST: Final = 20
"""Cells that the last column has at least, however narrow the terminal is."""


def rows_text(incidents: Iterable[Incident], now: Micros) -> Iterator[str]:
    """Yield a heading and a line for each incident; nothing where there is none.

    A star marks what needs somebody's eyes. On a terminal lines are cut at its width, elsewhere they are whole.
    """
    rows = [_cells(incident, now) for incident in incidents]
    if rows:
        yield from table((HEADS, *rows), line_width())


def summary_text(model: BoardModel) -> str:
    """Return how many are open, by priority, and how many need attention, are shelved or suppressed."""
    counts = model.counts
    by_priority = "  ".join(f"P{priority} {count}" for priority, count in counts.open.items() if count)
    parts = [
        f"{counts.all_open} open" + (f" ({by_priority})" if by_priority else ""),
        f"{counts.all_unacked} need attention",
        *([f"{counts.shelved} shelved"] if counts.shelved else []),
        *([f"{counts.suppressed} suppressed"] if counts.suppressed else []),
    ]
    return ", ".join(parts)


def bands_text(model: BoardModel, now: Micros) -> Iterator[str]:
    """Yield the whole board: what is open, and the rows under the names of their bands."""
    yield summary_text(model)
    numbers = list(model.numbers())
    lines = list(rows_text((model.rows[number] for number in numbers), now))
    if not lines:
        return
    heads, *rows = lines
    yield ""
    yield heads
    for segment in model.lines.layout.segments:
        if segment.end > segment.start:
            yield f"{BAND_NAMES[segment.band]}  {segment.end - segment.start}"
            yield from rows[segment.start : segment.end]


def table(rows: Sequence[Sequence[str]], width: int | None = None) -> Iterator[str]:
    """Yield rows with their columns aligned; the first one is the heading. Lines are cut at `width` cells."""
    heads = rows[0]
    last = len(heads) - 1
    widths = [max(_width(row[place]) for row in rows) for place in range(last)]
    room = None if width is None else max(_FEWEST, width - sum(widths) - 2 * last)
    for row in rows:
        cells = [_padded(cell, widths[place], right=heads[place] in _RIGHT) for place, cell in enumerate(row[:last])]
        cells.append(row[last] if room is None else cut(row[last], room))
        yield "  ".join(cells).rstrip()


def cut(text: str, cells: int) -> str:
    """Return the text in at most so many cells of a terminal, with `...` where it was cut."""
    if _width(text) <= cells:
        return text
    kept, used = [], 0
    for sign in text:
        used += _sign_width(sign)
        if used > cells - 3:
            break
        kept.append(sign)
    return "".join(kept).rstrip() + "..."


def line_width() -> int | None:
    """Return the width of the terminal that reads us, None where none does."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def state_text(incident: Incident, now: Micros) -> str:
    """Return the state, or what says more: snoozed, or cleared and still open."""
    if is_snoozed(incident, now) and incident.state != "held":
        return "snoozed"
    return f"{incident.state}, clear" if is_cleared(incident) else incident.state


def _cells(incident: Incident, now: Micros) -> tuple[str, ...]:
    due = next_due(incident)
    return (
        "*" if needs_eyes(incident, now) else "",
        number_text(incident.number, incident.id),
        f"P{incident.priority}",
        state_text(incident, now),
        short(now - incident.opened_at),
        short(due - now) if due is not None else "",
        str(incident.alert_count) if incident.alert_count else "",
        cut(clean(incident.owner), _WIDEST["OWNER"]),
        cut(clean(incident.resource), _WIDEST["RESOURCE"]),
        ("MAJOR " if incident.major else "") + clean(incident.title),
    )


def _padded(text: str, cells: int, *, right: bool) -> str:
    blanks = " " * (cells - _width(text))
    return blanks + text if right else text + blanks


def _width(text: str) -> int:
    return len(text) if text.isascii() else sum(map(_sign_width, text))


def _sign_width(sign: str) -> int:
    if combining(sign):
        return 0
    return 2 if east_asian_width(sign) in "WF" else 1
