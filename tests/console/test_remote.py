"""The board of a remote store: what is pressed is durable, shown and told at once, and comes back decided."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from noc_tui.console import panes
from noc_tui.incidents.model import MINUTE, SECOND, Incident
from noc_tui.store.errors import CorruptStore
from noc_tui.store.outbox import Outbox
from tests.console.far import Far
from tests.console.night import Night, breaks_out, ordinary
from tests.console.watching import Console, console_on


@pytest.fixture
def number(night: Night, far: Far) -> int:
    """An incident that nobody has, on a board like others, with the replica in step."""
    ordinary(night)
    far.fill()
    return night.numbers["queue"]


def cut(far: Far, ago: float = 64) -> None:
    """The link is down."""
    far.tells(ago=ago, state="offline", sentence="")


async def arrive(far: Far) -> None:
    """Everything that waits is sent, and what came of it comes back."""
    far.push()
    await far.pull()


def row(console: Console, number: int | None) -> Incident:
    """An incident as it is shown."""
    found = console.session.row(number)
    assert found is not None
    return found


def line_of(console: Console, resource: str) -> str:
    """The line of the board on which a resource stands."""
    return next(line for line in console.lines()[3:-2] if resource in line)


def page_of(console: Console) -> str:
    """Which page fills the body."""
    return console.app.hands.page


def said(console: Console) -> str:
    """What the say line says."""
    return console.lines()[-2]


async def test_what_is_pressed_while_the_link_is_down_is_shown_at_once_and_waits(
    night: Night, far: Far, number: int
) -> None:
    async with console_on(night.path, night.now, far=far) as console:
        cut(far)
        await console.until(lambda: "STALE 1m04" in console.lines()[0], "the link is down")
        assert console.app.go_to(number)
        await console.press("t")
        await console.until(lambda: "taken, not sent yet." in said(console), "it waits")
        assert (row(console, number).state, row(console, number).owner) == ("active", "me")
        assert "^W" in line_of(console, "mx2.ams1") and " me " in line_of(console, "mx2.ams1")
        assert "queued 1" in console.lines()[-1]
        assert [entry.command.verb for entry in far.entries()] == ["take"]
        assert night.store.head().seq == far.seq
        await arrive(far)
        await console.until(lambda: "taken." in said(console), "what was said is so")
        assert "^" not in line_of(console, "mx2.ams1")
        assert "queued" not in console.lines()[-1]


async def test_while_the_link_is_up_it_is_on_its_way(night: Night, far: Far, number: int) -> None:
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("t")
        await console.until(lambda: "on its way" in said(console), "it is durable")
        assert "…W" in line_of(console, "mx2.ams1")
        assert "sending" not in console.lines()[-1], "the row says it"
        console.passes(2)
        await console.until(lambda: "sending 1" in console.lines()[-1], "it takes long")
        await arrive(far)
        await console.until(lambda: "taken." in said(console), "it has landed")


async def test_the_verdict_of_a_gesture_never_stands_for_the_next_one(night: Night, far: Far, number: int) -> None:
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("n")
        await console.type("one")
        await console.press("enter")
        await console.until(lambda: "noted, on its way" in said(console), "the first is durable")
        with closing(sqlite3.connect(far.outbox_path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            await console.press("n")
            await console.type("two")
            await console.press("enter")
            assert "noted" not in said(console), "the second is not"
            other.execute("COMMIT")
        await console.until(lambda: "noted, on its way" in said(console), "now it is")
        assert [entry.command.args["text"] for entry in far.entries()] == ["one", "two"]


async def test_what_waits_is_there_again_after_a_restart(night: Night, far: Far, number: int) -> None:
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("t n")
        await console.type("called the carrier")
        await console.press("enter")
        await console.until(lambda: len(far.entries()) == 2, "both are durable")
    async with console_on(night.path, night.now, (120, 40), far=far) as console:
        await console.until(lambda: "queued 2" in console.lines()[-1], "the outbox is read")
        assert row(console, number).owner == "me"
        await console.until(lambda: console.session.gestures.taken_up, "what was done before is read")
        undoable = console.session.gestures.next_undo()
        assert undoable is not None and undoable.verb == "note"
        assert console.app.go_to(number)
        await console.press("enter")
        await console.settles()
        assert '"called the carrier"  (not sent yet)' in console.text()
        await arrive(far)
        await console.until(lambda: "not sent yet" not in console.text(), "the note is in the journal")
        assert '"called the carrier"' in console.text()


async def test_verbs_pile_up_on_one_row_in_order(night: Night, far: Far, number: int) -> None:
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("t p 1 w p")
        await console.until(lambda: row(console, number).state == "held", "all three are laid over")
        assert (row(console, number).priority, row(console, number).held_reason) == (1, "provider")
        await arrive(far)
        await console.until(lambda: not console.session.outgoing.entries, "all have landed")
        shown = row(console, number)
        assert (shown.state, shown.priority, shown.owner) == ("held", 1, "me")


async def test_an_undo_before_it_was_sent_is_laid_over_too(night: Night, far: Far, number: int) -> None:
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        before = row(console, number)
        assert console.app.go_to(number)
        await console.press("t")
        await console.until(lambda: row(console, number).owner == "me", "it is taken")
        await console.press("u")
        await console.until(lambda: row(console, number).owner == "", "it is given back")
        assert (row(console, number).state, row(console, number).attention) == (before.state, before.attention)
        await arrive(far)
        await console.until(lambda: not console.session.outgoing.entries, "both have landed")
        assert row(console, number).owner == ""


async def test_an_incident_logged_offline_takes_every_verb_and_gets_its_number(
    night: Night, far: Far, number: int
) -> None:
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        await console.press("+")
        await console.type("cooling fails")
        await console.press("enter enter")
        await console.type("rack9.ams1")
        await console.press("enter")
        await console.until(lambda: "logged, not sent yet." in said(console), "it waits")
        name = said(console).split()[0]
        assert name.startswith("INC-~")
        await console.press(":")
        await console.type(name)
        await console.press("enter t")
        await console.until(lambda: "taken" in said(console), "it is taken")
        assert "^W" in line_of(console, "rack9.ams1")
        here = console.app.board.cursor
        assert here is not None and here < 0
        await console.press("enter")
        assert name in console.text()
        await console.press("q")
        await arrive(far)
        await console.until(lambda: not console.session.outgoing.entries, "both have landed")
        await console.until(lambda: console.app.board.cursor != here, "it has its number")
        shown = row(console, console.app.board.cursor)
        assert (shown.number, shown.resource, shown.owner) == (
            far.night.store.head().next_number - 1,
            "rack9.ams1",
            "me",
        )
        assert here not in console.session.board.rows


async def test_what_the_rules_refuse_by_what_is_shown_is_said_at_once_and_leaves_nothing_behind(
    night: Night, far: Far, number: int
) -> None:
    night.ago(MINUTE).does("ana", "take", number)
    far.fill()
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("t")
        assert "ana works on INC-000008.  t takes it over." in said(console)
        assert far.entries() == [] and "queued" not in console.lines()[-1]
        await console.press("t")
        assert "take over from ana, reason" in said(console), "nothing is taken from anybody by a key alone"
        await console.press("enter")
        assert "type something, or Esc" in console.text() and far.entries() == []
        await console.type("she is off")
        await console.press("enter")
        await console.until(lambda: "taken, not sent yet." in said(console), "t again takes it over")
        await console.press("t")
        await console.until(lambda: "is yours already." in said(console), "what waits counts too")
        assert [entry.command.args for entry in far.entries()] == [{"steal": True, "note": "she is off"}]
        await arrive(far)
        await console.until(lambda: not console.session.outgoing.entries, "it has landed")
        assert "conflict" not in console.lines()[-1]


async def test_the_loser_of_a_race_is_told_by_how_much_and_may_steal(night: Night, far: Far, number: int) -> None:
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        night.ago(SECOND // 5).does("ana", "take", number)
        night.ago(0)
        await console.press("t")
        await console.until(lambda: len(far.entries()) == 1, "it is pressed")
        await arrive(far)
        await console.until(
            lambda: "ana took INC-000008 0.2 s before you." in said(console), "it is told who was quicker"
        )
        assert "t takes it over" in said(console)
        assert "conflict 1" in console.lines()[-1]
        await console.until(lambda: row(console, number).owner == "ana", "it is hers")
        await console.press("t")
        await console.type("agreed on the phone")
        await console.press("enter")
        await console.until(lambda: len(far.entries()) == 1, "it is pressed again")
        await arrive(far)
        await console.until(lambda: row(console, number).owner == "me", "it is taken over")
        assert "conflict" not in console.lines()[-1], "and the card is answered by that"


async def test_who_is_taken_over_from_is_told_until_it_is_taken_back(night: Night, far: Far, number: int) -> None:
    night.ago(MINUTE).does("me", "take", number)
    far.fill()
    async with console_on(night.path, night.now, far=far) as console:
        night.ago(0).does("ana", "take", number, steal=True)
        await far.pull()
        told = "ana has INC-000008 mx2.ams1 now; it was yours."
        await console.until(lambda: told in console.lines()[1], "it is told")
        assert console.app.go_to(number)
        await console.press("t t")
        await console.type("mine to finish")
        await console.press("enter")
        await console.until(lambda: row(console, number).owner == "me", "it is taken back")
        assert told not in console.text()


async def test_a_conflict_becomes_a_card_that_is_answered_by_one_key(night: Night, far: Far, number: int) -> None:
    cut(far)
    async with console_on(night.path, night.now, (120, 40), far=far) as console:
        assert console.app.go_to(number)
        await console.press("r f")
        await console.until(lambda: row(console, number).state == "resolved", "it is laid over")
        night.ago(-5 * SECOND).does("ana", "take", number)
        night.ago(0)
        await arrive(far)
        await console.until(lambda: "CONFLICT" in console.lines()[1], "the news tells of it")
        assert row(console, number).state == "active", "what is so is shown"
        await console.press("g o")
        await console.until(lambda: "you asked  resolve, fixed, at 02:52:44Z" in console.text(), "there is a card")
        await console.until(lambda: "active, P3, owner ana" in console.text(), "with what is so now")
        await console.press(".")
        await console.until(lambda: [entry.command.verb for entry in far.entries()] == ["resolve"], "it is done anyway")
        await console.until(lambda: not console.session.outgoing.refused, "the card is answered")
        await arrive(far)
        await console.until(lambda: row(console, number).state == "resolved", "it is resolved")


async def test_what_was_opened_from_the_outbox_is_left_to_where_it_was(night: Night, far: Far, number: int) -> None:
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("a p 2")
        await console.until(lambda: len(far.entries()) == 2, "they are pressed")
        await console.press("g o j enter")
        assert page_of(console) == "detail"
        await console.press("g t q")
        assert page_of(console) == "detail"
        await console.press("q")
        assert page_of(console) == "outbox"
        entry = console.app.hands.outbox.current
        assert entry is not None and entry.command.verb == "priority", "the cursor is where it was"
        await console.press("enter g b enter q")
        assert page_of(console) == "board", "one that was opened from the board"


async def test_a_take_that_was_refused_is_done_over_somebodys_head_with_a_reason_only(
    night: Night, far: Far, number: int
) -> None:
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        night.ago(SECOND).does("ana", "take", number)
        night.ago(0)
        await console.press("t")
        await console.until(lambda: len(far.entries()) == 1, "it is pressed")
        await arrive(far)
        await console.until(lambda: row(console, number).owner == "ana", "it is hers")
        await console.press("g o .")
        assert "take over from ana, reason" in said(console)
        await console.type("she is off")
        await console.press("enter")
        await console.until(lambda: len(far.entries()) == 1, "it is pressed again")
        await arrive(far)
        await console.until(lambda: row(console, number).owner == "me", "it is taken over")


async def test_a_command_that_the_server_does_not_take_is_not_said_to_wait_for_the_link(
    night: Night, far: Far, number: int
) -> None:
    async with console_on(night.path, night.now, (120, 40), far=far) as console:
        far.tells(state="following", sentence="A viewer may not do this.")
        await console.until(
            lambda: console.session.link is not None and bool(console.session.link.blocked), "it is told"
        )
        assert console.app.go_to(number)
        await console.press("a")
        await console.until(lambda: len(far.entries()) == 1, "it is pressed")
        await console.press("g o")
        await console.until(
            lambda: "it waits until that server takes what you do" in console.text(), "the card says so"
        )
        assert "when the link is back" not in console.text()


async def test_a_refused_command_stays_until_it_is_let_go(night: Night, far: Far, number: int) -> None:
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("a")
        await console.until(lambda: len(far.entries()) == 1, "it is pressed")
        night.ago(-SECOND).does("ana", "take", number)
        night.ago(0)
        far.push()
    async with console_on(night.path, night.now, far=far) as console:
        await console.until(lambda: "conflict 1" in console.lines()[-1], "a restart forgets nothing")
        await console.press("g o x")
        await console.until(lambda: "conflict" not in console.lines()[-1], "it is let go")
        await console.until(lambda: "Nothing waits" in console.text(), "nothing is left")
        assert far.outbox.refused() == []


async def test_what_was_not_sent_can_be_given_up(night: Night, far: Far, number: int) -> None:
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("t")
        await console.until(lambda: "queued 1" in console.lines()[-1], "it waits")
        await console.press("g o x q")
        await console.until(lambda: row(console, number).owner == "", "it is as it was")
        assert list(far.entries()) == []
        assert "^" not in line_of(console, "mx2.ams1")


async def test_all_that_was_refused_can_be_let_go_at_once(night: Night, far: Far, number: int) -> None:
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("a p 2 w p")
        await console.until(lambda: len(far.entries()) == 3, "they are pressed")
        night.ago(-SECOND).does("ana", "resolve", number, code="f")
        night.does("ana", "close", number)
        night.ago(0)
        await arrive(far)
        await console.until(lambda: "conflict 3" in console.lines()[-1], "all three are refused")
        await console.press("g o X")
        await console.until(lambda: "let go 3" in said(console), "it asks")
        await console.press("enter")
        await console.until(lambda: "conflict" not in console.lines()[-1], "they are gone")


async def test_an_outbox_that_cannot_be_read_holds_up_no_row(
    night: Night, far: Far, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console_on(night.path, night.now, far=far) as console:
        monkeypatch.setattr(Outbox, "moved", _broken)
        await console.until(lambda: "The store " in console.lines()[1], "it is told")
        night.ago(0).does("ana", "take", number)
        await far.pull()
        await console.until(lambda: row(console, number).owner == "ana", "the board goes on")
        monkeypatch.undo()
        await console.until(lambda: "The store " not in console.lines()[1], "it is well again")


def _broken(outbox: Outbox) -> bool:
    raise CorruptStore(outbox.path, "a page of it")


async def test_one_that_may_have_been_sent_is_not_given_up(night: Night, far: Far, number: int) -> None:
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        await console.press("t")
        await console.until(lambda: "queued 1" in console.lines()[-1], "it waits")
        far.outbox.tried([entry.command.id for entry in far.entries()])
        await console.press("g o x")
        await console.until(lambda: "on its way already" in said(console), "it is said")
        assert len(far.entries()) == 1


async def test_a_large_gesture_is_laid_over_whole(night: Night, far: Far) -> None:
    ordinary(night)
    breaks_out(night)
    for place in range(240):
        night.ago(MINUTE).fires(f"port-{place}", resource=f"port{place}.sw1.ams1")
    far.fill()
    cut(far)
    async with console_on(night.path, night.now, far=far) as console:
        await console.press("* a enter")
        counts = console.session.board.counts
        await console.until(lambda: counts.all_unacked == 0, "all are laid over")
        await console.until(lambda: "acknowledged, not sent yet." in said(console), "it is said once")
        await arrive(far)
        await console.until(lambda: not console.session.outgoing.entries, "all have landed")
        await console.until(lambda: "acknowledged." in said(console), "the verdict is said")
        assert counts.all_unacked == 0


async def test_an_outbox_that_cannot_be_written_refuses_in_words(
    night: Night, far: Far, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console_on(night.path, night.now, far=far) as console:
        assert console.app.go_to(number)
        monkeypatch.setattr(Outbox, "press", _full)
        await console.press("t")
        await console.until(lambda: "Not done: an unexpected failure" in said(console), "it is said")
        assert row(console, number).owner == ""
        assert "…" not in line_of(console, "mx2.ams1")


def _full(*_: object) -> None:
    raise OSError("no space")


async def test_earlier_history_is_asked_for_and_shown_marked(
    night: Night, far: Far, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(panes, "_WISH_AGAIN", 0)
    core = night.numbers["bgp-1"]
    async with console_on(night.path, night.now, (120, 40), far=far) as console:
        assert console.app.go_to(core)
        await console.press("enter")
        await console.settles()
        assert "earlier history is on the server" in console.text()
        await console.press("g t")
        await console.until(lambda: far.live.wishes(), "the history is wished for")
        (wish, *_) = far.live.wishes()
        assert (wish.kind, wish.body) == ("history", {"number": core})
        await far.history(core)
        console.passes(1)
        await console.until(lambda: "opened as P2" in console.text(), "it is shown")
        assert "Fetched from the server" in console.text()
        assert "is on the server" not in console.text()
