"""Who is there, by clocks that the test moves."""

from __future__ import annotations

from noc_tui.incidents.model import SECOND
from noc_tui.journal.beside import AgentStatus, Presence, SourceStatus
from noc_tui.server.presence import STAYS, Present, presence_of

ANA = Presence(actor="ana", origin="tty1", incident=42, doing="writing")


class Clocks:
    """One time for both clocks."""

    def __init__(self) -> None:
        self.seconds = 1_000.0
        self.present = Present(lambda: self.seconds, lambda: int(self.seconds * SECOND))


def test_one_stays_while_a_poll_is_held_and_a_while_after_it() -> None:
    clocks = Clocks()
    present = clocks.present
    present.arrive([ANA])
    assert present.tick()
    clocks.seconds += 10 * STAYS
    assert not present.tick()
    present.leave([ANA])
    clocks.seconds += STAYS - 1
    assert not present.tick()
    assert list(present.beside.present) == [ANA]
    clocks.seconds += 2
    assert present.tick()
    assert list(present.beside.present) == []


def test_one_who_polls_again_and_again_changes_nothing() -> None:
    clocks = Clocks()
    present = clocks.present
    present.arrive([ANA])
    present.tick()
    for _ in range(100):
        present.arrive([ANA])
        present.leave([ANA])
        clocks.seconds += 1
        assert not present.tick()
    present.leave([ANA])
    assert present.beside.present == (ANA,)


def test_many_changes_within_a_tick_are_one() -> None:
    clocks = Clocks()
    present = clocks.present
    present.tick()
    before = present.beside.version
    for number in range(50):
        present.arrive([Presence(actor="ana", origin="tty1", incident=number)])
    assert present.tick()
    assert not present.tick()
    assert present.beside.present[0].incident == 49
    assert present.beside.version > before


def test_the_version_of_a_server_started_anew_is_newer() -> None:
    first = Clocks()
    for number in range(100):
        first.present.arrive([Presence(actor="ana", origin="tty1", incident=number)])
        first.present.tick()
    second = Clocks()
    second.seconds = first.seconds + 1
    assert Present(lambda: 0.0, lambda: int(second.seconds * SECOND)).beside.version > first.present.beside.version


def test_a_heartbeat_is_no_news_and_silence_is() -> None:
    clocks = Clocks()
    present = clocks.present

    def beat(**fields: object) -> AgentStatus:
        at = int(clocks.seconds * SECOND)
        return AgentStatus(**{"pid": 1, "host": "noc", "started_at": 0, "beat_at": at, **fields})  # type: ignore[arg-type] # fields by name

    last = beat()
    present.here((), last)
    assert present.tick()
    for _ in range(10):
        clocks.seconds += 1
        last = beat(intake_rate=clocks.seconds, sources=())
        present.here((), last)
        assert not present.tick()
    assert present.beside.agent is not None
    assert present.beside.agent.beat_at == 0, "when it last beat is told of one that beats no more"
    clocks.seconds += 60
    present.here((), last)
    assert present.tick()
    assert present.beside.agent is not None
    assert "silent" in present.beside.agent.trouble
    assert present.beside.agent.beat_at == last.beat_at


def test_a_source_that_fails_is_told_with_when_it_last_answered() -> None:
    clocks = Clocks()
    present = clocks.present

    def beat(**fields: object) -> AgentStatus:
        clocks.seconds += 1
        source = SourceStatus(**{"name": "am", "state": "ok", **fields})  # type: ignore[arg-type] # fields by name
        return AgentStatus(pid=1, host="noc", started_at=0, beat_at=int(clocks.seconds * SECOND), sources=(source,))

    present.here((), beat(last_ok_at=5))
    assert present.tick()
    present.here((), beat(last_ok_at=6))
    assert not present.tick()
    for _ in range(2):
        present.here((), beat(state="failing", last_ok_at=6, last_error="refused"))
    assert present.tick()
    assert present.beside.agent is not None
    assert present.beside.agent.sources[0].last_ok_at == 6


def test_what_cannot_be_read_says_nobody() -> None:
    for odd in ("", ",1,", "a,x,", "a,-1,", "a,1.5,", "a,9999999999999,"):
        assert presence_of("ana", odd, 0) is None
    assert presence_of("ana", "a", 5) == Presence(actor="ana", origin="a", at=5)
    assert presence_of("ana", "a,7,b,c", 5) == Presence(actor="ana", origin="a", incident=7, doing="b,c", at=5)
