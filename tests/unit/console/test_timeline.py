"""The timeline's page: only what is in view is put into words, only what is near it is read, and nothing is lost."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui.console import chapters
from noc_tui.console.chapters import CHAPTER, Asking, read
from noc_tui.console.detail import Known
from noc_tui.console.timeline import TimelinePage
from noc_tui.console.timeline_text import changes_of
from noc_tui.incidents.model import MINUTE, SECOND
from noc_tui.journal.envelope import Event
from noc_tui.journal.part import EVERYTHING, PARTS, Part
from tests.unit.console.boards import NOW, incident, page_of, session_of
from widgets.roles import RowState


def event(revision: int, kind: str = "incident.noted", **data: object) -> Event:
    return Event(
        seq=revision,
        id=revision.to_bytes(16),
        kind=kind,
        body=msgspec.json.encode(data or {"text": f"note {revision}"}),
        revision=revision,
        at=NOW - MINUTE + revision * SECOND // 1000,
        received_at=NOW - MINUTE + revision * SECOND // 1000,
        actor="ana",
        command_id=b"c" if revision % 2 else b"",
    )


class Journal:
    """A timeline to be read from; counts the events that are handed out."""

    def __init__(self, size: int) -> None:
        self.events = [event(revision) for revision in range(1, size + 1)]
        self.handed_out = 0

    async def chapter(
        self, number: int, part: Part, limit: int, *, after: int | None = None, before: int | None = None
    ) -> list[Event]:
        found = [one for one in self.events if part.has(one)]
        if after is not None:
            found = [one for one in found if one.revision > after][:limit]
        else:
            found = [one for one in found if before is None or one.revision < before][-limit:]
        self.handed_out += len(found)
        return found

    async def how_many(self, number: int, part: Part, before: int | None = None) -> int:
        return sum(part.has(one) and (before is None or one.revision < before) for one in self.events)


class Open:
    """The page of a timeline, open at some size."""

    def __init__(self, size: int, height: int = 20) -> None:
        self.journal, self.page, self.height = Journal(size), TimelinePage(), height
        self.page.turn_to(1)

    async def reads(self) -> None:
        """All that the page wants is read."""
        for _ in range(9):
            asked = self.page.wanted()
            if asked is None:
                return
            self.page.take(await read(self.journal, asked))
            self.text()

    def text(self) -> str:
        row = incident(1, revision=len(self.journal.events))
        shown = self.page.show(row, Known(1), page_of(session_of()), 120, self.height)
        assert len(shown.lines) <= self.height
        if shown.cursor is not None:
            assert shown.states[shown.cursor] is RowState.CURSOR
        return "\n".join("".join(text for text, _ in line) for line in shown.lines)

    async def press(self, what: str, count: int = 1) -> str:
        self.page.move(what, count)
        await self.reads()
        return self.text()

    @property
    def at(self) -> int:
        found = self.page.under_cursor
        return found.revision if found is not None else 0


@pytest.mark.parametrize("size", [10, 10_000])
async def test_ten_thousand_events_cost_what_ten_do(size: int) -> None:
    opened = Open(size)
    await opened.reads()
    assert opened.at == size
    assert opened.page.formatted <= 20
    assert opened.journal.handed_out <= CHAPTER
    opened.page.formatted = opened.journal.handed_out = 0
    for _ in range(5):
        await opened.press("up")
    assert opened.page.formatted <= 5
    assert opened.journal.handed_out == 0
    assert f"{size - 5} of {size}" in opened.text()


async def test_every_event_is_come_by_from_the_end_to_the_beginning_and_back() -> None:
    opened = Open(1_000)
    await opened.reads()
    seen = [opened.at]
    for what in ("up", "down"):
        for _ in range(999):
            await opened.press(what)
            seen.append(opened.at)
    assert seen == [*range(1_000, 0, -1), *range(2, 1_001)]


async def test_the_ends_are_one_key_away_and_read_alone() -> None:
    opened = Open(10_000)
    await opened.reads()
    opened.journal.handed_out = 0
    assert "1 of 10000" in await opened.press("first")
    assert opened.at == 1
    assert "10000 of 10000" in await opened.press("last")
    assert opened.at == 10_000
    assert opened.journal.handed_out <= 4 * CHAPTER


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(["up", "down", "page_up", "page_down", "first", "last", "half_up", "f", "comes"]), max_size=30
    )
)
async def test_what_is_shown_is_always_in_order_and_without_a_gap(keys: list[str]) -> None:
    opened = Open(700)
    await opened.reads()
    for key in keys:
        if key == "f":
            opened.page.narrow()
        elif key == "comes":
            opened.journal.events.append(event(len(opened.journal.events) + 1))
            opened.text()
        else:
            opened.page.move(key, 1)
        await opened.reads()
        notes = [line.partition('"note ')[2].rstrip('"') for line in opened.text().split("\n") if '"note ' in line]
        shown = [int(note) for note in notes]
        part = opened.page.part
        every = [one.revision for one in opened.journal.events if part.has(one)]
        if shown:
            first = every.index(shown[0])
            assert shown == every[first : first + len(shown)]
        assert not every or opened.at in shown


async def test_a_new_event_is_followed_at_the_end_and_moves_nothing_elsewhere() -> None:
    opened = Open(300)
    await opened.reads()
    opened.journal.events.append(event(301))
    opened.text()
    await opened.reads()
    assert opened.at == 301
    await opened.press("page_up")
    here = opened.at
    opened.journal.events.append(event(302))
    opened.text()
    await opened.reads()
    assert opened.at == here
    assert f"{here} of 302" in opened.text()


async def test_one_key_narrows_it_to_people_machines_notes_and_alerts() -> None:
    opened = Open(40)
    for part in (*PARTS[1:], EVERYTHING):
        opened.page.narrow()
        await opened.reads()
        assert opened.page.part == part
        events = [one for one in opened.journal.events if part.has(one)]
        if part is not EVERYTHING:
            assert f"{part.name} of 40" in opened.text()
        if events:
            assert f"{len(events)} of {len(events)}" in opened.text()
        else:
            assert f"No {part.name} in it." in opened.text()


async def test_a_word_is_found_however_far_away_it_is() -> None:
    opened = Open(5_000)
    opened.journal.events[9] = event(10, text="Needle in it")
    opened.journal.events[4_000] = event(4_001, text="another needle")
    await opened.reads()
    assert opened.page.seek("NEEDLE", forward=False)
    await opened.reads()
    assert opened.at == 4_001
    assert "another needle" in opened.text()
    assert opened.page.seek(forward=False)
    await opened.reads()
    assert opened.at == 10
    assert opened.page.seek(forward=False)
    await opened.reads()
    assert (opened.at, opened.page.missed) == (10, "needle".upper())
    assert opened.page.seek()
    await opened.reads()
    assert opened.at == 4_001


async def test_a_chapter_that_came_too_late_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chapters, "_SOUGHT", 50)
    opened = Open(30)
    asked = opened.page.wanted()
    assert asked == Asking(number=1, part=EVERYTHING)
    assert opened.page.wanted() is None
    chapter = await read(opened.journal, asked)
    opened.page.turn_to(2)
    opened.page.take(chapter)
    assert opened.at == 0


def test_it_is_told_what_changed_from_what_to_what() -> None:
    put = {"state": "active", "owner": "ana", "priority": 1, "attention": False, "parent": 7}
    was = {"state": "new", "owner": "", "priority": 3, "attention": True, "parent": 0}
    assert changes_of(event(1, "incident.taken", set=put, was=was)) == [
        "state from new to active",
        "priority from P3 to P1",
        "owner from none to ana",
        "parent from none to INC-000007",
    ]
    alert = {"set": {"severity": "critical"}, "was": {"severity": "minor"}}
    assert changes_of(event(1, "alert.severity_changed", alert=alert)) == ["alert's severity from minor to critical"]
    assert changes_of(event(1, "incident.x", set="odd", was=3)) == []
