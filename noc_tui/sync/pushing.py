"""Pushing: what of the outbox goes to the authority now, and what its answers mean.

A command that was acked is done when its own event is seen in the replica, or when the answer says that it lies in the
very history that the push was made on: then what is held has it. One that the replica has passed without seeing it, or
that lies beyond the end of the authority's journal, is sent again, for that history is gone.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Final

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.exchange import PUSHED_AT_ONCE, Cursor, Push, Pushed
from noc_tui.journal.ports import Entry
from noc_tui.journal.skew import Skew
from noc_tui.net.backoff import Backoff
from noc_tui.sync.effects import CountTries, Effect, FindSeen, KeepAnswers, ReadOutbox, SendCommands, Settle
from noc_tui.sync.following import PRESSED_AFTER
from noc_tui.sync.inputs import Failed, Moment
from noc_tui.sync.requests import Request, Requests

DEADLINE: Final = 20.0
"""Seconds for a push, from the first byte to the last of its answer."""
PUSHED_BYTES: Final = 256 * 1024
"""Bytes of commands in one push, save that one command always goes."""
_STOPPING: Final = frozenset(("not_allowed", "setting"))
_UNHEARD: Final = frozenset(("unreachable", "tls", "redirected"))
"""Troubles that say nothing about what was sent."""
_OVERLOADED: Final = frozenset((404, 405, 429, 502, 503, 504))
"""Statuses that say nothing about what was sent, either: it was not looked at."""
_NEVER: Final = frozenset((400, 413, 415, 422))
"""Statuses that say that what was sent will never be taken."""

_encode = msgspec.json.Encoder().encode


class _Aside(msgspec.Struct, frozen=True):
    """An incident whose next command failed by itself: the others do not wait for it."""

    backoff: Backoff
    until: float


class Pushing:
    """The side of the link that pushes, with its view of the outbox: what is unfinished, in the order pressed."""

    def __init__(self, requests: Requests) -> None:
        self.trouble = ""
        """Why the last push failed; empty if it did not."""
        self.sent_again = 0
        """Commands that had been done once and were done again, since the authority had lost them."""
        self._requests = requests
        self._entries: dict[bytes, Entry] = {}
        self._acked_at: dict[bytes, int] = {}
        self._lost: set[bytes] = set()
        self._again: set[bytes] = set()
        self._pending_before: frozenset[bytes] | None = None
        self._unsure = 0
        self._sent: Push | None = None
        self._size = PUSHED_AT_ONCE
        self._stopped = False
        self._backoff = Backoff()
        self._rest_until = 0.0
        self._rest_least = 0.0
        self._unheard = False
        self._pressed = False
        self._aside: dict[bytes, _Aside] = {}
        self._turn = 0
        self._reading = False
        self._moved = False
        self._outdated = True

    # The view of the outbox

    def moved(self) -> None:
        """The outbox is to be read anew."""
        self._moved = True

    def read(self) -> list[Effect]:
        """Read the outbox if it moved and nobody does."""
        if self._reading or not self._moved:
            return []
        self._reading, self._moved = True, False
        return [ReadOutbox(turn=self._turn)]

    def take_read(self, turn: int, entries: Iterable[Entry], cursor: Cursor | None) -> list[Effect]:
        """Take what was read, unless answers have been kept since; of what is new ask whether it was seen already."""
        self._reading = False
        if turn != self._turn:
            self._moved = True
            return []
        known = self._entries.keys()
        effects = self.take_entries(entries, cursor)
        new = [self._entries[id] for id in self._entries.keys() - known]
        self._pressed |= any(entry.state == "pending" and not entry.tries for entry in new)
        return effects

    def take_entries(self, entries: Iterable[Entry], cursor: Cursor | None) -> list[Effect]:
        """Take the outbox as it is now."""
        known, self._entries = self._entries, {entry.command.id: entry for entry in entries}
        self._reading = self._outdated = False
        if self._pending_before is not None:
            done_once = {id for id, entry in self._entries.items() if entry.tries} - self._pending_before
            self._again |= done_once
            self._pending_before = None
        new = self._entries.keys() - known.keys()
        if not new or cursor is None:
            return []
        self._unsure += 1
        return [FindSeen(commands=frozenset(new), lineage=self._requests.lineage)]

    def take_found(self, seen: Collection[bytes], lineage: int, at: Micros) -> list[Effect]:
        """Take the answer to `FindSeen`."""
        if lineage != self._requests.lineage:
            return []
        self._unsure -= 1
        return self.settle(seen, at)

    def settle(self, seen: Collection[bytes], at: Micros) -> list[Effect]:
        """The replica holds the events of these commands, be they ours or not."""
        settled = frozenset(id for id in seen if id in self._entries)
        if not settled:
            return []
        for id in settled:
            self._finish(id)
        self._turn += 1
        return [Settle(commands=settled, at=at)]

    def filled(self, cursor: Cursor, at: Micros) -> list[Effect]:
        """A snapshot is held: what was acked by pushes on its own cursor lies in it, up to there."""
        lineage = self._requests.lineage
        inside = [
            id
            for id, entry in self._entries.items()
            if entry.state == "acked" and entry.lineage == lineage and entry.seq <= cursor.seq
        ]
        return self.settle(inside, at)

    def head_told(self, head: int, ticket: int, when: Moment) -> None:
        """A page says where the authority's journal ends: what was acked beyond, before it was asked for, is lost."""
        for id, entry in self._entries.items():
            if entry.state == "acked" and entry.seq > head and self._acked_at.get(id, 0) < ticket:
                if id not in self._lost:
                    self._put_aside(entry.command.incident, when)
                self._lost.add(id)

    def awaiting(self, cursor: Cursor) -> bool:
        """Whether events of our own are to be expected in the next page."""
        return any(not self._goes(entry, cursor.seq) for entry in self._entries.values())

    def abandon(self, *, restored: bool = False) -> None:
        """The history that answers belonged to is gone; `restored`: the authority has another one now.

        Nothing is sent before the outbox is read anew: what was done once must go before what was not.
        """
        self._outdated = True
        self._sent = None
        self._unsure = 0
        self._acked_at.clear()
        self._lost.clear()
        self._turn += 1
        if restored:
            self._pending_before = frozenset(id for id, entry in self._entries.items() if entry.state == "pending")

    def forget(self) -> None:
        """Forget the view of the outbox; what comes next is taken as new."""
        self._entries.clear()
        self._reading = False

    # What is sent

    def hurry(self) -> None:
        """Rest no longer."""
        self._rest_until = 0.0
        self._stopped = False
        self._aside.clear()

    def pressed(self) -> bool:
        """Return whether somebody has pressed something since this was asked last."""
        pressed, self._pressed = self._pressed, False
        return pressed

    def rest_less(self) -> None:
        """Somebody waits for the authority: rest no longer than it asked for."""
        self._rest_until = min(self._rest_until, self._rest_least)

    def reached(self) -> None:
        """The authority was heard of: if it could not be reached before, now it can."""
        if self._unheard:
            self._unheard = False
            self.rest_less()

    def push(self, when: Moment, cursor: Cursor, skew: Skew | None = None) -> list[Effect]:
        """Send what is due, made on the history of `cursor`, if nothing is under way; `skew` is what is measured."""
        if not self._ready(when.tick):
            return []
        due = self._due(when.tick, cursor.seq)
        if not due:
            return []
        commands = tuple([entry.command for entry in due])
        self._sent = Push(sent_at=when.now, commands=commands, cursor=cursor, skew=skew)
        ticket = self._requests.open("push", when.tick)
        tried = frozenset(command.id for command in commands)
        return [CountTries(commands=tried), SendCommands(ticket=ticket, push=self._sent, deadline=DEADLINE)]

    def _ready(self, tick: float) -> bool:
        """Whether a push may be sent at all."""
        waits = self._stopped or self._outdated or self._unsure or self._requests.out("push") is not None
        return not waits and tick >= self._rest_until

    def next_tick(self, tick: float) -> float | None:
        """Return when something that rests now may be sent."""
        ends = [aside.until for aside in self._aside.values() if aside.until > tick]
        if self._rest_until > tick and self._entries and not self._stopped:
            ends.append(self._rest_until)
        return min(ends, default=None)

    def _due(self, tick: float, seq: int) -> list[Entry]:
        """Return the next entries to send: in order per incident, and no incident waits for another.

        Who was acked holds later ones up until it is seen: the authority may be restored to before it.
        """
        due: list[Entry] = []
        held: set[bytes] = set()
        room = PUSHED_BYTES
        for entry in self._entries.values():
            incident = entry.command.incident
            if incident in held:
                continue
            if not self._goes(entry, seq) or self._rests(incident, tick):
                held.add(incident)
                continue
            room -= len(_encode(entry.command))
            if len(due) == self._size or (due and room < 0):
                break
            due.append(entry)
        return due

    def _rests(self, incident: bytes, tick: float) -> bool:
        """Whether an incident's next command has failed by itself and waits."""
        aside = self._aside.get(incident)
        return aside is not None and tick < aside.until

    def _goes(self, entry: Entry, seq: int) -> bool:
        """Whether a command must be sent, for the first time or again, by a follower that has come to `seq`."""
        return entry.state == "pending" or entry.seq <= seq or entry.command.id in self._lost

    # What came of it

    def answered(self, pushed: Pushed, request: Request, when: Moment, *, filling: bool) -> list[Effect]:
        """Keep the outcomes; while the replica is being filled nothing counts as seen yet."""
        sent = self._sent
        if sent is None or [one.command for one in pushed.outcomes] != [command.id for command in sent.commands]:
            sentence = "The server answered other commands than it was sent."
            return self.failed(Failed(when=when, ticket=request.ticket, trouble="garbled", sentence=sentence))
        self._sent, self.trouble = None, ""
        self._backoff = Backoff()
        self._size = min(PUSHED_AT_ONCE, self._size * 2)
        kept = [outcome for outcome in pushed.outcomes if outcome.command in self._entries]
        for outcome in kept:
            self._take(outcome)
        self._turn += 1
        effects: list[Effect] = [KeepAnswers(outcomes=tuple(kept), lineage=self._requests.lineage, at=when.now)]
        inside = [] if filling else [one.command for one in kept if self._is_held(one, sent)]
        return effects + self.settle(inside, when.now)

    def failed(self, failure: Failed) -> list[Effect]:
        """A push failed: rest, and where what was sent may be the reason, find out which of it was."""
        when = failure.when
        sent, self._sent = self._sent, None
        self.trouble = failure.sentence
        self._stopped = failure.trouble in _STOPPING
        unheard = self._stopped or failure.trouble in _UNHEARD or failure.status in _OVERLOADED
        halving = sent is not None and len(sent.commands) > 1 and not unheard
        backoff = Backoff() if halving else self._backoff
        self._backoff, wait = backoff.failed(when.tick, lambda: when.chance, failure.retry_after)
        self._rest_until = when.tick + wait
        self._rest_least = when.tick + max(PRESSED_AFTER, failure.retry_after or 0.0)
        self._unheard = failure.trouble in _UNHEARD
        if sent is None or unheard:
            return []
        self._size = max(1, len(sent.commands) // 2)
        return [] if halving else self._isolate(sent.commands[0], failure)

    def cut_off(self, when: Moment, sentence: str) -> list[Effect]:
        """The link has fallen silent: give up a push that nobody answers; it goes again once the authority is heard."""
        cancelled = self._requests.cancel("push")
        for one in cancelled:
            self.failed(Failed(when=when, ticket=one.ticket, trouble="unreachable", sentence=sentence))
        return list(cancelled)

    def _isolate(self, command: Command, failure: Failed) -> list[Effect]:
        """A command failed by itself: it is refused where it will never be taken, else its incident waits."""
        if failure.status not in _NEVER:
            self._put_aside(command.incident, failure.when)
            return []
        outcome = Outcome(command=command.id, ok=False, reason=failure.sentence, code="bad")
        self._finish(command.id)
        self._turn += 1
        return [KeepAnswers(outcomes=(outcome,), lineage=self._requests.lineage, at=failure.when.now)]

    def _put_aside(self, incident: bytes, when: Moment) -> None:
        """Let an incident wait, and in any case until after the others have had their turn."""
        before = self._aside.get(incident)
        backoff, wait = (before.backoff if before else Backoff()).failed(when.tick, lambda: when.chance)
        self._aside[incident] = _Aside(backoff, max(when.tick, self._rest_until) + wait)

    def _take(self, outcome: Outcome) -> None:
        """Take one outcome into the view."""
        id = outcome.command
        if id in self._again:
            self._again.discard(id)
            self.sent_again += not outcome.repeated
        if not outcome.ok or not outcome.seqs:
            self._finish(id)
            return
        entry = replace(self._entries[id], state="acked", seq=max(outcome.seqs), lineage=self._requests.lineage)
        self._entries[id] = entry
        self._acked_at[id] = self._requests.last
        self._lost.discard(id)

    def _is_held(self, outcome: Outcome, sent: Push) -> bool:
        """Whether an outcome's events lie in the history that the push was made on, which the authority has proven."""
        held = 0 if sent.cursor is None else sent.cursor.seq
        return outcome.ok and bool(outcome.seqs) and max(outcome.seqs) <= held

    def _finish(self, id: bytes) -> None:
        """A command is no longer unfinished."""
        entry = self._entries.pop(id)
        self._acked_at.pop(id, None)
        self._lost.discard(id)
        self._aside.pop(entry.command.incident, None)
