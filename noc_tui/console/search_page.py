"""The page of what was found in everything that was ever logged: number, state, when, where, and the words there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from noc_tui.console.arguments import ArgumentError
from noc_tui.console.doing import Asked, Doer, Screen
from noc_tui.console.leafing import Leaf
from noc_tui.console.paging import Shown, indented, lit
from noc_tui.console.row_text import Page, state_word
from noc_tui.console.session import Session
from noc_tui.incidents.durations import short
from noc_tui.incidents.model import number_text
from noc_tui.incidents.text import clean
from noc_tui.journal.finding import Found
from widgets.line import Line, cut_end, cut_middle, fit, width_of
from widgets.roles import Run

AT_ONCE: Final = 50
"""Incidents that are looked for at once; the next ones when the cursor comes to the last."""
_WIDE: Final = 100
_UNDER: Final = 12
"""Cells before the second line of one, where it is narrow: it stands under the priority."""
_LONGEST: Final = 512


class SearchPage:
    """What was looked for last at this terminal, and what was found so far."""

    def __init__(self, session: Session, screen: Screen, doer: Doer) -> None:
        self._session, self._screen, self._doer = session, screen, doer
        self._leaf = Leaf()
        self.words = ""
        self._found: tuple[Found, ...] = ()
        self._reading = self._complete = False
        self._left = 0

    # What is asked

    def ask(self) -> None:
        """Ask what to look for."""
        self._screen.ask(Asked("search all", self.find, self.words, "find"))

    def find(self, words: str) -> None:
        """Look for words in everything that was ever logged; ArgumentError if there are none."""
        words = words.strip()
        if not words:
            raise ArgumentError("say what to look for, such as prov-84065")
        if len(words) > _LONGEST:
            raise ArgumentError(f"a search has at most {_LONGEST} characters")
        self.words, self._found, self._leaf = words, (), Leaf()
        self._reading = self._complete = False
        self._screen.show_page("found")

    def wanted(self) -> tuple[str, int | None] | None:
        """Return the words and the place from which to look on, if more is to be shown than was found; then once."""
        at_end = self._leaf.at >= len(self._found) - 1
        if self._reading or self._complete or not self.words or not at_end:
            return None
        self._reading = True
        return self.words, self._found[-1].seq if self._found else None

    def take(self, words: str, found: Sequence[Found], left: int) -> None:
        """Show what was found; `left` is how much of the journal is not in the index yet."""
        if words != self.words:
            return
        known = {one.number for one in self._found}
        self._found = (*self._found, *(one for one in found if one.number not in known))
        self._reading, self._complete, self._left = False, len(found) < AT_ONCE, left

    def failed(self) -> None:
        """The search could not be done; why is told elsewhere."""
        self._reading, self._complete = False, True

    @property
    def looking(self) -> bool:
        """Whether more is being looked for."""
        return self._reading or (not self._complete and not self._found)

    # What is under the cursor

    @property
    def current(self) -> Found | None:
        """What is under the cursor."""
        return self._found[min(self._leaf.at, len(self._found) - 1)] if self._found else None

    @property
    def number(self) -> int | None:
        """The incident under the cursor, if it is on the board or was opened: that is what a verb means."""
        found = self.current
        return found.number if found is not None and self._session.row(found.number) is not None else None

    def move(self, what: str, count: int) -> None:
        """Move the cursor."""
        self._leaf.move(what, count, len(self._found))

    def open_it(self) -> None:
        """Open the incident under the cursor, on the board or closed."""
        found = self.current
        if found is None:
            self._session.say("There is no incident under the cursor.", trouble=True)
            return
        if found.number in self._session.board.rows:
            self._screen.go_to(found.number)
        else:
            self._session.guest = found.incident
        self._screen.show_page("detail")
        self._doer.came_from = "found"

    # Lines

    def show(self, page: Page, width: int, height: int) -> Shown:
        """Return the page for a body of this size."""
        count = f"{len(self._found)}{'' if self._complete else '+'}" if self._found else ""
        room = width - 6
        head: Line = [
            ("Found", "bright"),
            (f"  {count}   ", "muted"),
            (cut_end(clean(self.words), room - 16), "strong"),
        ]
        lines: list[Line] = [*indented([head]), []]
        lines += [*indented([[(self._lacking(), "text")]]), []] if self._left and not self._reading else []
        if not self._found:
            return Shown([*lines, *indented([[(self._nothing(), "muted")]])])
        shown = self._leaf.view(len(self._found), max(1, height - len(lines)), lambda at: self._lines(at, page, room))
        found = lit(shown, self._leaf.at, len(lines), page)
        return Shown([*lines, *found.lines], found.states, found.cursor)

    def _lacking(self) -> str:
        return f"{self._left:,} events are not made ready to be searched yet; the search can be repeated then."

    def _nothing(self) -> str:
        if self.looking:
            return "Looking."
        held = self._session.link is not None
        here = "that this console holds; `noc-tui search` asks the server" if held else "that was ever logged"
        return f"Nothing {here} says all of this."

    def _lines(self, at: int, page: Page, width: int) -> list[Line]:
        found = self._found[at]
        incident = found.incident
        on_board = found.number in self._session.board.rows
        row = self._session.board.rows.get(found.number, incident)
        lead = f"{number_text(found.number)}  P{row.priority}  {fit(state_word(row, page.now), 8)}  "
        age = f"{short(max(0, page.now - found.at)):>5}  {fit(found.where, 10)}  "
        space = width - len(lead) - len(age)
        told: list[Run] = [(lead, "text" if on_board else "muted"), (age, "muted")]
        if width >= _WIDE:
            where = fit(incident.resource, 18, cut=cut_middle, sign=page.signs.cut)
            told.append((f"{where}  ", "text" if on_board else "muted"))
            space -= width_of(where) + 2
        lines: list[Line] = [_runs([*told, *_marked(found, space, page)])]
        if width < _WIDE:
            of_it = clean(f"{row.resource}  {row.title}".strip())
            lines.append([(" " * _UNDER, "muted"), (cut_end(of_it, width - _UNDER, page.signs.cut), "muted")])
        return lines


def _runs(runs: Sequence[Run]) -> Line:
    return [run for run in runs if run[0]]


def _marked(found: Found, width: int, page: Page) -> list[Run]:
    """The part of the text in which the words stand, bright where they do, in so many cells."""
    text, at = found.snippet, 0
    runs: list[Run] = []
    first = found.marks[0][0] if found.marks else 0
    begin = max(0, min(first - width // 3, len(text) - width)) if len(text) > width else 0
    text, shift = text[begin:], begin
    for mark in found.marks:
        start, end = max(at, mark[0] - shift), mark[1] - shift
        if end <= start:
            continue
        runs += [(text[at:start], "muted"), (text[start:end], "bright")]
        at = end
    runs.append((text[at:], "muted"))
    return _cut(runs, width, page.signs.cut)


def _cut(runs: Sequence[Run], width: int, sign: str) -> list[Run]:
    kept: list[Run] = []
    for text, role in runs:
        part = cut_end(text, width, sign)
        kept.append((part, role))
        width -= width_of(part)
        if part != text or width <= 0:
            break
    return kept
