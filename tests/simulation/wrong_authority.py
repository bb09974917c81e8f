"""What an authority does wrong, each class one thing."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Draft, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.exchange import Cursor, Fork, Gone, Page, Push, Pushed, SnapshotEnd, SnapshotRows, SnapshotStart
from noc_tui.journal.skew import Skew
from tests.simulation.authority import POLICY, Authority
from tests.simulation.history import Receipt
from tests.simulation.scene import HistoryScene


class NoDedup(Authority):
    """Answers a command anew, however often it comes."""

    def receipt(self, command: Command) -> Receipt | None:
        return None


class ReceiptAfterCommit(Authority):
    """Keeps the receipt in a transaction of its own."""

    def keep(self, receipt: Receipt) -> None:
        self.between()
        super().keep(receipt)


class NoEpoch(Authority):
    """Does not look at the epoch."""

    def on_history(self, cursor: Cursor) -> bool:
        return self.history.holds(cursor)


class EpochOnly(Authority):
    """Looks at the epoch and not at the hash."""

    def on_history(self, cursor: Cursor) -> bool:
        return cursor.epoch == self.history.epoch and cursor.seq <= self.history.seq


class UncommittedGaps(Authority):
    """Every fifth event is committed a moment after the ones behind it."""

    def page(self, cursor: Cursor, limit: int, now: Micros) -> Page | Fork | Gone:
        page = super().page(cursor, limit, now)
        if not isinstance(page, Page):
            return page
        there = [event for event in page.events if event.seq % 5 or event.received_at < now - 300_000]
        return replace(page, events=tuple(there))


class SnapshotOfBefore(Authority):
    """The rows are read first, the cursor last."""

    def rows(self, numbers: Sequence[int]) -> SnapshotRows:
        seq = max(0, self._began - 2)
        before = [self.history.incident_at(self.history.ids[number], seq) for number in numbers]
        alerts = [self.history.alert_at(alert.ref, seq) for alert in self.attached(set(numbers))]
        return SnapshotRows(
            tuple([one for one in before if one is not None]), tuple([one for one in alerts if one is not None])
        )

    def start(self, now: Micros) -> SnapshotStart:
        self._began = self.history.seq
        return super().start(now)


class EndWithoutCursor(Authority):
    """Does not say how new the rows of a snapshot may be."""

    def end(self, parts: Sequence[SnapshotRows]) -> SnapshotEnd:
        return replace(super().end(parts), cursor=None)


class AnsweredFirst(Authority):
    """Answers, and now and then does not get to the commit."""

    def push(self, push: Push, person: str, now: Micros) -> Pushed | Fork:
        before = self.history.copy()
        answer = super().push(push, person, now)
        if self.chance.happens(0.05):
            self.history = self.histories[-1] = before
        return answer


class ConsoleTime(Authority):
    """Takes the time of who did something for its own."""

    def scene(self, now: Micros) -> HistoryScene:
        return _ConsoleTimeScene(self.history, POLICY, now, self.chance)


class _ConsoleTimeScene(HistoryScene):
    def take(self, draft: Draft, actor: str, command: Command | None = None, at: Micros = 0) -> int:
        self.now = at or self.now
        return super().take(draft, actor, command, at)


class DeliveryForSkew(Authority):
    """Takes how long a push was on its way for what its sender's clock is slow."""

    def skew(self, push: Push, now: Micros) -> Skew:
        return Skew(now - push.sent_at, 0)


class UndoneByHalf(Authority):
    """Undoes all that a command changed but one field."""

    def scene(self, now: Micros) -> HistoryScene:
        return _UndoneByHalfScene(self.history, POLICY, max(now, self.history.received_at), self.chance)


class _UndoneByHalfScene(HistoryScene):
    def take(self, draft: Draft, actor: str, command: Command | None = None, at: Micros = 0) -> int:
        if draft.undoes and draft.set:
            left_out = min(draft.set)
            draft = replace(draft, set={name: value for name, value in draft.set.items() if name != left_out})
        return super().take(draft, actor, command, at)


class RefusalsJournaled(Authority):
    """Journals also what it refused."""

    def decided(self, scene: HistoryScene, command: Command) -> Outcome:
        outcome = super().decided(scene, command)
        if not outcome.ok and scene.incident(command.incident) is not None:
            scene.take(Draft(kind="incident.refused", incident=command.incident), command.actor)
        return outcome
