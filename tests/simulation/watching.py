"""What is checked at every step of a run, and the trace of it."""

from __future__ import annotations

from collections.abc import Callable

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.exchange import Cursor
from noc_tui.sync import effects, inputs
from noc_tui.sync.effects import Effect
from noc_tui.sync.inputs import Input
from tests.simulation.authority import Authority
from tests.simulation.clockwork import Clockwork
from tests.simulation.console import Console
from tests.simulation.history import History
from tests.simulation.trace import in_words
from tests.simulation.violations import must


class Watching:
    """Looks on: `tell` takes a line for each thing that happens."""

    def __init__(self, authority: Authority, clockwork: Clockwork, tell: Callable[[str], None] | None) -> None:
        self._authority = authority
        self._clockwork = clockwork
        self._tell = tell
        self._compared: dict[int, Incident | Alert] = {}
        self._kept_alive: list[Incident | Alert] = []
        self._cursors: dict[str, Cursor | None] = {}
        self.heard: dict[str, float] = {}
        """When each console last took something from the server."""

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
        if isinstance(input, _FROM_SERVER):
            self.heard[console.person] = input.when.tick

    def done(self, console: Console, effect: Effect) -> None:
        """An effect was done: whatever it wrote must be true."""
        if self._tell is not None:
            self.note(f"{console.person:4} > {in_words(effect)}")
        if isinstance(effect, effects.ApplyPage):
            self._moved_on(console)
        if isinstance(effect, effects.ApplyPage | effects.FinishFill | effects.KeepHistory):
            self.prefix(console)
        self._cursors[console.person] = console.replica.cursor()
        if isinstance(effect, effects.TellStatus):
            tick = self.heard.get(console.person, 0.0)
            must(
                18, effect.status.ok_tick <= tick, f"{console.person} claims to have heard the server later than it did"
            )

    def crashed(self, console: Console, *, power: bool) -> None:
        """A process died."""
        self._cursors[console.person] = console.replica.cursor()
        self.note(f"{console.person:4} {'loses power' if power else 'dies'}")

    def _moved_on(self, console: Console) -> None:
        """5 and 16: a page moves the cursor on, never back, and never into another epoch."""
        before, now = self._cursors.get(console.person), console.replica.cursor()
        if before is not None and now is not None:
            must(5, now.seq >= before.seq, f"{console.person} goes back from {before.seq} to {now.seq}")
            must(16, now.epoch == before.epoch, f"{console.person} goes on in another epoch")

    def prefix(self, console: Console) -> None:
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


_FROM_SERVER = (
    inputs.PageCame,
    inputs.Beat,
    inputs.Forked,
    inputs.GoneBelow,
    inputs.LineCame,
    inputs.PriorCame,
    inputs.HistoryCame,
    inputs.PushedCame,
)
