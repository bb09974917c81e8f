"""What the link wants done on this machine's disk: replica, outbox, and the file beside them that consoles read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import msgspec

from noc_tui.journal.beside import LinkStatus
from noc_tui.journal.ports import NotContinuing, OutboxPort, Replica
from noc_tui.store.errors import StoreError, VanishedStore
from noc_tui.store.live import Live
from noc_tui.sync import effects, inputs
from noc_tui.sync.effects import Effect
from noc_tui.sync.inputs import Input, Moment

Answer = Input | None


class Disk:
    """Does effects on disk; for one thread, since each of them may wait for a lock or for the disk.

    `clock` is asked for the moment of each answer; `told` hears what consoles are told of the link.
    """

    def __init__(
        self,
        replica: Replica,
        outbox: OutboxPort,
        live: Live,
        clock: Callable[[], Moment],
        told: Callable[[LinkStatus], None] = lambda _status: None,
    ) -> None:
        self._replica = replica
        self._outbox = outbox
        self._live = live
        self._clock = clock
        self._told = told
        self._ways: Final[dict[type[msgspec.Struct], Callable[[Any], Answer]]] = {
            effects.Load: self._load,
            effects.BeginFill: lambda effect: self._replica.begin(effect.start),
            effects.FillRows: lambda effect: self._replica.fill(effect.rows),
            effects.FinishFill: self._finish,
            effects.ApplyPage: self._apply,
            effects.FindSeen: self._find_seen,
            effects.KeepHistory: lambda effect: self._replica.keep_history(effect.history),
            effects.ReadOutbox: self._read_outbox,
            effects.CountTries: lambda effect: self._outbox.tried(effect.commands),
            effects.KeepAnswers: lambda effect: self._outbox.answered(effect.outcomes, effect.lineage, effect.at),
            effects.Settle: self._settle,
            effects.StartOver: self._start_over,
            effects.Prune: self._prune,
            effects.TellStatus: self._tell,
            effects.TellPresent: lambda effect: self._live.replace_present(effect.present),
        }

    def takes(self, effect: Effect) -> bool:
        """Return whether an effect is one on disk."""
        return type(effect) in self._ways

    def do(self, wanted: Sequence[Effect]) -> tuple[list[Input], bool]:
        """Do effects in their order and return their answers, and whether all were done.

        At a trouble of the disk the rest is left undone. VanishedStore passes: nothing written to a file that is gone
        would last.
        """
        answers: list[Input] = []
        for effect in wanted:
            try:
                answer = self._ways[type(effect)](effect)
            except VanishedStore:
                raise
            except StoreError as error:
                answers.append(inputs.DiskFailed(when=self._clock(), sentence=str(error)))
                return answers, False
            if answer is not None:
                answers.append(answer)
        return answers, True

    def _load(self, _effect: effects.Load) -> Answer:
        cursor, ahead, entries = self._replica.cursor(), self._replica.ahead(), tuple(self._outbox.unfinished())
        return inputs.Loaded(when=self._clock(), cursor=cursor, ahead=ahead, entries=entries)

    def _finish(self, effect: effects.FinishFill) -> Answer:
        try:
            cursor = self._replica.finish(effect.end)
        except NotContinuing as error:
            return inputs.NotContinued(when=self._clock(), ticket=effect.ticket, sentence=str(error))
        return inputs.Filled(when=self._clock(), ticket=effect.ticket, cursor=cursor)

    def _apply(self, effect: effects.ApplyPage) -> Answer:
        try:
            asked = self._replica.missing(effect.page) if effect.prior is None else None
            if asked is not None:
                return inputs.Lacking(when=self._clock(), ticket=effect.ticket, asked=asked)
            cursor = self._replica.apply(effect.page, effect.prior)
        except NotContinuing as error:
            return inputs.NotContinued(when=self._clock(), ticket=effect.ticket, sentence=str(error))
        if cursor is None:
            return inputs.Outdated(when=self._clock(), ticket=effect.ticket)
        return inputs.Applied(when=self._clock(), ticket=effect.ticket, cursor=cursor)

    def _find_seen(self, effect: effects.FindSeen) -> Answer:
        seen = frozenset(self._replica.seen(effect.commands))
        return inputs.SeenFound(when=self._clock(), lineage=effect.lineage, commands=seen)

    def _read_outbox(self, effect: effects.ReadOutbox) -> Answer:
        return inputs.OutboxRead(when=self._clock(), turn=effect.turn, entries=tuple(self._outbox.unfinished()))

    def _settle(self, effect: effects.Settle) -> Answer:
        self._replica.secure()
        self._outbox.settle(effect.commands, effect.at)
        return None

    def _start_over(self, effect: effects.StartOver) -> Answer:
        self._outbox.start_over(effect.at)
        return None

    def _prune(self, effect: effects.Prune) -> Answer:
        self._outbox.prune(effect.before)
        return None

    def _tell(self, effect: effects.TellStatus) -> Answer:
        self._live.put_link(effect.status)
        self._told(effect.status)
        return None
