"""How fresh the data is called, by which clock, and what is said of the link."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.console import link_text
from noc_tui.console.link import Link
from noc_tui.console.session import Session
from noc_tui.incidents.model import DAY, HOUR, SECOND
from noc_tui.journal.beside import AgentStatus, LinkStatus, SourceStatus
from noc_tui.journal.changes import ChangeSet
from tests.unit.console.boards import NOW, incident, session_of

TICK = 5_000.0


class Host:
    """The host's clocks."""

    def __init__(self) -> None:
        self.now = NOW
        self.tick = TICK


def linked(host: Host, ago: float | None = 1.0, **fields: Any) -> Link:
    """A link whose server answered so many seconds ago; None: never."""
    link = Link("https://noc.example:8642/", lambda: host.now, lambda: host.tick)
    link.heard(status(ago, **fields), 10)
    return link


def status(ago: float | None = 1.0, **fields: Any) -> LinkStatus:
    """What the process that follows the server says."""
    given: dict[str, Any] = {"state": "following", "url": "https://noc.example:8642", "seq": 10, "head": 10} | fields
    if ago is not None:
        given = {"ok_tick": TICK - ago, "ok_at": NOW - int(ago * SECOND)} | given
    return LinkStatus(**given)


@pytest.mark.parametrize(
    ("ago", "state", "word", "stale"),
    [
        (0.0, "following", "live", False),
        (2.9, "following", "live", False),
        (3.0, "following", "late", False),
        (15.0, "following", "late", False),
        (15.1, "following", "stale", True),
        (299.0, "offline", "stale", True),
        (300.0, "offline", "offline", True),
        (1.0, "refused", "late", False),
        (1.0, "filling", "filling", True),
        (None, "connecting", "connecting", True),
        (None, "offline", "offline", True),
    ],
)
def test_the_word_goes_by_the_age(ago: float | None, state: str, word: str, stale: bool) -> None:
    link = linked(Host(), ago, state=state)
    assert (link.word, link.stale) == (word, stale)


def test_a_process_that_begins_anew_does_not_make_the_data_younger() -> None:
    link = linked(Host(), 64, state="offline")
    link.heard(LinkStatus(state="connecting", url="https://noc.example:8642"), 10)
    assert (link.word, link.age) == ("stale", 64 * SECOND)


def test_who_waits_for_his_turn_is_told_so() -> None:
    link = linked(Host(), state="filling", retry_at_tick=TICK + 5)
    assert link.word == "filling"
    assert link_text.filling(link) == (
        "noc.example:8642 sends others the board first; what is here can be worked on. Asked again in 5 s."
    )


def test_before_anything_was_said_it_is_not_live() -> None:
    link = Link("https://noc.example", lambda: NOW, lambda: TICK)
    assert (link.word, link.stale, link.age, link.up) == ("connecting", True, None, False)


def test_a_step_of_the_wall_clock_ages_nothing() -> None:
    host = Host()
    link = linked(host)
    host.now += HOUR
    assert link.age == SECOND
    host.tick += 2
    assert link.age == 3 * SECOND


def test_a_tick_of_another_boot_is_none() -> None:
    host = Host()
    link = linked(host, ok_tick=TICK + 90_000, ok_at=NOW - HOUR)
    assert link.age == HOUR
    assert link.word == "offline"


def test_a_server_whose_sources_nobody_looks_at_is_not_live() -> None:
    source = SourceStatus(name="am", state="ok", last_ok_at=NOW - 2 * SECOND)
    well = AgentStatus(pid=1, host="noc", started_at=NOW - DAY, beat_at=NOW - SECOND, sources=(source,))
    assert linked(Host(), agent=well).word == "live"
    dead = AgentStatus(pid=1, host="noc", started_at=NOW - DAY, beat_at=NOW - 64 * SECOND, sources=(source,))
    assert linked(Host(), agent=dead).word == "stale"
    assert linked(Host(), agent=dead, skew=-64 * SECOND).word == "live", "by the server's own clock"


def test_a_server_that_is_heard_and_tells_of_old_data_is_told_as_that() -> None:
    silent = "The server's agent has fallen silent."
    dead = AgentStatus(pid=1, host="noc", started_at=NOW - DAY, beat_at=NOW - 64 * SECOND, trouble=silent)
    link = linked(Host(), agent=dead)
    assert sentences(link, session_of([incident(1)])) == [
        "noc.example:8642 answers, but what it tells is old: The server's agent has fallen silent.",
        "noc.example:8642 answers, but what it tells is old.",
    ]
    failing = SourceStatus(name="am", state="failing", last_ok_at=NOW - HOUR, last_error="no answer within 5 s")
    told = AgentStatus(pid=1, host="noc", started_at=NOW - DAY, beat_at=0, sources=(failing,))
    link = linked(Host(), agent=told)
    assert link.word == "offline"
    assert sentences(link, session_of([incident(1)]))[0].endswith("what it tells is old: am: no answer within 5 s")


def test_what_keeps_a_server_from_taking_what_one_does_is_told() -> None:
    link = linked(Host(), sentence="me may only look here: a token with the role operator is needed.")
    assert (link.word, link.up) == ("live", False)
    assert next(link_text.blocked(link)) == (
        "What you do is not taken: me may only look here: a token with the role operator is needed."
    )
    assert list(link_text.blocked(linked(Host()))) == []


@pytest.mark.parametrize(("skew", "told"), [(2, ""), (-2, ""), (3, "3 s ahead of"), (-90, "1 min 30 s behind")])
def test_a_skew_of_more_than_two_seconds_is_told(skew: int, told: str) -> None:
    said = link_text.skewed(linked(Host(), skew=skew * SECOND))
    assert told in said and bool(said) == bool(told)


def sentences(link: Link, session: Session) -> list[str]:
    return list(link_text.down(session, link))


def test_what_is_said_of_a_link_that_is_down_grows_shorter() -> None:
    session = session_of([incident(1)])
    said = sentences(linked(Host(), 64, state="offline", sentence="It refused the connection."), session)
    assert said[0] == (
        "Link to noc.example:8642 down since 02:51:40Z, last good seq 10; verbs are queued. It refused the connection."
    )
    assert [len(one) for one in said] == sorted(map(len, said), reverse=True)
    assert all("noc.example:8642" in one and "02:51:40Z" in one for one in said)


def test_where_little_room_is_left_it_is_said_what_is_wrong_not_what_to_do() -> None:
    session = session_of([incident(1)])
    token = "https://noc.example:8642 does not know our token: it was revoked; run `noc-tui login`."
    said = sentences(linked(Host(), 64, state="refused", sentence=token), session)
    assert said == [
        token,
        "noc.example:8642 does not know our token; what to do:",
        "noc.example:8642 refuses us; why, and what to do:",
    ]
    tls = "The certificate of noc.example:8642 is not trusted (self-signed); name the file of the authority."
    said = sentences(linked(Host(), 64, state="offline", sentence=tls), session)
    assert said[0].endswith(tls)
    assert said[1] == "The certificate of noc.example:8642 is not trusted; verbs are queued; what to do:"
    assert len(said[2]) < 65


def test_what_came_in_is_told_when_all_of_it_is_on_the_screen() -> None:
    host = Host()
    link = linked(host, 64, state="offline")
    link.changed(None, incident(3, owner="me"), "me")
    link.changed(incident(4, owner="me"), incident(4, owner="ana"), "me")
    link.changed(None, incident(5, owner="ana"), "me")
    link.heard(status(seq=14, head=14), 10)
    link.caught_up(12)
    assert link.returned is None, "the screen is behind"
    link.caught_up(14)
    assert link_text.returned(link) == "+4 events, 2 touch your work: INC-000003, INC-000004."
    link.read()
    assert link_text.returned(link) == ""


def test_what_comes_in_while_the_link_is_up_is_not_told_as_that() -> None:
    link = linked(Host())
    link.changed(None, incident(3, owner="me"), "me")
    link.heard(status(seq=14, head=14), 14)
    link.caught_up(14)
    assert link.returned is None


def test_rows_of_a_replica_that_is_being_filled_ring_no_bell() -> None:
    session = session_of([incident(1)])
    session.apply(ChangeSet(seq=0, incidents=(incident(2, priority=1),)))
    assert not session.arrivals.rings
    session.apply(ChangeSet(seq=9, incidents=(incident(3, priority=1),)))
    assert session.arrivals.rings


@pytest.mark.parametrize(
    ("count", "told"), [(0, "14Z."), (1, "; 1 of your commands was sent"), (14, "; 14 of your commands were sent")]
)
def test_a_restored_server_is_told_with_what_came_of_ones_commands(count: int, told: str) -> None:
    link = linked(Host(), restored_to=NOW - 30 * SECOND, sent_again=count)
    assert link.restored
    assert told in link_text.restored(link, NOW)[0]
    link.read()
    assert not link.restored
