"""Who else is there: on the row, in the pane, in the status line; told and heard within two seconds."""

from __future__ import annotations

from noc_tui.console.people import WRITING
from tests.console.far import Far, at
from tests.console.night import Night, ordinary
from tests.console.watching import console_on


async def test_two_consoles_on_one_store_see_each_other(night: Night) -> None:
    ordinary(night)
    number = night.numbers["card"]
    her_console = console_on(night.path, night.now, (120, 40), me="ana")
    async with her_console as hers, console_on(night.path, night.now, (120, 40)) as mine:
        assert hers.app.go_to(number)
        await hers.press("enter")
        await mine.until(lambda: "·ana" in mine.text(), "her look is on the row")
        assert mine.app.go_to(number)
        await mine.until(lambda: "ana is looking at this" in mine.text(), "and in the pane")
        await hers.press("n")
        await hers.type("seen")
        await mine.until(lambda: "·ana*" in mine.text(), "she writes")
        await mine.press("n")
        await mine.until(lambda: "ana is writing here." in mine.lines()[1], "it is told to one who begins to write")
        await mine.press("escape enter")
        await hers.until(lambda: "me is looking at this" in hers.text(), "she sees me as well")
        await mine.press("q")
        await hers.press("escape q")
        await mine.until(lambda: "·ana" not in mine.text(), "she has gone back to the board")
        assert "ana" in mine.lines()[-1]
    async with console_on(night.path, night.now, (120, 40)) as mine:
        await mine.until(lambda: "ana" not in mine.lines()[-1], "she has left")


async def test_one_who_presses_nothing_for_five_minutes_is_told_to_be_idle(night: Night) -> None:
    ordinary(night)
    number = night.numbers["card"]
    her_console = console_on(night.path, night.now, (120, 40), me="ana")
    async with her_console as hers, console_on(night.path, night.now, (120, 40)) as mine:
        assert hers.app.go_to(number)
        await hers.press("enter")
        await mine.until(lambda: "·ana" in mine.text(), "her look is on the row")
        hers.passes(301)
        await mine.until(lambda: "ana idle" in mine.lines()[-1], "she is idle")
        assert "·ana" not in mine.text()
        await hers.press("j")
        await mine.until(lambda: "ana idle" not in mine.lines()[-1], "she is back")


async def test_others_at_other_hosts_are_told_by_the_server(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill()
    number = night.numbers["card"]
    far.present(at("ana", number, night.now, WRITING), at("bo", number, night.now), at("cy", 0, night.now))
    async with console_on(night.path, night.now, far=far) as console:
        await console.until(lambda: "·ana*+1" in console.text(), "two are at the row")
        assert console.lines()[-1].endswith("me +3")
        assert console.app.go_to(number)
        await console.press("enter")
        await console.until(lambda: "ana is writing here, bo is looking at this" in console.text(), "both are told of")
        far.present()
        await console.until(lambda: "ana" not in console.lines()[2], "they have gone")


async def test_who_stays_is_there_as_long_as_the_server_answers(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill()
    number = night.numbers["card"]
    far.present(at("ana", number, 0))  # a server tells of them once, not when
    async with console_on(night.path, night.now, far=far) as console:
        await console.until(lambda: "·ana" in console.text(), "she is at the row")
        console.passes(60)
        far.tells(at=console.host.now, ago=64, state="offline")
        await console.until(lambda: "STALE" in console.lines()[0], "the link is down")
        await console.until(lambda: "·ana" not in console.text(), "nobody knows where she is")
        far.tells(at=console.host.now)
        await console.until(lambda: "·ana" in console.text(), "she is there still")


async def test_a_summary_is_never_cut_for_a_name(night: Night, far: Far) -> None:
    ordinary(night)
    number = night.ago(0).fires(
        "long", resource="sw1.ams1", summary="a summary that needs all the room that there is on 80 cells"
    )
    far.fill()
    far.present(at("ana", number, night.now))
    async with console_on(night.path, night.now, far=far) as console:
        await console.until(lambda: console.session.people.at(number), "she is heard of")
        console.ticks()
        await console.pilot.pause()
        assert "·ana" not in console.text()
