"""What a timeline's page asks to be read, and what came of it: a chapter of events, or the next mention of a word."""

from __future__ import annotations

from typing import Final, Protocol

import msgspec

from noc_tui.console.event_text import words
from noc_tui.journal.envelope import Event
from noc_tui.journal.part import Part

CHAPTER: Final = 100
"""Events that are read at once."""
_SOUGHT: Final = 500
"""Events that are looked through at once for a word."""


class Asking(msgspec.Struct, frozen=True, kw_only=True):
    """A wish for events of a part of an incident's timeline.

    The first ones `after` a revision, or the last ones `before` one; without either the newest. With `text` those
    around the next event that says it.
    """

    number: int
    part: Part
    after: int | None = None
    before: int | None = None
    text: str = ""


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """Events in order, how many of the part there are in all and before the first; `found` is a revision, 0 if none."""

    asked: Asking
    events: tuple[Event, ...]
    total: int
    before: int
    found: int = 0


class Reading(Protocol):
    """What is asked of a reader of the store."""

    async def chapter(
        self, number: int, part: Part, limit: int, *, after: int | None = None, before: int | None = None
    ) -> list[Event]: ...
    async def how_many(self, number: int, part: Part, before: int | None = None) -> int: ...


async def read(reader: Reading, asked: Asking) -> Chapter:
    """Return what was asked for; an event that is sought for stands in the middle of its chapter."""
    number, part = asked.number, asked.part
    found = 0
    if not asked.text:
        events = await reader.chapter(number, part, CHAPTER, after=asked.after, before=asked.before)
    else:
        found = await _sought(reader, asked)
        events = await _around(reader, asked, found) if found else []
    total = await reader.how_many(number, part)
    before = await reader.how_many(number, part, before=events[0].revision) if events else total
    return Chapter(asked=asked, events=tuple(events), total=total, before=before, found=found)


async def _sought(reader: Reading, asked: Asking) -> int:
    """The revision of the next event that says the text, from the asked place on; 0 if there is none."""
    wanted = asked.text.casefold()
    after, before = asked.after, asked.before
    while True:
        events = await reader.chapter(asked.number, asked.part, _SOUGHT, after=after, before=before)
        for event in events if after is not None else reversed(events):
            if wanted in f"{event.actor} {words(event)}".casefold():
                return event.revision
        if len(events) < _SOUGHT:
            return 0
        after, before = (events[-1].revision, None) if after is not None else (None, events[0].revision)


async def _around(reader: Reading, asked: Asking, found: int) -> list[Event]:
    earlier = await reader.chapter(asked.number, asked.part, CHAPTER // 2, before=found)
    later = await reader.chapter(asked.number, asked.part, CHAPTER // 2, after=found - 1)
    return [*earlier, *later]
