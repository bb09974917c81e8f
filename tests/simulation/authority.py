"""The authority in memory: receipts, chain, head, epoch, backups, with the real rules and folds inside.

Every method is one transaction on disk: a crash comes before or after it, never within.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from noc_tui.incidents.commands import RULE, Command, Outcome, Refusal
from noc_tui.incidents.decide import decide
from noc_tui.incidents.intake import take_in
from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, Micros, Report
from noc_tui.incidents.policy import Policy
from noc_tui.journal.chain import GENESIS
from noc_tui.journal.exchange import (
    Cursor,
    Fork,
    Gone,
    Page,
    Prior,
    PriorAsked,
    Push,
    Pushed,
    SnapshotEnd,
    SnapshotRows,
    SnapshotStart,
    told,
)
from noc_tui.journal.exchange import History as Story
from noc_tui.journal.skew import Skew, done_at, skew_of
from tests.simulation.chance import Chance
from tests.simulation.history import History, Receipt
from tests.simulation.scene import HistoryScene

STORE = b"the authority's.."
POLICY = Policy()


class Authority:
    """The store that all follow. `histories` are all that it ever had, for the checks; the last one is `history`."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.history = History(chance.bytes(16))
        self.histories = [self.history]
        self.backups: list[History] = []
        self.times_restored = 0
        self.between: Callable[[], None] = lambda: None
        """What may come between two transactions: a crash. Only a mutant has two where one is due."""

    # Taking in

    def report(self, report: Report, now: Micros) -> None:
        """Take in what a source says."""
        scene = self.scene(now)
        intake = take_in(scene, report, scene.new_id)
        for draft in intake.drafts:
            scene.take(draft, RULE)
        if intake.counter is not None:
            self.history.counters[report.ref] = intake.counter

    def push(self, push: Push, person: str, now: Micros) -> Pushed | Fork:
        """Answer commands of a person, each once, all in one transaction."""
        if not self.may_push(push.cursor):
            return self.fork()
        scene = self.scene(now)
        outcomes = [
            self.answer(scene, command, self.taken(command, person, push, now), push.skew) for command in push.commands
        ]
        return Pushed(tuple(outcomes), self.history.seq, now)

    def taken(self, command: Command, person: str, push: Push, now: Micros) -> Command:
        """Return a command as it is kept: by the token's person, done when the authority's clock says that it was."""
        seen = command.seen if push.cursor is not None and command.seen <= push.cursor.seq else 0
        floor = self.history.journal[seen - 1].received_at if seen else 0
        at = done_at(command.at, self.skew(push, now), floor, now)
        return msgspec.structs.replace(command, actor=person, at=at)

    def skew(self, push: Push, now: Micros) -> Skew:
        """Return how far the clock of who pushes is off."""
        return skew_of(push.skew, push.sent_at, now)

    def answer(self, scene: HistoryScene, command: Command, taken: Command, skew: Skew | None) -> Outcome:
        """Answer one command: as it was answered before, or by deciding it now, as it is taken."""
        known = self.receipt(command)
        if known is not None:
            if self.content(known.command) != self.content(command):
                return Outcome(command=command.id, ok=False, reason="This id has another command.", code="bad")
            return msgspec.structs.replace(known.outcome, repeated=True)
        outcome = self.decided(scene, taken)
        self.keep(Receipt(command, outcome, skew))
        return outcome

    def decided(self, scene: HistoryScene, command: Command) -> Outcome:
        """Decide a command and take in what comes of it."""
        result = decide(scene, command)
        if isinstance(result, Refusal):
            return Outcome(command=command.id, ok=False, reason=result.reason, code=result.code)
        seqs = tuple([scene.take(draft, command.actor, command, command.at) for draft in result])
        return Outcome(command=command.id, ok=True, seqs=seqs)

    def receipt(self, command: Command) -> Receipt | None:
        """Return what a command was answered, if it was."""
        return self.history.receipts.get(command.id)

    def keep(self, receipt: Receipt) -> None:
        """Keep an answer, in the same transaction as its events."""
        self.history.receipts[receipt.command.id] = receipt

    def content(self, command: Command) -> tuple[object, ...]:
        """What must be the same where the id is."""
        return command.verb, command.incident, command.args

    def scene(self, now: Micros) -> HistoryScene:
        """Begin a transaction; time never goes back in a journal."""
        return HistoryScene(self.history, POLICY, max(now, self.history.received_at), self.chance)

    # Telling

    def on_history(self, cursor: Cursor) -> bool:
        """Return whether a cursor is on the history that is held now."""
        return cursor.epoch == self.history.epoch and self.history.holds(cursor)

    def may_push(self, cursor: Cursor | None) -> bool:
        """Return whether commands that were made on this history are taken."""
        return cursor is None or self.on_history(cursor)

    def page(self, cursor: Cursor, limit: int, now: Micros) -> Page | Fork | Gone:
        """Return what comes after a cursor."""
        if not self.on_history(cursor):
            return self.fork()
        if cursor.seq < self.history.floor:
            return Gone(self.history.floor)
        events = self.history.journal[cursor.seq : cursor.seq + limit]
        return Page(
            self.history.epoch,
            cursor.seq,
            cursor.hash,
            self.history.seq,
            now,
            tuple([told(event) for event in events]),
        )

    def fork(self) -> Fork:
        """Say which history is held now."""
        return Fork(self.history.epoch, self.history.seq, self.history.received_at)

    def start(self, now: Micros) -> SnapshotStart:
        """Begin a snapshot."""
        incidents = self.board()
        alerts = self.attached({one.number for one in incidents})
        return SnapshotStart(
            self.history.head,
            STORE,
            self.history.received_at,
            self.history.next_number,
            now,
            len(incidents),
            len(alerts),
        )

    def rows(self, numbers: Sequence[int]) -> SnapshotRows:
        """Read some incidents of a snapshot, with their alerts, as they are by now."""
        incidents = [self.history.incidents[self.history.ids[number]][-1] for number in numbers]
        return SnapshotRows(tuple(incidents), tuple(self.attached(set(numbers))))

    def end(self, parts: Sequence[SnapshotRows]) -> SnapshotEnd:
        """End a snapshot of these parts."""
        incidents = sum(len(one.incidents) for one in parts)
        return SnapshotEnd(incidents, sum(len(one.alerts) for one in parts), self.history.head)

    def board(self) -> list[Incident]:
        """Return the open incidents, by number."""
        latest = [versions[-1] for versions in self.history.incidents.values()]
        return sorted((one for one in latest if one.state in OPEN_STATES), key=lambda one: one.number)

    def attached(self, numbers: set[int]) -> list[Alert]:
        """Return the alerts of these incidents."""
        latest = [versions[-1] for versions in self.history.alerts.values()]
        return [one for one in latest if one.incident in numbers]

    def prior(self, asked: PriorAsked) -> Prior:
        """Return how these were right after a seq."""
        incidents = [self.history.incident_at(id, asked.seq) for id in asked.incidents]
        alerts = [self.history.alert_at(ref, asked.seq) for ref in asked.alerts]
        return Prior(
            asked.seq,
            tuple([one for one in incidents if one is not None]),
            tuple([one for one in alerts if one is not None]),
            self.history.hash_at(asked.seq) if asked.seq <= self.history.seq else GENESIS,
        )

    def story(self, number: int) -> Story | None:
        """Return all of an incident."""
        id = self.history.ids.get(number)
        if id is None:
            return None
        events = [told(event) for event in self.history.journal if event.incident_id == id]
        return Story(self.history.incidents[id][-1], tuple(events), tuple(self.attached({number})), self.history.head)

    # What an administrator does to it

    def back_up(self) -> None:
        """Put a copy of the store aside."""
        self.backups.append(self.history.copy())

    def restore(self, backup: History, *, new_epoch: bool) -> None:
        """Go on from a backup, as another epoch if the administrator remembers to say so."""
        self.history = backup.copy(self.chance.bytes(16) if new_epoch else b"")
        self.histories.append(self.history)
        self.times_restored += 1

    def replace(self) -> None:
        """Put a new, empty store in the place of this one."""
        self.history = History(self.chance.bytes(16))
        self.histories.append(self.history)
        self.times_restored += 1

    def archive(self, upto: int) -> None:
        """Put the journal up to some seq out of reach."""
        self.history.floor = max(self.history.floor, upto)
