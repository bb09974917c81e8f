"""The page of one incident's timeline: a window on it, read and put into words only as far as it is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from noc_tui.console.chapters import CHAPTER, Asking, Chapter
from noc_tui.console.detail import EARLIER, Known
from noc_tui.console.leafing import Leaf
from noc_tui.console.paging import Shown, head, lit
from noc_tui.console.row_text import Page
from noc_tui.console.timeline_text import day_lines, event_lines, footer
from noc_tui.incidents.model import Incident
from noc_tui.journal.envelope import Event
from noc_tui.journal.part import EVERYTHING, PARTS
from widgets.line import Line, line_width
from widgets.roles import Run

FETCHED: Final = "Fetched from the server"
_WINDOW: Final = 4 * CHAPTER
"""Events that are kept; beyond that those farthest from the cursor are let go, and read again when one comes back."""
_MARGIN: Final = CHAPTER // 4
"""So near the window's edge the next chapter is asked for."""
_FOOT_FROM: Final = 14
"""From so many lines on, what the event under the cursor changed is told at the foot."""


class TimelinePage:
    """Where one is in a timeline. What it wants read is in `wanted`; whoever reads it gives it to `take`."""

    def __init__(self) -> None:
        self.number = 0
        self.part = EVERYTHING
        self.formatted = 0
        """Events put into lines, ever; for tests and figures."""
        self._leaf = Leaf()
        self._forget()
        self._text = ""
        self.missed = ""
        """What was sought and not found; to be said once."""

    def _forget(self) -> None:
        self._events: list[Event] = []
        self._before = self._total = 0
        self._read = False
        self._out: Asking | None = None
        self._next: Asking | None = None
        self._cache: dict[tuple[bytes, int], list[Line]] = {}
        self._waiting: tuple[Event, ...] = ()
        self._revision = 0
        self._asked_again = 0

    # What is to be read

    def turn_to(self, number: int) -> None:
        """Show an incident's timeline, from its newest event on, if it is not the one that is shown."""
        if number != self.number:
            self._forget()
            self.number, self._text = number, ""
            self._ask()

    def wanted(self) -> Asking | None:
        """Return what should be read now, once; None while something is being read, or nothing is missing."""
        if self._out is not None or not self.number:
            return None
        self._out = self._next or self._around()
        self._next = None
        return self._out

    def _around(self) -> Asking | None:
        """What is missing around the cursor."""
        if not self._events:
            return None if self._read else Asking(number=self.number, part=self.part)
        first, last = self._events[0].revision, self._events[-1].revision
        if self._before and self._leaf.top < _MARGIN:
            return self._asking(before=first)
        if self._after and self._leaf.at >= len(self._events) - _MARGIN:
            return self._asking(after=last)
        if not self._after and self._revision > max(last, self._asked_again):
            self._asked_again = self._revision
            return self._asking(after=last)
        return None

    def _asking(self, *, after: int | None = None, before: int | None = None) -> Asking:
        return Asking(number=self.number, part=self.part, after=after, before=before)

    def _ask(self, after: int | None = None) -> None:
        self._next = self._asking(after=after)

    @property
    def _after(self) -> int:
        """Events of the part that come after the window."""
        return self._total - self._before - len(self._events)

    def take(self, chapter: Chapter) -> None:
        """Take in what was read, if it is still wanted."""
        asked, self._out = chapter.asked, None
        if (asked.number, asked.part) != (self.number, self.part):
            return
        if asked.text and not chapter.found:
            self.missed = asked.text
            return
        self._read = True
        events = list(chapter.events)
        if not asked.text and self._events and asked.after == self._events[-1].revision:
            self._append(events, chapter.total)
        elif not asked.text and self._events and asked.before == self._events[0].revision:
            self._events[:0] = events
            self._leaf.shift(len(events))
        else:
            self._events, self._leaf = events, Leaf()
            at = next((n for n, event in enumerate(events) if event.revision == chapter.found), None)
            self._leaf.at = at if at is not None else 0 if asked.after is not None else len(events) - 1
            self._before = chapter.before
        self._before = chapter.before if asked.after is None else self._before
        self._total = chapter.total
        self._trim()

    def failed(self) -> None:
        """What was asked for could not be read."""
        self._out = None

    def read_again(self) -> None:
        """More of the beginning may have come from the server."""
        if self._out is not None or not self._read or self._before:
            return
        if not self._events:
            self._ask()
        elif self._events[0].revision > 1:
            self._next = self._asking(before=self._events[0].revision)

    def _append(self, events: list[Event], total: int) -> None:
        follows = self._leaf.at >= len(self._events) - 1 and total - self._total <= len(events)
        came = total > self._total and bool(self._total)
        self._events += events
        if follows and came and events:
            self._leaf.at = len(self._events) - 1

    def _trim(self) -> None:
        over = len(self._events) - _WINDOW
        if over <= 0:
            return
        if self._leaf.at > len(self._events) // 2:
            del self._events[:over]
            self._leaf.shift(-over)
            self._before += over
        else:
            del self._events[-over:]

    # Keys

    def move(self, what: str, count: int) -> None:
        """Move the cursor; to the ends of the whole timeline, whatever of it is read."""
        if what == "first" and self._before:
            self._ask(after=0)
        elif what == "last" and self._after:
            self._ask()
        else:
            self._leaf.move(what, count, len(self._entries()))

    def narrow(self) -> None:
        """Show the next part of the timeline: all, people, machines, notes, alerts."""
        self.part = PARTS[(PARTS.index(self.part) + 1) % len(PARTS)]
        number = self.number
        self._forget()
        self.number = number
        self._ask()

    def seek(self, text: str = "", *, forward: bool = True) -> bool:
        """Look for the next event that says a text, or the last one sought; False if there is none to look for."""
        self._text = text or self._text
        here = self.under_cursor
        if not self._text or here is None:
            return False
        revision = here.revision or self._events[-1].revision if self._events else 0
        way = {"after": revision} if forward else {"before": revision}
        self._next = Asking(number=self.number, part=self.part, text=self._text, **way)
        return True

    @property
    def under_cursor(self) -> Event | None:
        """The event under the cursor."""
        entries = self._entries()
        return entries[min(self._leaf.at, len(entries) - 1)] if entries else None

    def _entries(self) -> Sequence[Event]:
        return self._events if self._after or not self._waiting else [*self._events, *self._waiting]

    # Painting

    def show(self, incident: Incident, known: Known | None, page: Page, width: int, height: int) -> Shown:
        """Return the page for a body of this size."""
        self._revision = max(self._revision, incident.revision)
        waiting = tuple(event for event in (known.events if known else ()) if not event.seq and self.part.has(event))
        self._waiting = waiting[::-1]
        entries = self._entries()
        lines: list[Line] = [self._head(incident, page, width), []]
        if known is not None and known.lacks and not self._before:
            lines += self._lacking(known, page)
        if not entries:
            said = f"No {self.part.name} in it." if self._read else "Reading its timeline."
            some = self.part is EVERYTHING and self._read
            return Shown(lines if some else [*lines, [("   ", "muted"), (said, "muted")]])
        told = min(3, max(0, height - _FOOT_FROM))
        room = max(1, height - len(lines) - (told + 1 if told else 0))
        floor = known.floor if known is not None else 0
        shown = self._leaf.view(len(entries), room, lambda at: self._lines(entries, at, floor, incident, page, width))
        found = lit(shown, self._leaf.at, len(lines), page, self._headings(entries, floor))
        lines += found.lines
        if told:
            lines += [[]] * (height - told - len(lines))
            at = entries[self._leaf.at]
            lines += [[("   ", "muted"), *line] for line in footer(at, page, width - 6, told)]
        return Shown(lines, found.states, found.cursor)

    def _head(self, incident: Incident, page: Page, width: int) -> Line:
        at = self._before + min(self._leaf.at, max(0, len(self._entries()) - 1)) + 1
        total = max(self._total, at if self._entries() else 0) + len(self._waiting) * (not self._after)
        none = incident.revision if self.part is EVERYTHING else self._total
        kinds, word = page.keys.hint_of("timeline", "f")
        name = "" if self.part is EVERYTHING else f"{self.part.name} of {incident.revision}"
        right: list[Run] = [(name, "bright"), ("   " if name else "", "muted"), (kinds, "key"), (f" {word}", "muted")]
        room = width - 2 - line_width(right)
        left = head("Timeline", f"{at} of {total}" if self._entries() else f"{none}", incident, page, room)
        gap = max(1, width - 3 - line_width(left) - line_width(right))
        return [*left, (" " * gap, "muted"), *right]

    def _lacking(self, known: Known, page: Page) -> list[Line]:
        key: list[Run] = [("  ", "muted"), (page.keys.keys_of(action="timeline"), "key"), (" fetch it", "muted")]
        return [
            [("   ", "muted"), (EARLIER, "muted"), *([("; it was asked for", "muted")] if known.asked else key)],
            [],
        ]

    def _headings(self, entries: Sequence[Event], floor: int) -> int:
        """Lines above the words of the cursor's entry: its day, where it came from."""
        return len(self._above(entries, self._leaf.at, floor))

    def _above(self, entries: Sequence[Event], at: int, floor: int) -> list[Line]:
        event, before = entries[at], entries[at - 1] if at else None
        fetched, was = 0 < event.seq <= floor, before is not None and 0 < before.seq <= floor
        mark: list[Line] = [] if fetched == was else [[(FETCHED, "bright")]] if fetched else [[]]
        return [*mark, *day_lines(event, before)]

    def _lines(
        self, entries: Sequence[Event], at: int, floor: int, incident: Incident, page: Page, width: int
    ) -> list[Line]:
        event = entries[at]
        key = (event.id, width)
        told = self._cache.get(key)
        if told is None:
            self.formatted += 1
            if len(self._cache) > _WINDOW:
                self._cache.clear()
            told = self._cache[key] = event_lines(event, page, width - 6, incident, full=True)
        return [*self._above(entries, at, floor), *told]
