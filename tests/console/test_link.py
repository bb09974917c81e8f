"""How fresh it all is, seen on the screen: live, late, stale, offline, filling, refused, back, restored."""

from __future__ import annotations

from noc_tui.incidents.model import HOUR, MINUTE, SECOND
from noc_tui.journal.beside import LinkStatus
from tests.console.far import URL, Far
from tests.console.night import Night, ordinary
from tests.console.watching import console_on


async def test_the_age_grows_by_the_monotonic_clock_alone(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill()
    async with console_on(night.path, night.now, far=far) as console:
        assert "live 1s" in console.lines()[0]
        console.passes(5)
        assert "LATE 6s" in console.lines()[0]
        assert "?" not in console.lines()[4]
        console.passes(58)
        assert "STALE 1m04" in console.lines()[0]
        assert "?8m" in console.text(), "ages go on growing, marked"
        assert "sla ?" in console.lines()[0]
        console.passes(10 * 60)
        assert "OFFLINE 11m" in console.lines()[0]
        console.clock.now += HOUR
        console.ticks()
        assert "OFFLINE 11m" in console.lines()[0], "a step of the wall clock changes nothing"
        far.tells(at=console.host.now, ago=0.5)
        await console.until(lambda: "live 1s" in console.lines()[0], "the link is back")


async def test_a_link_that_was_never_up_is_not_live(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill()
    far.live.put_link(LinkStatus(state="connecting", url=URL))
    async with console_on(night.path, night.now, far=far) as console:
        assert "connecting" in console.lines()[0]
        assert "what is shown may be old" in console.lines()[1]
        assert "?7m" in console.text()


async def test_a_refusal_is_told_in_words_with_the_remedy(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill()
    sentence = (
        "https://noc.example does not know our token: it was revoked, has expired, or is another store's; "
        "run `noc-tui login https://noc.example --as NAME` with a new one."
    )
    async with console_on(night.path, night.now, far=far) as console:
        far.tells(state="refused", sentence=sentence)
        await console.until(
            lambda: "noc.example does not know our token; what to do:" in console.lines()[1], "it is told"
        )
        assert "live" not in console.lines()[0]
        await console.press("g o")
        await console.until(lambda: sentence in " ".join(console.text().split()), "what to do is told in full")


async def test_what_came_in_meanwhile_is_told_on_return(night: Night, far: Far) -> None:
    ordinary(night)
    core = night.numbers["card"]
    night.ago(MINUTE).does("me", "take", core)
    far.fill()
    async with console_on(night.path, night.now, (120, 40), far=far) as console:
        far.tells(ago=64, state="offline")
        await console.until(lambda: "STALE" in console.lines()[0], "the link is down")
        night.ago(0).does("ana", "take", core, steal=True)
        night.does("ana", "ack", night.numbers["queue"])
        await far.pull()
        await console.lands()
        await console.until(lambda: "live" in console.lines()[0], "the link is back")
        console.ticks()
        await console.until(lambda: "+2 events, 1 touches your work: INC-000006." in console.lines()[1], "it is told")
        console.passes(61)
        assert "events" not in console.lines()[1]


async def test_a_restored_server_is_told_until_it_was_read(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill()
    async with console_on(night.path, night.now, far=far) as console:
        far.tells(restored_to=night.now - 42 * MINUTE, sent_again=14)
        await console.until(lambda: "Restored to 02:10:44Z; 14 sent again." in console.lines()[1], "it is told")
        await console.press("g o")
        told = "The store was restored to 02:10:44Z; 14 of your commands were sent again."
        await console.until(lambda: told in "\n".join(console.lines()[2:]), "the page tells it too")
        await console.press("q")
        await console.until(lambda: "restored" not in console.text(), "it was read")


async def test_the_board_can_be_used_while_it_is_being_filled(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill(rows=1)
    far.tells(state="filling", done=3, total=10)
    async with console_on(night.path, night.now, far=far) as console:
        assert "filling 30 %" in console.lines()[0]
        assert "3 of 10 incidents are here" in console.lines()[1]
        assert console.app.go_to(night.numbers["queue"])
        await console.press("t")
        await console.until(lambda: "taken, not sent yet" in console.lines()[-2], "it can be worked on")
        far.fill()
        await console.until(lambda: "live" in console.lines()[0], "it is whole")
        await console.until(lambda: console.session.seq == far.seq, "it is read again")
        assert console.session.board.counts.all_open == 6
        shown = console.session.row(night.numbers["queue"])
        assert shown is not None and shown.owner == "me", "what waits is laid over the whole board"


async def test_a_replica_that_begins_anew_is_read_anew(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill()
    async with console_on(night.path, night.now, far=far) as console:
        gone = night.numbers["queue"]
        night.ago(0).does("ana", "resolve", gone, code="f")
        night.does("ana", "close", gone)
        far.fill()
        await console.until(lambda: console.session.row(gone) is None, "what has left meanwhile is gone")


async def test_a_viewer_is_told_so_at_the_key_and_nothing_waits_to_be_sent(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill()
    far.tells(role="viewer")
    async with console_on(night.path, night.now, far=far) as console:
        await console.until(lambda: "You may only look here" in console.lines()[1], "the news line says so")
        for keys in ("t", "n", "o", ": a c k enter"):
            await console.press(keys)
            await console.until(lambda: "You may only look here" in console.lines()[-2], f"{keys} is refused")
        assert not far.entries()
        far.tells(role="operator")
        await console.until(lambda: "only look" not in console.lines()[1], "with an operator's token it goes")
        await console.press("t")
        await console.until(lambda: len(far.entries()) == 1, "it is pressed")


async def test_clocks_that_differ_are_told(night: Night, far: Far) -> None:
    ordinary(night)
    far.fill()
    async with console_on(night.path, night.now, far=far) as console:
        far.tells(skew=-7 * SECOND)
        await console.until(
            lambda: "The clock of noc.example is 7 s behind this host's." in console.lines()[1], "it is told"
        )
        far.tells(skew=SECOND)
        await console.until(lambda: "clock" not in console.lines()[1], "a second is not worth it")
