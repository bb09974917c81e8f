"""What an authority would tell a replica, made from a past: its pages, its snapshots, its priors and histories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.chain import GENESIS
from noc_tui.journal.exchange import (
    Cursor,
    History,
    Page,
    Prior,
    PriorAsked,
    SnapshotEnd,
    SnapshotRows,
    SnapshotStart,
    told,
)
from noc_tui.journal.ports import Replica
from noc_tui.journal.replay import State, state_at
from noc_tui.store.rows import clean_alert, clean_incident
from tests.contract.past import EPOCH, STORE_ID, Past, believable

ON_BOARD = ("new", "acked", "active", "held", "resolved")

Line = SnapshotStart | SnapshotRows | SnapshotEnd


class Authority:
    """Answers for the store that a past would be. `epoch` is its history's."""

    def __init__(self, past: Past, epoch: bytes = EPOCH) -> None:
        self.past = past
        self.epoch = epoch

    @property
    def seq(self) -> int:
        """The seq of its last event."""
        return len(self.past.events)

    def state(self, seq: int) -> State:
        """What all incidents and alerts were after `seq`, as their rows hold them."""
        state = state_at(self.past.events[:seq])
        state.incidents = {id: clean_incident(one) for id, one in state.incidents.items()}
        state.alerts = {ref: clean_alert(one) for ref, one in state.alerts.items()}
        return state

    def cursor(self, seq: int) -> Cursor:
        """The cursor of who has come as far as `seq`."""
        return Cursor(self.epoch, seq, self.past.events[seq - 1].hash if seq else GENESIS)

    def page(self, after: int, count: int) -> Page:
        """The page of up to `count` events after a seq, as it comes out of its JSON."""
        at = self.cursor(after)
        events = tuple(map(told, self.past.events[after : after + count]))
        page = Page(epoch=at.epoch, after=at.seq, hash=at.hash, head=self.seq, time=self.past.now, events=events)
        return msgspec.json.decode(msgspec.json.encode(page), type=Page)

    def prior(self, asked: PriorAsked) -> Prior:
        """How what was asked for was right after the seq."""
        state = self.state(asked.seq)
        return Prior(
            seq=asked.seq,
            incidents=tuple(state.incidents[id] for id in asked.incidents if id in state.incidents),
            alerts=tuple(state.alerts[ref] for ref in asked.alerts if ref in state.alerts),
        )

    def snapshot(self, seq: int, read_at: Sequence[int] = ()) -> Iterator[Line]:
        """A snapshot from `seq` on; its ranges are read later and later, at the seqs of `read_at`."""
        state = self.state(seq)
        policies = [event for event in self.past.events[:seq] if event.kind == "desk.policy_set"]
        yield SnapshotStart(
            cursor=self.cursor(seq),
            store_id=STORE_ID,
            received_at=self.past.events[seq - 1].received_at if seq else 0,
            next_number=1 + max((one.number for one in state.incidents.values()), default=0),
            time=self.past.now,
            incidents=len(state.incidents),
            alerts=len(state.alerts),
            policy=policies[-1].data["policy"] if policies else None,
            policy_seq=policies[-1].seq if policies else 0,
        )
        incidents = alerts = 0
        for rows in self._rows([seq, *read_at]):
            incidents += len(rows.incidents)
            alerts += len(rows.alerts)
            yield rows
        yield SnapshotEnd(incidents, alerts)

    def _rows(self, read_at: Sequence[int]) -> Iterator[SnapshotRows]:
        first = self.state(read_at[0])
        yield _rows_of(first, [one for one in first.incidents.values() if one.attention], 0)
        step = len(self.past.incidents) // len(read_at) + 1
        for turn, seq in enumerate(read_at):
            state = self.state(seq)
            numbers = range(turn * step + 1, (turn + 1) * step + 1)
            yield _rows_of(state, [one for one in state.incidents.values() if one.number in numbers], numbers[-1])

    def history(self, number: int) -> History:
        """All that is told of one incident."""
        (incident,) = [one for one in self.past.incidents.values() if one.number == number]
        return History(
            incident=clean_incident(incident),
            events=tuple(told(event) for event in self.past.events if event.incident_id == incident.id),
            alerts=tuple(clean_alert(one) for one in self.past.alerts.values() if one.incident == number),
        )


def _rows_of(state: State, incidents: Sequence[Incident], through: int) -> SnapshotRows:
    shown = [one for one in incidents if one.state in ON_BOARD]
    numbers = {one.number for one in shown}
    alerts: list[Alert] = [one for one in state.alerts.values() if one.incident in numbers]
    return SnapshotRows(incidents=tuple(shown), alerts=tuple(alerts), through=through)


def filled(replica: Replica, authority: Authority, seq: int, read_at: Sequence[int] = ()) -> Cursor:
    """Fill a replica from a snapshot, whole, and return its cursor."""
    for line in authority.snapshot(seq, read_at):
        if isinstance(line, SnapshotStart):
            replica.begin(line)
        elif isinstance(line, SnapshotRows):
            replica.fill(line)
        else:
            return replica.finish(line)
    raise AssertionError("a snapshot has an end")


def applied(replica: Replica, authority: Authority, page: Page) -> Cursor | None:
    """Apply a page as the link does: what is missing is asked for first."""
    asked = replica.missing(page)
    return replica.apply(page, authority.prior(asked) if asked is not None else None)


def caught_up(replica: Replica, authority: Authority, step: int = 7) -> Cursor:
    """Apply pages until nothing is new."""
    at = replica.cursor()
    assert at is not None
    while at.seq < authority.seq:
        moved = applied(replica, authority, authority.page(at.seq, step))
        assert moved is not None
        at = moved
    return at


def busy_past(incidents: int = 12, seed: int = 7) -> Past:
    """A past in which alerts also come back, move from one incident to another, and hang on nothing."""
    past = believable(incidents, seed)
    draw = past.random
    for turn in range(3 * incidents):
        ref = f"sim:{draw.randrange(incidents)}"
        alert = past.alerts[ref]
        into = draw.choice([one for one in past.incidents.values() if one.state != "closed"])
        changes: dict[str, Any] = {"firing": turn % 3 != 0, "incident": into.number if turn % 4 else 0}
        past.add(
            Draft(
                kind="alert.attached",
                incident=into.id if turn % 2 else b"",
                set={"alert_count": into.alert_count + 1} if turn % 2 else {},
                was={"alert_count": into.alert_count} if turn % 2 else {},
                alert=ref,
                alert_set=changes,
                alert_was={name: getattr(alert, name) for name in changes},
            )
        )
    return past


def spoilt(page: Page, place: int, **fields: Any) -> Page:
    """A page with one of its events changed."""
    events = list(page.events)
    events[place] = replace(events[place], **fields)
    return replace(page, events=tuple(events))
