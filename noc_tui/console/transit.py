"""From the outbox to the verdict: what the session learns of its commands on their way to a remote store."""

from __future__ import annotations

from noc_tui.console import deeds_said
from noc_tui.console.outgoing import DISCARDED, News, outcome_of
from noc_tui.console.pressing import Queued
from noc_tui.console.session import Session
from noc_tui.incidents.commands import Outcome


class Transit:
    """Takes in, for one session, what was queued and what became of it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def queued(self, found: Queued) -> set[int]:
        """Commands are durable in the outbox: lay them over their rows, and say so after the last of a gesture."""
        session = self._session
        numbers = session.pending.settle(found.commands)
        rows = {row.id: row for number in numbers if (row := session.row(number)) is not None}
        undecided = [command for command in found.commands if command.id in session.sending]
        shown = session.outgoing.queued((command, rows.get(command.incident)) for command in undecided)
        changed = session.show(shown)
        if found.last:
            self._say(found)
        return changed | numbers

    def _say(self, found: Queued) -> None:
        """Say what was done, and that it is not sent yet; of what is decided by now the verdict is said."""
        session = self._session
        gesture = session.sending.gesture(found.commands[0].batch)
        if not gesture or session.link is None:
            return
        number_of = session.outgoing.number_of
        outcomes = [Outcome(command=one.id, ok=True, number=number_of(one.incident)) for one in gesture]
        verb, args = gesture[0].verb, gesture[0].args
        of = session.gestures.reversed_by(gesture[0].batch)
        alerts = session.known.alerts if session.known is not None else ()
        words = deeds_said.sentence(
            verb, args, outcomes, session.board.rows, of=of, policy=session.policy, alerts=alerts
        )
        how = "on its way" if session.link.up else "not sent yet"
        session.say(f"{words.removesuffix('.')}, {how}.", undo=verb != "undo")

    def heard(self, news: News) -> set[int]:
        """Take in what became of commands, and answer gestures that are wholly decided; returns the changed rows."""
        session = self._session
        changed = session.show(session.outgoing.heard(news))
        numbers = {row.id: row.number for row in news.rows}
        outcomes = [Outcome(command=command, ok=True, seqs=(seq,)) for command, seq in news.landed.items()]
        outcomes += [outcome for entry in news.entries if (outcome := outcome_of(entry)) is not None]
        outcomes += [Outcome(command=command, ok=False, reason=DISCARDED, code="gone") for command in news.dropped]
        for command in news.dropped:
            session.rivals.pop(command, None)
        for outcome in sorted(outcomes, key=lambda one: one.command):  # as pressed: the last key has the last word
            decided = session.sending.decided(outcome, numbers)
            if decided is not None:
                changed |= session.answered(*decided)
        return changed
