"""How old the data of a remote store is: as old as the server's last word, or as what its own sources told it."""

from __future__ import annotations

from noc_tui.console.link import Link
from noc_tui.incidents.model import HOUR, MINUTE, SECOND, Micros
from noc_tui.journal.beside import AgentStatus, LinkStatus, SourceStatus

NOW = 1_000 * HOUR


def link_with(agent: AgentStatus | None, *, skew: Micros = 0) -> Link:
    """A link whose server answered a second ago, and told this of its agent at some time before."""
    link = Link("https://noc.example", lambda: NOW, lambda: 100.0)
    link.heard(
        LinkStatus(
            state="following", url=link.url, ok_tick=99.0, ok_at=NOW - SECOND, skew=skew, seq=5, head=5, agent=agent
        ),
        5,
    )
    return link


def source(state: str, last_ok_at: Micros | None = None) -> SourceStatus:
    """A source as a server tells it."""
    return SourceStatus(name="am", state=state, last_ok_at=last_ok_at)


def test_an_agent_that_beats_makes_nothing_old_however_long_ago_it_was_told_of() -> None:
    for sources in ((), (source("ok"),), (source("failing", NOW - HOUR), source("ok")), (source("late"),)):
        link = link_with(AgentStatus(pid=1, host="noc", started_at=0, beat_at=0, sources=sources))
        assert (link.word, link.data_age) == ("live", SECOND)
    assert link_with(None).word == "live"


def test_what_the_servers_sources_do_not_tell_is_old_however_fresh_the_link() -> None:
    failing = AgentStatus(pid=1, host="noc", started_at=0, beat_at=0, sources=(source("failing", NOW - 2 * MINUTE),))
    assert (link_with(failing).word, link_with(failing).data_age) == ("stale", 2 * MINUTE)
    silent = AgentStatus(pid=1, host="noc", started_at=0, beat_at=NOW - HOUR, trouble="silent")
    assert (link_with(silent).word, link_with(silent).data_age) == ("offline", HOUR)


def test_the_servers_times_are_taken_by_the_servers_clock() -> None:
    ahead = AgentStatus(pid=1, host="noc", started_at=0, beat_at=0, sources=(source("failing", NOW + 58 * MINUTE),))
    assert link_with(ahead, skew=HOUR).data_age == 2 * MINUTE
