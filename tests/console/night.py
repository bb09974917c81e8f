"""A night at the desk: a real store with incidents in it, and a clock that moves when told."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any, Final

from noc_tui.incidents.model import DAY, HOUR, MINUTE, SECOND, Micros
from noc_tui.journal.beside import AgentStatus, SourceStatus
from noc_tui.store.live import Live, live_path
from noc_tui.store.opening import Store
from tests.contract.desk import Desk, report

NIGHT: Final = 1_794_970_364 * SECOND
"""Wednesday 18 November 2026, 02:52:44 UTC: when the screens of the goldens are looked at."""


class Night:
    """Fills one store through its own rules, some time before `now`, and tells what its agent would."""

    def __init__(self, directory: Path, now: Micros = NIGHT) -> None:
        self.now = now
        self.desk = Desk(directory)
        self.path = self.desk.path
        self.numbers: dict[str, int] = {}
        """The incident that each alert key was gathered into."""
        self._store: Store | None = None

    def ago(self, micros: Micros) -> Night:
        """Let what follows happen so long before the night's moment."""
        self.desk.now = self.now - micros
        return self

    def fires(self, key: str, **fields: Any) -> int:
        """An alert is raised, or told again; returns the incident's number."""
        made = report(key, **({"at": self.desk.now, "starts_at": self.desk.now} | fields))
        (accepted,) = self.store.ingest([made])
        self.numbers[key] = accepted.number
        return accepted.number

    def clears(self, key: str, **fields: Any) -> None:
        """An alert is over."""
        self.store.ingest([report(key, firing=False, at=self.desk.now, **fields)])

    def does(self, actor: str, verb: str, number: int, **args: Any) -> None:
        """Somebody does a verb, which must succeed; at a terminal of their own."""
        outcome = self.desk.do(self.store, verb, self.id_of(number), actor=actor, origin=f"{actor}@tty1", **args)
        assert outcome.ok, outcome.reason

    def id_of(self, number: int) -> bytes:
        """The id of an incident by its number."""
        from tests.contract.desk import rows

        ((id,),) = rows(self.path, "SELECT id FROM incidents WHERE number = ?", (number,))
        assert isinstance(id, bytes)
        return id

    @property
    def store(self) -> Store:
        """The store, opened when it is first asked for."""
        if self._store is None:
            self._store = self.desk.open()
        return self._store

    def beats(self, ago: Micros, *sources: SourceStatus) -> None:
        """The agent gave a sign of life so long ago."""
        at = self.now - ago
        healthy = SourceStatus(name="am-ams1", state="ok", last_ok_at=at, alerts=12)
        status = AgentStatus(
            pid=1, host="noc", started_at=at - HOUR, beat_at=at, version="1", sources=sources or (healthy,)
        )
        with closing(Live(live_path(self.path))) as live:
            live.beat(status)

    def close(self) -> None:
        """Close the store, as its agent does when it ends."""
        if self._store is not None:
            self._store.close()
            self._store = None


def ordinary(night: Night) -> None:
    """An hour like others: each state has its incidents, all in somebody's hands but two."""
    past = night.ago(2 * DAY).fires("old", resource="olt12.lyo1", summary="line card 3 rebooted", severity="minor")
    night.does("bo", "take", past)
    night.ago(2 * DAY - 32 * MINUTE).does("bo", "resolve", past, code="f", cause="card reseated")
    night.ago(2 * DAY - HOUR).does("bo", "close", past)

    held = night.ago(9 * HOUR).fires("ckt", resource="cust-4411.mrs2", summary="circuit down", severity="major")
    night.ago(8 * HOUR).does("cy", "take", held)
    night.ago(7 * HOUR).does("cy", "hold", held, reason="p", until=night.now + 9 * HOUR, note="case 88213")

    snoozed = night.ago(3 * HOUR).fires("temp", resource="rack12.ams1", summary="31 C at the inlet", severity="warning")
    night.ago(2 * HOUR).does("bo", "snooze", snoozed, until=night.now + 5 * HOUR)

    core = night.ago(48 * MINUTE).fires(
        "bgp-1",
        resource="pe07.par3",
        summary="core BGP down, 7 peers",
        severity="major",
        service="ip core",
        site="par3",
        labels=(("alertname", "BGPDown"), ("customers", "41"), ("runbook", "bgp-core-down")),
    )
    night.ago(47 * MINUTE).fires("bgp-2", resource="pe07.par3", summary="peer 10.0.7.5 down", severity="major")
    night.ago(46 * MINUTE).does("ana", "take", core)
    night.ago(40 * MINUTE).does("ana", "note", core, text="all peers behind PAR-LYO-7; asked transmission")
    night.ago(39 * MINUTE).does("ana", "label", core, label="fibre")

    fan = night.ago(30 * MINUTE).fires("fan", resource="sw11.ams1", summary="fan 2 slow", severity="warning")
    line = night.ago(22 * MINUTE).fires("card", resource="olt12.lyo1", summary="line card 3 down", severity="minor")
    night.ago(21 * MINUTE).does("me", "ack", line)
    night.ago(14 * MINUTE).fires("ap", resource="ap-114.fra2", summary="access point down", severity="warning")
    night.ago(9 * MINUTE).clears("ap", resource="ap-114.fra2", summary="access point down", severity="warning")
    night.ago(8 * MINUTE).does("me", "resolve", fan, code="f")
    night.ago(7 * MINUTE).fires("queue", resource="mx2.ams1", summary="mail queue 12k", severity="minor")
    night.beats(2 * SECOND)


def calm(night: Night) -> None:
    """Nothing to do: what is open is in somebody's hands."""
    line = night.ago(22 * MINUTE).fires("card", resource="olt12.lyo1", summary="line card 3 down", severity="minor")
    night.ago(21 * MINUTE).does("me", "ack", line)
    night.beats(SECOND)


def silent(night: Night) -> None:
    """Nothing was heard of the sources for a while."""
    ordinary(night)
    night.beats(64 * SECOND, SourceStatus(name="am-ams1", state="failing", last_error="no answer within 5 s"))


def breaks_out(night: Night) -> None:
    """A fibre is cut: one cause with many alerts, and others beside it that must not drown."""
    circuit = (("alertname", "LossOfLight"), ("circuit", "PAR-LYO-7"), ("customers", "1204"))
    for index in range(40):
        night.ago(6 * MINUTE - index * SECOND).fires(
            f"lol-{index}",
            resource=f"wdm{index % 8}.par3",
            summary="loss of light",
            severity="critical",
            site="par3",
            labels=circuit,
        )
    for index in range(12):
        night.ago(4 * MINUTE - index * 5 * SECOND).fires(
            f"link-{index}", resource=f"ge-0-0-{index}.pe0{index % 3}.lon1", summary="link down", severity="minor"
        )
    night.ago(90 * SECOND).fires("fw", resource="fw2.lon1", summary="HA peer lost", severity="critical")
    night.ago(80 * SECOND).fires("psu", resource="sw11.ams1", summary="PSU B failed", severity="major")
    for turn in range(8):
        later = night.ago(70 * SECOND - turn * 5 * SECOND)
        (later.clears if turn % 2 else later.fires)("flap", resource="ge-0-0-3.pe02.ams1", summary="interface down")


def deserted(night: Night) -> None:
    """A new store: nothing has ever happened."""
    night.store.checkpoint_if_due()
    night.beats(SECOND)
