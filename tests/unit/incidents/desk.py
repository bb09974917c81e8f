"""A desk in memory: the business with an honest little store under it, for its tests.

It does what a store does with drafts (number, seal, fold, keep), with receipts by command id, and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from noc_tui.incidents.commands import RULE, Command, Draft, Outcome, Patch, Refusal
from noc_tui.incidents.decide import decide
from noc_tui.incidents.desk_views import folded
from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.intake import take_in
from noc_tui.incidents.model import HOUR, MINUTE, OPEN_STATES, SECOND, Alert, Incident, Micros, Report
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.raising import Intake
from noc_tui.incidents.saved_views import SavedView, view_from
from noc_tui.incidents.scene import PastEvent
from noc_tui.incidents.verbs import VERBS, expectation
from noc_tui.journal.assemble import Stamp, assemble
from noc_tui.journal.chain import GENESIS
from noc_tui.journal.envelope import Event
from noc_tui.journal.replay import State

MORNING: Micros = 1_763_348_400 * SECOND
"""A Monday, 03:00 UTC: where every test begins."""


class Desk:
    """The scene of every decision of a test, its journal, its fold, and its clock."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.policy = policy or Policy()
        self.now: Micros = MORNING
        self.journal: list[Event] = []
        self.state = State()
        self.counters: dict[str, Counter] = {}
        self.receipts: dict[bytes, tuple[Command, Outcome]] = {}
        self.latest = b""
        self._numbers = 0
        self._ids = 0

    # The scene

    def incident(self, id: bytes) -> Incident | None:
        return self.state.incidents.get(id)

    def by_number(self, number: int) -> Incident | None:
        return next((one for one in self.state.incidents.values() if one.number == number), None)

    def children(self, number: int) -> list[Incident]:
        return [one for one in self.state.incidents.values() if number and one.parent == number]

    def alerts(self, number: int) -> list[Alert]:
        return [alert for alert in self.state.alerts.values() if number and alert.incident == number]

    def alert(self, ref: str) -> Alert | None:
        return self.state.alerts.get(ref)

    def open_group(self, group_key: str) -> Incident | None:
        gathers = OPEN_STATES | {"merged"}
        mine = [one for one in self.state.incidents.values() if one.group_key == group_key and one.state in gathers]
        return max(mine, key=lambda one: one.number, default=None)

    def events_since(self, id: bytes, revision: int) -> list[PastEvent]:
        return [event for event in self.journal if event.incident_id == id and event.revision > revision]

    def events_of(self, command_id: bytes) -> list[PastEvent]:
        return [event for event in self.journal if event.command_id == command_id]

    def new_number(self) -> int:
        self._numbers += 1
        return self._numbers

    def desk_view(self, name: str) -> SavedView | None:
        views: dict[str, Any] = {}
        for event in self.journal:
            views = folded(views, event.data)
        return view_from(views[name]) if name in views else None

    def counter(self, ref: str) -> Counter:
        return self.counters.get(ref, Counter())

    # The appender

    def new_id(self) -> bytes:
        """An id that no test has had before."""
        self._ids += 1
        return self._ids.to_bytes(16, "big")

    def take(self, draft: Draft, actor: str, command: Command | None = None, at: Micros = 0) -> Event:
        """Number, seal, keep and fold one draft."""
        before = self.incident(draft.incident) if draft.incident else None
        stamp = Stamp(
            seq=len(self.journal) + 1,
            id=self.new_id(),
            number=before.number if before else draft.number,
            revision=(before.revision if before else 0) + 1 if draft.incident else 0,
            at=at or self.now,
            received_at=self.now,
            actor=actor,
            origin=command.origin if command else "",
            command_id=command.id if command else b"",
            batch=command.batch if command else b"",
            salt=b"salt",
        )
        event = assemble(draft, stamp, self.journal[-1].hash if self.journal else GENESIS)
        self.journal.append(event)
        self.state.take(event)
        return event

    def send(self, command: Command) -> Outcome:
        """Answer a command: from its receipt if it has one, else by deciding it now."""
        if command.id in self.receipts:
            return self.receipts[command.id][1]
        result = decide(self, command)
        if isinstance(result, Refusal):
            outcome = Outcome(command=command.id, ok=False, reason=result.reason, code=result.code)
        else:
            seqs = tuple(self.take(draft, command.actor, command, command.at).seq for draft in result)
            outcome = Outcome(command=command.id, ok=True, seqs=seqs)
        self.receipts[command.id] = (command, outcome)
        return outcome

    def report(self, report: Report) -> Intake:
        """Take in what a source says."""
        intake = take_in(self, report, self.new_id)
        for draft in intake.drafts:
            self.take(draft, RULE, at=report.at or 0)
        if intake.counter is not None:
            self.counters[report.ref] = intake.counter
        return intake

    # Sentences for tests

    def later(self, micros: Micros) -> None:
        """Let time pass."""
        self.now += micros

    def do(self, actor: str, verb: str, number: int, *, seen: int | None = None, **args: Any) -> Outcome:
        """Let somebody do a verb to an incident, as seen at the revision `seen` (None: without an expectation)."""
        incident = self.by_number(number)
        assert incident is not None
        expect = {} if seen is None else expectation(VERBS[verb], seen)
        self.latest = self.new_id()
        return self.send(
            Command(
                id=self.latest,
                verb=verb,
                incident=incident.id,
                args=args,
                expect=expect,
                actor=actor,
                origin=f"{actor}@tty1",
                at=self.now,
            )
        )

    def ok(self, actor: str, verb: str, number: int, *, seen: int | None = None, **args: Any) -> bytes:
        """Do a verb that must succeed; return the command's id."""
        outcome = self.do(actor, verb, number, seen=seen, **args)
        assert outcome.ok, outcome.reason
        return self.latest

    def refused(self, actor: str, verb: str, number: int, *, seen: int | None = None, **args: Any) -> str:
        """Do a verb that must be refused; return the sentence that says why, the journal unchanged."""
        before = len(self.journal)
        outcome = self.do(actor, verb, number, seen=seen, **args)
        assert not outcome.ok
        assert len(self.journal) == before
        return outcome.reason

    def undo(self, actor: str, command: bytes, number: int) -> bytes:
        """Undo a command, which must succeed; return the undo's own id."""
        return self.ok(actor, "undo", number, command=command.hex())

    def redo(self, actor: str, command: bytes, number: int) -> bytes:
        """Take an undo back, which must succeed."""
        return self.ok(actor, "redo", number, command=command.hex())

    def log(self, actor: str = "ana", **args: Any) -> int:
        """Log an incident by hand; return its number."""
        self.latest = self.new_id()
        command = Command(
            id=self.latest, verb="log", incident=self.new_id(), args={"title": "no tone"} | args, actor=actor
        )
        outcome = self.send(command)
        assert outcome.ok, outcome.reason
        return self._numbers

    def raised(self, key: str = "k", **fields: Any) -> int:
        """A source raises an alert; return the number of the incident that has it."""
        return self.report(report(key, **fields)).number

    def cleared(self, key: str = "k", **fields: Any) -> Intake:
        """A source says that an alert is over."""
        return self.report(report(key, firing=False, **fields))

    def at(self, number: int) -> Incident:
        """The incident as it is now."""
        incident = self.by_number(number)
        assert incident is not None
        return incident

    def of(self, key: str = "k") -> Alert:
        """The alert with this key as it is now."""
        return self.state.alerts[f"mon:{key}"]

    def kinds(self) -> list[str]:
        """The kinds of all events so far, in order."""
        return [event.kind for event in self.journal]

    def rewritten(self, key: str, now: Patch, was: Patch) -> None:
        """The alert's projection holds its text otherwise than the source gave it."""
        self.take(Draft(kind="alert.imported", alert=f"mon:{key}", alert_set=now, alert_was=was), "import")

    def in_state(self, state: str) -> int:
        """Make an incident with one firing alert that has come to a state by people's hands; return its number."""
        number = self.raised(f"for-{state}-{self._ids}", resource=f"r{self._ids}")
        _LEAD[state](self, number)
        assert self.at(number).state == state
        return number


def _resolved(desk: Desk, number: int) -> None:
    desk.ok("ana", "resolve", number, code="f")


def _closed(desk: Desk, number: int) -> None:
    _resolved(desk, number)
    desk.ok("ana", "close", number)


def _held(desk: Desk, number: int) -> None:
    desk.ok("ana", "take", number)
    desk.ok("ana", "hold", number, reason="p")


def _merged(desk: Desk, number: int) -> None:
    parent = desk.raised(f"parent-of-{number}", resource=f"parent-of-{number}")
    desk.ok("ana", "merge", number, parent=parent)


_LEAD: dict[str, Callable[[Desk, int], object]] = {
    "new": lambda desk, number: None,
    "acked": lambda desk, number: desk.ok("ana", "ack", number),
    "active": lambda desk, number: desk.ok("ana", "take", number),
    "held": _held,
    "resolved": _resolved,
    "closed": _closed,
    "merged": _merged,
}


def report(key: str = "k", **fields: Any) -> Report:
    """A report of the monitoring `mon` about a condition, major unless told otherwise."""
    values: dict[str, Any] = {"severity": "major", "resource": f"router-{key}", "summary": f"{key} is down"}
    return Report(source="mon", key=key, **(values | fields))


SOON = 10 * MINUTE
ARGS: dict[str, dict[str, Any]] = {
    "assign": {"to": "bo"},
    "note": {"text": "seen"},
    "label": {"label": "fibre"},
    "unlabel": {"label": "fibre"},
    "title": {"title": "reworded"},
    "service": {"service": "voice"},
    "category": {"category": "hardware"},
    "priority": {"priority": "1"},
    "impact": {"impact": "high"},
    "urgency": {"urgency": "low"},
    "hold": {"reason": "p"},
    "snooze": {"until": MORNING + HOUR},
    "shelve": {"until": MORNING + HOUR, "reason": "noise"},
    "resolve": {"code": "f"},
    "reopen": {"reason": "still down"},
}
"""Sound arguments of each verb that needs some, apart from those that name another thing."""
