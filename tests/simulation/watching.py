"""What is checked at every step of a run, and the trace of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from noc_tui.incidents.model import SECOND, Alert, Incident
from noc_tui.journal.exchange import Cursor, Push, Pushed
from noc_tui.sync import effects, inputs
from noc_tui.sync.effects import Effect
from noc_tui.sync.inputs import Input
from tests.simulation.authority import Authority
from tests.simulation.clockwork import Clockwork
from tests.simulation.console import Console
from tests.simulation.history import History
from tests.simulation.server import Server
from tests.simulation.trace import in_words
from tests.simulation.violations import must


class Watching:
    """Looks on: `tell` takes a line for each thing that happens."""

    def __init__(
        self, authority: Authority, server: Server, clockwork: Clockwork, tell: Callable[[str], None] | None
    ) -> None:
        self._authority = authority
        self._server = server
        self._clockwork = clockwork
        self._tell = tell
        self._compared: dict[int, Incident | Alert] = {}
        self._kept_alive: list[Incident | Alert] = []
        self._cursors: dict[str, Cursor | None] = {}
        self.heard: dict[str, float] = {}
        """When each console last took something from the server."""
        self._signs: dict[str, float] = {}
        self._told_time: dict[str, int] = {}
        """In which life each console was told the server's time last."""

    def note(self, sentence: str) -> None:
        """Put a line into the trace."""
        if self._tell is not None:
            self._tell(f"{self._clockwork.now:9.4f}  {sentence}")

    def fed(self, console: Console, input: Input) -> None:
        """An input is about to be taken: none may say what cannot be."""
        if self._tell is not None:
            self.note(f"{console.person:4} < {in_words(input)}")
        if isinstance(input, inputs.NotContinued):
            must(5, False, f"{console.person} got a page or snapshot with a hole: {input.sentence}")
        if isinstance(input, inputs.Forked):
            must(16, self._authority.times_restored > 0, f"{console.person} saw a fork without a restore")
        if isinstance(input, inputs.PushedCame):
            self._answer_is_kept_1(console, input.pushed)
        self._age_is_told_18(console)
        if isinstance(input, _FROM_SERVER):
            self.heard[console.person] = input.when.tick
            if isinstance(input, _SIGNS) and console.waits_for(input.ticket):
                self._signs[console.person] = input.when.tick
                if isinstance(input, inputs.PageCame | inputs.PushedCame):
                    self._told_time[console.person] = console.life

    def done(self, console: Console, effect: Effect) -> None:
        """An effect was done: whatever it wrote must be true."""
        if self._tell is not None:
            self.note(f"{console.person:4} > {in_words(effect)}")
        if isinstance(effect, effects.ApplyPage):
            self._moves_on_5(console)
        if isinstance(effect, effects.ApplyPage | effects.FinishFill | effects.KeepHistory):
            self._prefix_13(console)
        self._cursors[console.person] = console.replica.cursor()
        if isinstance(effect, effects.SendCommands):
            self._skew_is_told_17(console, effect.push)
        if isinstance(effect, effects.TellStatus):
            self._age_is_no_less_18(console, effect.status.ok_tick)

    def crashed(self, console: Console, *, power: bool) -> None:
        """A process died."""
        self._cursors[console.person] = console.replica.cursor()
        self._signs.pop(console.person, None)  # who was killed has told nobody of what it heard last
        self.note(f"{console.person:4} {'loses power' if power else 'dies'}")
        if power:
            self._seen_is_safe_3(console)

    def _answer_is_kept_1(self, console: Console, pushed: Pushed) -> None:
        """1: what is answered ok is in the journal of some history."""
        histories = self._authority.histories
        for outcome in pushed.outcomes:
            kept = any(
                (receipt := history.receipts.get(outcome.command)) is not None and receipt.outcome.seqs == outcome.seqs
                for history in reversed(histories)
            )
            must(1, kept or not outcome.ok, f"{console.person} is told that {outcome.command.hex()} is done")

    def _seen_is_safe_3(self, console: Console) -> None:
        """3: after a power cut the replica still has what the outbox calls seen in its history."""
        cursor = console.replica.cursor()
        history = self.history_of(cursor) if cursor is not None else None
        if cursor is None or history is None:
            return
        for id, entry in console.outbox.entries.items():
            receipt = history.receipts.get(id) if entry.state == "seen" else None
            seqs = receipt.outcome.seqs if receipt is not None else ()
            must(3, max(seqs, default=0) <= cursor.seq, f"{console.person} has lost {id.hex()}, which it calls seen")

    def _age_is_no_less_18(self, console: Console, tick: float) -> None:
        """18: nobody claims to have heard the server later than it did."""
        heard = self.heard.get(console.person, 0.0)
        must(18, tick <= heard, f"{console.person} claims to have heard the server later than it did")

    def _age_is_told_18(self, console: Console) -> None:
        """18: a second after a sign of life it is told."""
        sign, status = self._signs.get(console.person), console.live.status
        if sign is not None and self._clockwork.now > sign + 1.0 and not console.was_full:
            told = status.ok_tick if status is not None else 0.0
            must(18, told >= sign - 1.0, f"{console.person} heard the server at {sign:.1f} and tells of {told:.1f}")

    def _skew_is_told_17(self, console: Console, push: Push) -> None:
        """17: what is pushed says how far its clock is off, true to within the error that it tells."""
        if self._told_time.get(console.person) != console.life:
            return
        must(17, push.skew is not None, f"{console.person} does not say how far its clock is off")
        assert push.skew is not None
        wrong = abs(push.skew.ahead - round((self._server.skew - console.skew) * SECOND))
        must(17, wrong <= push.skew.error, f"{console.person} says that its clock is off by {push.skew}")

    def _moves_on_5(self, console: Console) -> None:
        """5 and 16: a page moves the cursor on, never back, and never into another epoch."""
        before, now = self._cursors.get(console.person), console.replica.cursor()
        if before is not None and now is not None:
            must(5, now.seq >= before.seq, f"{console.person} goes back from {before.seq} to {now.seq}")
            must(16, now.epoch == before.epoch, f"{console.person} goes on in another epoch")

    def _prefix_13(self, console: Console) -> None:
        """13 and 16: what a replica shows is what some history was at its cursor, and no mixture of two."""
        rows = console.replica.rows
        if rows.cursor is None:
            return
        history = self.history_of(rows.cursor)
        must(16, history is not None, f"{console.person} follows a history that never was: {rows.cursor}")
        assert history is not None
        ahead = console.replica.ahead()
        newer = history if ahead is None else self.history_of(ahead)
        assert newer is not None
        seq = rows.cursor.seq
        for id, incident in rows.incidents.items():
            whose = newer if incident.changed_seq > seq else history
            self._same(console, incident, whose.incident_at(id, max(seq, incident.changed_seq)))
        for ref, alert in rows.alerts.items():
            whose = newer if alert.changed_seq > seq else history
            self._same(console, alert, whose.alert_at(ref, max(seq, alert.changed_seq)))

    def _same(self, console: Console, shown: Incident | Alert, was: Incident | Alert | None) -> None:
        """What is shown is what was; two that were found to be the same are not compared again."""
        if self._compared.get(id(shown)) is was:
            return
        must(13, shown == was, f"{console.person} shows {shown}, which was {was}")
        assert was is not None
        self._compared[id(shown)] = was
        self._kept_alive.append(shown)

    def history_of(self, cursor: Cursor) -> History | None:
        """Return the history that a cursor is on: the latest that was."""
        for history in reversed(self._authority.histories):
            if history.epoch == cursor.epoch and history.holds(cursor):
                return history
        return None


_SIGNS: Final = (inputs.PageCame, inputs.Beat, inputs.LineCame, inputs.PriorCame, inputs.PushedCame)
"""What counts as a sign of life, where it was waited for."""
_FROM_SERVER: Final = (
    inputs.PageCame,
    inputs.Beat,
    inputs.Forked,
    inputs.GoneBelow,
    inputs.LineCame,
    inputs.PriorCame,
    inputs.HistoryCame,
    inputs.PushedCame,
)
