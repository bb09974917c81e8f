"""The pages about one incident, on a real store: what their keys do, and where the terminal's cursor stands."""

from __future__ import annotations

import re

import pytest

from noc_tui.incidents.model import HOUR, MINUTE
from tests.console.night import Night, ordinary, silent
from tests.console.watching import Console, Size, console_on
from tests.contract.desk import rows

SIZES: list[Size] = [(80, 24), (160, 48)]


async def opens(console: Console, number: int, keys: str) -> None:
    """Open a page about an incident, and wait until what it shows was read."""
    assert console.app.go_to(number)
    await console.press(keys)
    await console.settles()


def cursor_line(console: Console) -> str:
    """The text of the line on which the terminal's cursor stands."""
    return console.lines()[console.app.cursor_position.y]


def long(night: Night, events: int) -> int:
    """An incident with that many notes."""
    number = night.ago(3 * HOUR).fires("long", resource="cr01.ham2", summary="BGP session flaps", severity="major")
    for at in range(events):
        night.ago(2 * HOUR - at * 100).does("ana" if at % 2 else "bo", "note", number, text=f"look {at}")
    return number


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_a_long_timeline_is_read_as_far_as_one_looks(night: Night, size: Size) -> None:
    ordinary(night)
    number = long(night, 320)
    async with console_on(night.path, night.now, size) as console:
        await opens(console, number, "g t")
        await console.until(lambda: "look 319" in console.text(), "the newest is shown")
        timeline = console.app.hands.about.timeline
        assert timeline.formatted <= size[1]
        assert "look 319" in cursor_line(console)
        await console.press("g g")
        await console.until(lambda: "opened as P2" in console.text(), "the oldest is shown")
        await console.press("G")
        await console.until(lambda: "look 319" in cursor_line(console), "and the newest again")
        await console.press("/")
        await console.type("LOOK 7")
        await console.press("enter")
        await console.until(lambda: "Nothing else in" in console.text(), "there is none after the last")
        await console.press("N")
        await console.until(lambda: "look 79" in cursor_line(console), "the one before is gone to")
        await console.press("n")
        await console.until(lambda: "Nothing else in" in console.text(), "and no further")
        assert rows(night.path, "SELECT count(*) FROM journal WHERE actor = 'me' AND at >= ?", (night.now,)) == [(0,)]


async def test_one_key_tells_people_and_machines_apart(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, (120, 40)) as console:
        await opens(console, night.numbers["bgp-1"], "g t")
        await console.until(lambda: "took it" in console.text(), "it is read")
        await console.press("f")
        await console.until(lambda: "people of 6" in console.text(), "what people did")
        assert "opened as P2" not in console.text()
        assert "took it" in console.text()
        await console.press("f")
        await console.until(lambda: "machines of 6" in console.text(), "what machines did")
        assert "took it" not in console.text()
        await console.press("f f f")
        await console.until(lambda: "took it" in console.text() and "opened as P2" in console.text(), "all of it")


async def test_what_somebody_does_meanwhile_comes_to_the_end(night: Night) -> None:
    ordinary(night)
    number = night.numbers["bgp-1"]
    async with console_on(night.path, night.now, (120, 40)) as console:
        await opens(console, number, "g t")
        await console.until(lambda: "the label fibre" in cursor_line(console), "it is read")
        night.ago(0).does("ana", "note", number, text="spliced")
        await console.until(lambda: '"spliced"' in cursor_line(console), "it is followed")


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_one_key_goes_through_the_pages_of_an_incident(night: Night, size: Size) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, size) as console:
        await opens(console, night.numbers["card"], "enter")
        seen = []
        for _ in range(6):
            await console.press("]")
            await console.settles()
            seen.append(console.app.hands.page)
        assert seen == ["timeline", "alerts", "near", "seen", "raw", "detail"]
        await console.press("[ q")
        assert console.app.hands.page == "detail"


async def test_what_was_seen_before_says_what_resolved_it_and_opens(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, (120, 40)) as console:
        await opens(console, night.numbers["card"], "g l")
        assert "Seen before  1" in console.text()
        assert "card reseated" in cursor_line(console)
        await console.press("enter")
        await console.settles()
        assert "line card 3 rebooted" in console.text()
        assert "closed" in console.lines()[2]
        await console.press("g t")
        await console.until(lambda: "resolved as fixed: card reseated" in console.text(), "its timeline is read")
        await console.press("q q")
        assert console.app.hands.page == "board"


async def test_what_is_near_opens_from_the_list(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, (120, 40)) as console:
        await opens(console, night.numbers["queue"], "g n")
        assert "near in time" in cursor_line(console)
        number = console.app.cursor
        await console.press("j enter")
        await console.settles()
        assert console.app.hands.page == "detail"
        assert console.app.cursor != number


async def test_the_raw_page_is_json_without_anything_a_terminal_obeys(night: Night) -> None:
    labels = (("note", "a\x1b[2Jb"),)
    number = night.ago(MINUTE).fires("x", resource="r1", summary="evil \x1b]52;c;aGk=\x07 text", labels=labels)
    night.beats(0)
    async with console_on(night.path, night.now, (120, 40)) as console:
        await opens(console, number, "g J")
        assert '"state": "new"' in console.text()
        await console.press("/")
        await console.type('FIRING": true')
        await console.press("enter")
        assert '"firing": true' in console.text()
        assert "\x1b" not in console.text()
        assert "alert" in cursor_line(console)


@pytest.mark.parametrize(("size", "name"), [((160, 48), "pane"), ((120, 40), "below")])
async def test_the_pane_grows_and_shrinks_and_stays_so(night: Night, size: Size, name: str) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, size) as console:

        def extent() -> int:
            pane = getattr(console.app.canvas, name).size
            return int(pane.width if name == "pane" else pane.height)

        before = extent()
        await console.press(">")
        assert extent() > before
        await console.press("enter q")
        assert extent() > before
        await console.press("< < <")
        smaller = extent()
        assert smaller < before
        await console.press(" ".join("<" * 40))
        assert 5 <= extent() <= smaller
        await console.press(" ".join(">" * 80))
        assert console.app.board.size.height >= 5
        assert console.app.board.size.width >= 96


async def test_two_who_triage_at_once_do_not_get_the_same_card(night: Night) -> None:
    ordinary(night)
    her_console = console_on(night.path, night.now, (120, 40), me="ana")
    async with her_console as hers, console_on(night.path, night.now, (120, 40)) as mine:
        await hers.press("i")
        await mine.press("i")
        await mine.until(lambda: mine.app.cursor != hers.app.cursor, "I was given the next card")
        assert mine.app.cursor is not None
        await mine.press("enter")
        await mine.lands()
        await mine.until(lambda: mine.app.cursor == hers.app.cursor, "hers is offered last")
        assert "ana is deciding this" in mine.text()
        await hers.press("enter")
        await hers.lands()
        await mine.until(lambda: "ana has it" in mine.text(), "it is hers, and the card stays")
        await mine.press("enter")
        await mine.until(lambda: "Nothing needs attention." in mine.text(), "nothing is left for me")


async def test_a_field_of_the_form_is_set_by_two_keys_and_undone_on_the_card(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, (120, 40)) as console:
        await console.press("i")
        number = console.app.cursor
        assert number is not None
        await console.press("P h U h C h")
        await console.lands()
        row = console.session.row(number)
        assert row is not None
        assert (row.impact, row.urgency, row.category, row.priority) == ("high", "high", "hardware", 1)
        assert console.app.cursor == number
        assert "impact       high" in console.text()
        await console.press("u")
        await console.lands()
        row = console.session.row(number)
        assert row is not None
        assert (row.category, console.app.cursor) == ("other", number)


async def test_a_card_of_old_data_says_so_of_every_age_and_clock(night: Night) -> None:
    silent(night)
    async with console_on(night.path, night.now, (120, 40)) as console:
        await console.press("i")
        await console.settles()
        card = console.text()
        assert "STALE" in card
        assert re.search(r"!3 +. +new +\?7m", card)
        assert re.search(r"Respond in +\?5\dm of 1h", card)
        assert re.search(r"firing, steady for \?7m", card)
        assert re.search(r"^ +!4 +\?\d+m +ap-114", card, re.MULTILINE)
