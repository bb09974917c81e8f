"""What waits in the outbox of a remote store, and how its rows look with it: the overlay, kept command by command.

Only rows with unfinished commands are here; on a local store nothing ever is. A command is laid over its row until the
replica's row holds its event: from the seq of that event on, whatever else has changed the row.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from noc_tui.console.detail import Known
from noc_tui.console.overlay import Ground, Laid, lay, refusal
from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.desk_views import DESK_VERBS
from noc_tui.incidents.model import Incident, Micros, provisional_number
from noc_tui.incidents.policy import Policy
from noc_tui.journal.envelope import Event
from noc_tui.journal.ports import Entry

PAST: Final = 500
"""Commands of which it is kept what came of them, so that their undo can be laid over too."""
DISCARDED: Final = "It was discarded before it was sent."


class News(msgspec.Struct, frozen=True):
    """What became of commands: their entries as they are now, those that were dropped, those whose event the replica
    holds with its seq, and the replica's rows that they are about."""

    entries: tuple[Entry, ...] = ()
    dropped: tuple[bytes, ...] = ()
    landed: dict[bytes, int] = {}
    rows: tuple[Incident, ...] = ()


class Shown(msgspec.Struct, frozen=True):
    """Rows as they are to be shown; `gone` are numbers that stood for one to come, with that (0: it never will)."""

    rows: list[Incident]
    gone: dict[int, int] = {}


class _Waiting(msgspec.Struct):
    """The unfinished commands on one incident, the replica's row under them, and the number it is shown by."""

    commands: dict[bytes, Command]
    base: Incident | None
    number: int
    laid: Laid
    version: int = 0


class Outgoing:
    """The unfinished commands of one outbox. `rows` are those that are shown."""

    def __init__(self, policy: Policy, rows: Mapping[int, Incident]) -> None:
        self.entries: dict[bytes, Entry] = {}
        """What is pending or acked, by command, in the order pressed."""
        self.refused: dict[bytes, Entry] = {}
        """What the authority refused, until it is dismissed."""
        self.skew: Micros = 0
        """The authority's clock less ours, in microseconds."""
        self._policy = policy
        self._rows = rows
        self._waiting: dict[bytes, _Waiting] = {}
        self._by_number: dict[int, _Waiting] = {}
        self._seqs: dict[bytes, int] = {}
        self._past: dict[bytes, tuple[Event, ...]] = {}
        self._version = 0

    def __contains__(self, number: int) -> bool:
        """Whether commands wait that are about this row."""
        return number in self._by_number

    def version(self, number: int) -> int:
        """Return a token that differs whenever a row is laid anew; 0 for one that is not."""
        waiting = self._by_number.get(number)
        return waiting.version if waiting is not None else 0

    def number_of(self, id: bytes) -> int:
        """Return the number by which an incident with unfinished commands is shown; 0 for one without."""
        waiting = self._waiting.get(id)
        return waiting.number if waiting is not None else 0

    def events(self, row: Incident, known: Known | None) -> list[Event]:
        """Return what a row's commands will be in the journal, as far as that is known, newest first.

        Those that are in it by now are among them until it has been read again.
        """
        waiting = self._by_number.get(row.number)
        found = list(waiting.laid.events.values()) if waiting is not None else []
        if known is not None and known.number == row.number and known.revision < row.revision:
            read = {event.command_id for event in known.events}
            past = [events for command, events in self._past.items() if command not in read]
            found = [events for events in past if events[0].incident_id == row.id] + found
        return [event for events in found for event in events][::-1]

    def numbered(self, text: str) -> int | None:
        """Return the number that stands for that of an incident called `text`, such as INC-~3f9a."""
        wanted = text.strip().casefold().removeprefix("inc-")
        provisional = (number for number in self._by_number if number < 0)
        return next((number for number in provisional if f"~{-number & 0xFFFF:04x}" == wanted), None)

    def oldest(self) -> Micros | None:
        """Return when the first of what waits was pressed."""
        return next((entry.command.at for entry in self.entries.values()), None)

    def foreseen(self, commands: Sequence[Command], numbers: Sequence[int]) -> list[Outcome]:
        """Return the refusals of a gesture that the rules refuse as a whole by what is shown, else nothing.

        A store on this machine would say so at once; a remote one could only put cards before the operator, later.
        """
        ground = Ground(self._policy, self._rows, self._past, self.skew)
        found: list[Outcome] = []
        for command, number in zip(commands, numbers, strict=True):
            row = self._rows.get(number)
            why = refusal(row, command, ground) if row is not None else None
            if why is None:
                return []
            found.append(Outcome(command=command.id, ok=False, number=number, reason=why.reason, code=why.code))
        return found

    # What comes and goes

    def queued(self, commands: Iterable[tuple[Command, Incident | None]]) -> Shown:
        """Lay commands over, each with the replica's row that it is about."""
        touched: dict[bytes, None] = {}
        for command, base in commands:
            self._add(command, base)
            touched[command.incident] = None
        return self._relay(touched)

    def heard(self, news: News) -> Shown:
        """Take in what became of commands; returns the rows that look different now."""
        touched = dict.fromkeys(row.id for row in news.rows if row.id in self._waiting)
        bases = {row.id: row for row in news.rows}
        self._seqs.update(news.landed)
        for entry in news.entries:
            touched[entry.command.incident] = None
            self._entry(entry, bases.get(entry.command.incident), landed=entry.command.id in news.landed)
        for command in news.dropped:
            given_up = self.entries.pop(command, None) or self.refused.pop(command, None)
            if given_up is not None:
                touched[given_up.command.incident] = None
                self._take_off(given_up.command)
        for command in news.landed:
            done = self.entries.pop(command, None)
            if done is not None:
                touched[done.command.incident] = None
        for id in touched:
            self._rest_on(id, bases.get(id))
        return self._relay(touched)

    def _entry(self, entry: Entry, base: Incident | None, *, landed: bool) -> None:
        command = entry.command
        self.refused.pop(command.id, None)
        if entry.seq and not landed:
            self._seqs[command.id] = entry.seq
        if entry.state in ("pending", "acked"):
            if entry.state == "pending" and not landed:  # for the first time, or since the replica began anew
                self._seqs.pop(command.id, None)
            self.entries[command.id] = entry
            self._add(command, base)
            return
        self.entries.pop(command.id, None)
        if entry.state == "refused":
            self.refused[command.id] = entry
            self._take_off(command)
        elif command.id not in self._seqs:  # it changed nothing, or is in the snapshot
            self._take_off(command)

    def shown(self, incidents: Sequence[Incident]) -> Shown:
        """Return the replica's changed rows as they are to be shown."""
        if not self._waiting:
            return Shown(list(incidents))
        plain = [row for row in incidents if row.id not in self._waiting]
        touched = [row.id for row in incidents if row.id in self._waiting]
        for row in incidents:
            self._rest_on(row.id, row)
        laid = self._relay(touched)
        return Shown(plain + laid.rows, laid.gone)

    def rebase(self, policy: Policy, rows: Mapping[int, Incident], *, another: bool) -> Shown:
        """Lay over other rows from now on; those of `another` store count even where they seem older."""
        self._policy, self._rows = policy, rows
        for id, waiting in self._waiting.items():
            row = rows.get(waiting.number)
            if row is not None and row.id != id:
                row = None
            if another:
                waiting.base = row
            self._rest_on(id, row)
        return self._relay(list(self._waiting))

    # The overlay

    def _add(self, command: Command, base: Incident | None) -> None:
        if command.verb in DESK_VERBS or not command.incident:
            return  # it is about no row
        waiting = self._waiting.get(command.incident)
        if waiting is None:
            number = base.number if base is not None else provisional_number(command.incident)
            waiting = _Waiting({}, base, number, Laid(base, {}))
            self._waiting[command.incident] = self._by_number[number] = waiting
        waiting.commands.setdefault(command.id, command)

    def _take_off(self, command: Command) -> None:
        """Lay a command over no longer; of one that has landed it is kept what came of it."""
        seq, waiting = self._seqs.pop(command.id, None), self._waiting.get(command.incident)
        if waiting is None or waiting.commands.pop(command.id, None) is None:
            return
        events = waiting.laid.events.get(command.id, ())
        if events and seq is not None:
            self._past[command.id] = events
            while len(self._past) > PAST:
                del self._past[next(iter(self._past))]

    def _rest_on(self, id: bytes, base: Incident | None) -> None:
        """Lay an incident's commands on another row of the replica, without those whose event that row holds."""
        waiting = self._waiting.get(id)
        if waiting is None:
            return
        if base is not None and (waiting.base is None or base.changed_seq >= waiting.base.changed_seq):
            waiting.base = base
        if waiting.base is None:
            return
        seq = waiting.base.changed_seq
        for command in [one for one in waiting.commands.values() if self._seqs.get(one.id, seq + 1) <= seq]:
            self._take_off(command)

    def _relay(self, ids: Collection[bytes]) -> Shown:
        """Lay these incidents' commands anew; those without any show the replica's row again."""
        rows: list[Incident] = []
        gone: dict[int, int] = {}
        ground = Ground(self._policy, self._rows, self._past, self.skew)
        for id in ids:
            waiting = self._waiting.get(id)
            if waiting is None:
                continue
            number = waiting.base.number if waiting.base is not None else provisional_number(id)
            if waiting.number != number:  # it has its number now; or a restored server does not know it any more
                if waiting.number < 0:
                    gone[waiting.number] = number
                self._by_number.pop(waiting.number, None)
                waiting.number = number
                self._by_number[number] = waiting
            self._version += 1
            waiting.version = self._version
            waiting.laid = lay(waiting.base, list(waiting.commands.values()), ground)
            if not waiting.commands:
                del self._waiting[id]
                del self._by_number[waiting.number]
            if waiting.laid.row is not None:
                rows.append(waiting.laid.row)
            elif number < 0:
                gone[number] = 0
        return Shown(rows, gone)


def outcome_of(entry: Entry) -> Outcome | None:
    """Return what came of a command; None while that is not decided."""
    command = entry.command.id
    if entry.state == "refused":
        return Outcome(command=command, ok=False, number=entry.number, reason=entry.reason, code=entry.code)
    if entry.state == "seen":
        return Outcome(command=command, ok=True, number=entry.number, seqs=(entry.seq,) if entry.seq else ())
    return None
