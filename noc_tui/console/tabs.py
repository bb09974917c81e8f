"""What the status line says of the view: its name and count, the tabs where there is room, order and groups."""

from __future__ import annotations

from typing import Final

from noc_tui.console.arranging import Arrangement
from noc_tui.console.figures import counted, in_short, is_calm
from noc_tui.console.session import Session
from noc_tui.console.views import View
from widgets.line import Line, line_width
from widgets.roles import Run

TABS_FROM: Final = 120
"""From so many columns on the views stand side by side."""
NAMED_FROM: Final = 100
"""From so many on the view that is shown is told by its name, not by its key alone."""
_OF_ONE: Final = 4
"""Runs that one tab is made of, at most."""


def count_text(session: Session, view: View) -> str:
    """Return how many rows a view has (`41k` from ten thousand on); empty while they are being counted."""
    count = session.look.count(view)
    if count is None:
        return ""
    return counted(count, calm=True) if is_calm(session) else in_short(count)


def view_runs(session: Session, width: int, room: int, *, filtered: bool) -> Line:
    """Return what names the view in so much room: tabs from `TABS_FROM` columns on, if more than one fits.

    Beside a filter, which has the place of the view's name, there are tabs or nothing.
    """
    strip = tabs(session, room) if width >= TABS_FROM else []
    if len(strip) > _OF_ONE or (filtered and strip):
        return strip
    if filtered:
        return []
    view = session.look.view
    gap, key = ("   ", view.key) if width >= NAMED_FROM else ("  ", view.key or view.name)
    name = f"{' ' if view.key else ''}{view.name}" if width >= NAMED_FROM else ""
    return [("view ", "muted"), (key, "bright"), (name, "text" if view.key else "bright"), (gap, "muted")]


def tabs(session: Session, room: int) -> Line:
    """Return as many views with their counts as fit: the one that is shown, and those around it in their order."""
    if room <= 0:
        return []
    views = list(session.look.views)
    at = next((place for place, view in enumerate(views) if view.name == session.look.view.name), 0)
    cells = [_tab(session, view, shown=place == at) for place, view in enumerate(views)]
    if line_width(cells[at]) > room:
        return []
    first = 0
    while first < at and _width(cells[first : at + 1]) > room:
        first += 1
    last = at
    while last + 1 < len(cells) and _width(cells[first : last + 2]) <= room:
        last += 1
    return [run for cell in cells[first : last + 1] for run in cell]


def _width(cells: list[Line]) -> int:
    return sum(map(line_width, cells))


def _tab(session: Session, view: View, *, shown: bool) -> Line:
    key: list[Run] = [(f"{view.key} ", "bright" if shown else "muted")] if view.key else []
    count = count_text(session, view)
    return [
        *key,
        (view.name, "bright" if shown else "muted"),
        (f" {count}" if count else "", "text" if shown else "muted"),
        ("   ", "muted"),
    ]


_WORDS: Final[dict[str, tuple[str, str]]] = {
    "priority": ("most urgent first", "least urgent first"),
    "age": ("newest first", "oldest first"),
    "sla": ("least left first", "most left first"),
    "updated": ("newest first", "oldest first"),
    "count": ("most first", "fewest first"),
    "number": ("lowest first", "highest first"),
    "state": ("new first", "new last"),
}
"""What stands at the top when the board is sorted by a word, and when it is sorted the other way round."""
_LETTERS: Final = ("a to z", "z to a")


def arranged(session: Session, *, narrow: bool) -> str:
    """Return in which order rows stand and in which groups, in words; empty for the bands."""
    return arranged_words(session.board.arrangement, narrow=narrow)


def arranged_words(now: Arrangement, *, narrow: bool) -> str:
    """Return an order and groups in words; empty for the bands."""
    words: list[str] = []
    if now.group:
        words.append(f"by {now.group}")
    if "," in now.sort:
        words.append(f"by {now.sort.replace(',', ', ')}")
    elif now.sort:
        said = _WORDS.get(now.sort, _LETTERS)[now.reverse]
        words.append(f"by {now.sort}, {said.split(' first')[0] if narrow else said}")
    if now.group and now.sort:
        words[1] = words[1].removeprefix("by ")
    return "; ".join(words)
