"""What keys do on a real store, seen on the screen."""

from __future__ import annotations

import pytest

from noc_tui.console import watching
from noc_tui.console.watching import Watcher
from noc_tui.incidents.model import SECOND
from tests.console.night import Night, breaks_out, ordinary
from tests.console.watching import Size, console_on
from tests.contract.desk import rows


def deeds(night: Night) -> list[str]:
    """What I did, in order."""
    query = "SELECT kind FROM journal WHERE actor = 'me' AND at >= ? ORDER BY seq"
    return [kind for (kind,) in rows(night.path, query, (night.now,))]


async def test_a_p1_behind_a_filter_is_told_and_gone_to(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("/")
        await console.type("olt")
        await console.press("enter")
        breaks_out(night)
        await console.lands()
        assert "P1 outside your view" in console.lines()[1]
        await console.press("g b")
        assert console.session.look.text == ""
        assert console.app.board.cursor in (night.numbers["lol-0"], night.numbers["fw"])


async def test_a_large_gesture_waits_for_enter(night: Night) -> None:
    ordinary(night)
    breaks_out(night)
    async with console_on(night.path, night.now) as console:
        await console.press("* a j")
        assert "Left as it is." in console.text()
        assert deeds(night) == []
        await console.press("a enter")
        await console.lands()
        assert set(deeds(night)) == {"incident.acked"}
        assert not console.session.picks


async def test_a_frozen_list_waits_and_says_so(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("f")
        before = console.lines()[4:12]
        breaks_out(night)
        await console.lands()
        assert [line[24:40] for line in console.lines()[4:12]] == [line[24:40] for line in before]
        assert "frozen" in console.lines()[-1]
        await console.press("f")
        console.clock.now += 2 * SECOND
        console.ticks()
        await console.pilot.pause()
        assert "PAR-LYO-7" in console.text() or console.session.board.waiting == 0


async def test_a_mark_is_gone_back_to(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        place = console.app.board.cursor
        await console.press("m x j j ' x")
        assert console.app.board.cursor == place
        await console.press("' y")
        assert "Mark y is not set" in console.text()


async def test_the_last_verb_is_repeated_with_its_choices(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("r w j .")
        await console.lands()
        codes = rows(night.path, "SELECT count(*) FROM incidents WHERE resolution_code = 'workaround'")
        assert codes == [(2,)]


async def test_what_another_works_on_is_taken_over_for_a_reason(night: Night) -> None:
    ordinary(night)
    number = night.numbers["bgp-1"]
    async with console_on(night.path, night.now) as console:
        assert console.app.go_to(number)
        await console.press("t")
        await console.lands()
        await console.until(lambda: "ana" in console.lines()[-2], "it is told whose it is")
        await console.press("t")
        await console.until(lambda: "take over from ana, reason" in console.lines()[-2], "a reason is asked for")
        await console.press("g o n e enter")
        await console.until(lambda: "taken" in console.lines()[-2], "it is taken over")
        assert rows(night.path, "SELECT owner FROM incidents WHERE number = ?", (number,)) == [("me",)]


async def test_a_line_acts_on_the_incident_that_it_names(night: Night) -> None:
    ordinary(night)
    number = night.numbers["bgp-1"]
    async with console_on(night.path, night.now) as console:
        assert console.app.cursor != number
        await console.press(":")
        await console.type(f"hold INC-{number:06} provider")
        await console.press("enter")
        await console.lands()
        await console.until(lambda: "on hold" in console.lines()[-2], "it is held")
        assert rows(night.path, "SELECT held_reason FROM incidents WHERE number = ?", (number,)) == [("provider",)]
        await console.press(":")
        await console.type(f"note {number} hello")
        await console.press("enter")
        await console.until(
            lambda: f"go there first (:{number})" in "".join(console.lines()), "it is asked what is meant"
        )
        assert deeds(night) == ["incident.held"]


async def test_undo_and_redo_go_back_and_forth(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("a u ctrl+r u")
        await console.lands()
        await console.until(lambda: len(deeds(night)) == 4, "all four to be durable")
        assert deeds(night) == ["incident.acked", "incident.undone", "incident.redone", "incident.undone"]


async def test_an_answer_that_cannot_be_taken_stays_to_be_mended(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("s u")
        console.send(*"soon", "enter")  # faster than what they change is told
        await console.until(lambda: "is no time to come" in console.lines()[1], "the refusal is said")
        await console.press("ctrl+u")
        await console.type("2h")
        await console.press("enter")
        await console.lands()
        assert deeds(night) == ["incident.snoozed"]


async def test_a_key_that_does_nothing_says_what_to_press(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("~")
        assert "? shows all keys" in console.lines()[-2]


@pytest.mark.parametrize("size", [(1, 1), (12, 3), (40, 10), (79, 23), (300, 100)])
async def test_any_size_is_survived_on_every_page(size: Size, night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.pilot.resize_terminal(*size)
        for keys in ("enter", "g t", "q l", "q q ?", "q i", "q g", "escape n", "escape * r f", "escape :", "escape"):
            await console.press(keys)
        await console.pilot.resize_terminal(80, 24)
        await console.press("g g")
        console.ticks()
        await console.pilot.pause()
        assert "mx2.ams1" in console.text()


async def test_the_loser_of_a_race_is_told_by_how_much(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary(night)
    number = night.numbers["queue"]
    async with console_on(night.path, night.now) as console:
        assert console.app.go_to(number)
        monkeypatch.setattr(Watcher, "poke", lambda _: None)
        monkeypatch.setattr(watching, "LOOK_EVERY", 30.0)  # what she does is not seen in time
        night.ago(SECOND // 5).does("ana", "take", number)
        console.send("t")
        told = "ana took INC-000008 0.2 s before you.  t takes it over."
        await console.until(lambda: told in console.lines()[-2], "it is told who was quicker, and what to press")
        assert console.lines()[-1].endswith("me"), "on a store of one's own nothing waits"
