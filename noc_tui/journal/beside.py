"""What travels and lies beside the journal: who is looking, how the agent and the link are doing. Last value wins."""

from __future__ import annotations

import msgspec

from noc_tui.incidents.model import Micros


class SourceStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one monitoring source is doing. `state`: ok, late, failing or off; `alerts` is what it last reported."""

    name: str
    state: str
    last_ok_at: Micros | None = None
    last_error: str = ""
    alerts: int = 0


class AgentStatus(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent last said of itself. `intake_rate` is in reports a second; `trouble` is what keeps it from its
    duties (a sentence).

    A server tells nothing that moves all the time while all is well: there `beat_at` is 0 while the agent beats, and a
    source's `last_ok_at` None while its state is ok.
    """

    pid: int
    host: str
    started_at: Micros
    beat_at: Micros
    version: str = ""
    intake_rate: float = 0.0
    sources: tuple[SourceStatus, ...] = ()
    trouble: str = ""


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """Who has which incident before them at a terminal just now (0: the board), and what they are doing there."""

    actor: str
    origin: str
    incident: int = 0
    doing: str = ""
    at: Micros = 0


class Beside(msgspec.Struct, frozen=True, omit_defaults=True, kw_only=True):
    """What a server tells beside its journal; `version` grows with every change of it."""

    version: int
    present: tuple[Presence, ...] = ()
    agent: AgentStatus | None = None


class LinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How the link to a remote store is doing, as the process that follows it last said.

    `state`: connecting, filling (a first or new replica is being loaded, `done` of `total` rows; where the server sends
    others theirs first it is asked again at `retry_at_tick`), following, offline, refused (the server lets us do
    nothing: `sentence` says why and what to do). `ok_tick` is the host's monotonic clock (seconds) at the last answer
    of the server, `ok_at` that moment by the wall clock, 0 before the first. `skew` is the server's clock less ours in
    microseconds. `restored_to` is set when the server was found restored or replaced. `role` is that of the
    token we come with, empty while it is not known.
    """

    state: str
    url: str
    sentence: str = ""
    since: Micros = 0
    ok_tick: float = 0.0
    ok_at: Micros = 0
    seq: int = 0
    head: int = 0
    done: int = 0
    total: int = 0
    skew: Micros = 0
    restored_to: Micros = 0
    sent_again: int = 0
    role: str = ""
    retry_at_tick: float = 0.0
    agent: AgentStatus | None = None
    """The server's own agent, as it tells it."""
