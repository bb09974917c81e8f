"""J4 and J5: a night with the link cut, and two who take the same incident; at real consoles of a real server.

J4's declaration of a major incident and its page are not here: there is neither yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from noc_tui.incidents.model import SECOND
from noc_tui.store.opening import wall_clock
from tests.console.night import Night, ordinary
from tests.contract.desk import rows
from tests.contract.remote.running import Server, serving
from tests.faults.operators import Operator, assert_each_once, assert_same, read_until, settle, sitting
from tests.journeys.dress import DRESSED, Dress

pytestmark = pytest.mark.pty

LATE = 5 * SECOND
"""By so much the time of a key and its arrival at the server must differ to be told."""
NOTE = "power lost in row 4, facilities called"


@pytest.fixture
def server(night: Night) -> Iterator[Server]:
    """A server over an ordinary night."""
    ordinary(night)
    night.close()
    with serving(night.path) as server:
        yield server


def p1_comes(night: Night, *operators: Operator) -> int:
    """A P1 comes in while all look at the board; returns its number."""
    number = night.ago(SECOND).fires("pdu", resource="pdu4.fra1", summary="row 4 without power", severity="critical")
    night.close()
    for operator in operators:
        operator.terminal.sees(r"pdu4\.fra1")
    return number


def deeds(server: Server, *, actor: str) -> list[tuple[Any, ...]]:
    """What somebody did in this test, as the journal tells: kind, number, at, received_at."""
    origin = "actor = ? AND origin NOT LIKE '%@tty1'"
    return rows(
        server.store, f"SELECT kind, number, at, received_at FROM journal WHERE {origin} ORDER BY seq", (actor,)
    )


def owner_of(server: Server, number: int) -> str:
    """Whose an incident is."""
    ((owner,),) = rows(server.store, "SELECT owner FROM incidents WHERE number = ?", (number,))
    assert isinstance(owner, str)
    return owner


def work_offline(me: Operator) -> None:
    """J4, from the cut to the killed console: `Tab`, `t`, `n` and a text, `g` `o`, `q`."""
    terminal = me.terminal
    me.proxy.cut()
    me.account.wait_for("offline")
    terminal.press("Tab", "t")
    terminal.sees(r"pdu4\.fra1 taken, (not sent yet|on its way)\.")
    terminal.sees(r"(active|W) .*me +pdu4\.fra1")
    terminal.press("n")
    terminal.sees(r"note")
    terminal.write(NOTE)
    terminal.press("Enter")
    terminal.sees(r"pdu4\.fra1 noted, (not sent yet|on its way)\.")
    terminal.sees(r"queued 2")
    terminal.press("g", "o")
    terminal.sees(r"Outbox +queued 2")
    terminal.sees(r"(LATE|STALE) \d+s")
    terminal.sees(r"take +INC-\d+ +pdu4\.fra1")
    terminal.sees(r"note +INC-\d+ +pdu4\.fra1")
    terminal.press("q")
    me.kill()


@DRESSED
def test_a_p1_at_three_with_the_link_cut(server: Server, night: Night, dress: Dress) -> None:
    with sitting(server, night.path.parent, "ana", size=dress.size, theme=dress.theme) as (me,):
        number = p1_comes(night, me)
        cut_at = wall_clock()
        work_offline(me)
        killed_at = wall_clock()
        assert me.terminal.pressed == 7 and me.terminal.typed == len(NOTE)

        me.open()
        me.terminal.sees(r"(LATE|STALE) \d+s")
        me.terminal.sees(r"queued 2")
        me.terminal.sees(r" me +pdu4\.fra1")
        me.terminal.until(lambda: wall_clock() - killed_at > LATE, "it to be late enough to be told")
        me.proxy.heal()
        me.terminal.sees(r"live \d")
        settle(server, [me])
        read_until([me], lambda: "queued" not in me.terminal.text(), "the queue to be empty on the screen")

        me.terminal.press("/")
        me.terminal.sees("FILTER")
        me.terminal.write("pdu4")
        me.terminal.press("Enter")
        me.terminal.sees(r"1(/| of )6")
        me.terminal.press("Enter", "g", "t")
        me.terminal.sees(r"sent \d+ s later")

        (taken, noted) = deeds(server, actor="ana")
        assert (taken[0], noted[0]) == ("incident.taken", "incident.noted")
        for _, on, at, received_at in (taken, noted):
            assert on == number
            assert cut_at <= at <= killed_at < received_at, (
                "done when the key was pressed, taken when the link was back"
            )
        assert_each_once(server, [me])
        assert_same(server, [me])
        assert dress.kept_by(me.terminal)


def test_a_p1_that_somebody_else_took_while_the_link_was_cut(server: Server, night: Night) -> None:
    with sitting(server, night.path.parent, "ana", "bo") as (me, bo):
        number = p1_comes(night, me, bo)
        work_offline(me)
        bo.terminal.press("Tab", "t")
        bo.terminal.sees(r"pdu4\.fra1 taken\.")
        me.open()
        me.terminal.sees(r"queued 2")
        me.proxy.heal()

        me.terminal.sees(r"CONFLICT +take INC-\d+ pdu4\.fra1")
        settle(server, [me, bo])
        assert owner_of(server, number) == "bo"
        assert [kind for kind, *_ in deeds(server, actor="ana")] == ["incident.noted"], "what both can do is done"
        me.terminal.press("g", "o")
        me.terminal.sees(r"Outbox +conflict 1")
        me.terminal.sees(r"you asked +take")
        me.terminal.sees(r"now .*owner bo")
        me.terminal.press(".")
        me.terminal.sees(r"take over from bo, reason")
        me.terminal.write("mine since 03:00")
        me.terminal.press("Enter")
        me.terminal.sees(r"pdu4\.fra1 taken")
        settle(server, [me, bo])
        assert owner_of(server, number) == "ana"
        bo.terminal.sees(r"ana +pdu4\.fra1")
        assert_each_once(server, [me, bo])
        assert_same(server, [me, bo])


@DRESSED
def test_two_take_the_same_incident(server: Server, night: Night, dress: Dress) -> None:
    with sitting(server, night.path.parent, "ana", "bo", size=dress.size, theme=dress.theme) as (ana, bo):
        number = p1_comes(night, ana, bo)
        for operator in (ana, bo):
            operator.terminal.press("Tab")
            operator.terminal.sees(r"▌.*pdu4\.fra1")
            operator.terminal.pressed = 0
        bo.proxy.stall()  # he sees no more of what happens, and does not know
        ana.terminal.press("t")
        ana.terminal.sees(r"pdu4\.fra1 taken\.")
        bo.terminal.press("t")
        bo.terminal.sees(r"pdu4\.fra1 taken, ")
        bo.proxy.heal()

        bo.terminal.sees(r"ana took INC-\d+ \d+\.\d s before you\. +t takes it over\.")
        assert ana.terminal.pressed == bo.terminal.pressed == 1
        settle(server, [ana, bo])
        assert owner_of(server, number) == ana.name
        assert bo.refused()

        bo.terminal.press("t")
        bo.terminal.sees(r"take over from ana, reason")
        bo.terminal.write("she is off")
        bo.terminal.press("Enter")
        bo.terminal.sees(r"pdu4\.fra1 taken\.")
        settle(server, [ana, bo])
        assert bo.terminal.pressed == 3, "once to take it, once more and Enter to take it over"
        assert owner_of(server, number) == bo.name
        ana.terminal.sees(r"bo +pdu4\.fra1")
        assert_each_once(server, [ana, bo])
        assert_same(server, [ana, bo])


def test_two_who_press_at_once_are_told_the_same_owner(server: Server, night: Night) -> None:
    with sitting(server, night.path.parent, "ana", "bo") as operators:
        number = p1_comes(night, *operators)
        for operator in operators:
            operator.terminal.press("Tab")
            operator.terminal.sees(r"▌.*pdu4\.fra1")
        for operator in operators:
            operator.terminal.press("t")
        said = r"pdu4\.fra1 taken\.|(ana|bo) (took INC-\d+ (\d+\.\d s before you|first)\.|works on INC-\d+)"
        told = {operator.name: operator.terminal.sees(said)[0] for operator in operators}
        settle(server, operators)

        (winner,) = [name for name, words in told.items() if words.endswith("taken.")]
        assert owner_of(server, number) == winner
        for operator in operators:
            mine = "me" if operator.name == winner else winner
            operator.terminal.sees(rf"{mine} +pdu4\.fra1")
        (loser,) = [operator.name for operator in operators if operator.name != winner]
        assert told[loser].startswith(f"{winner} ")
        assert_each_once(server, operators)
        assert_same(server, operators)
