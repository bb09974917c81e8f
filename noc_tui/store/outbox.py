"""The outbox: commands on their way to the authority, durable before the screen says so (SYNC.md, the contract).

pending -> acked -> seen, or refused. What was seen never turns back but by `start_over`; any answer may come twice.
A person's own deeds on it: a refused command is dismissed or pressed anew, a pending one is discarded. Such a row is
kept as dropped until it is pruned, so that the same command pressed again is not sent after all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Final

import msgspec

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.ports import Entry
from noc_tui.store.errors import CorruptStore, StoreError
from noc_tui.store.outbox_file import OutboxFile, Row

_encode: Final = msgspec.json.Encoder().encode
_decode: Final = msgspec.json.Decoder(Command).decode

_ENTRY: Final = "place, command, state, number, seq, lineage, reason, code, changed_at, tries"
_COLUMNS: Final = tuple(_ENTRY.split(", "))
_PRESS: Final = (
    "INSERT INTO entries(id, command, state, number, seq, lineage, reason, code, changed_at, tries, dropped, turn)"
    " VALUES (?, ?, 'pending', 0, 0, 0, '', '', ?, 0, 0, ?) ON CONFLICT (id) DO NOTHING"
)
_PUT_AWAY: Final = (
    "UPDATE entries SET dropped = 1, changed_at = ?, turn = ? WHERE id = ? AND state = 'refused' AND NOT dropped"
)


class UnsoundEntry(StoreError):
    """A command holds what cannot be kept; nothing of its gesture was."""

    sentence: ClassVar[str] = "The command cannot be kept in {path}: {detail}."


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many commands wait, are answered and not yet seen, or were refused and not dismissed."""

    pending: int = 0
    acked: int = 0
    refused: int = 0


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """The entries that changed up to `turn`, in the order of their places, and the commands that were dropped."""

    turn: int
    entries: tuple[Entry, ...] = ()
    dropped: tuple[bytes, ...] = ()


class Outbox:
    """The outbox of one remote store: `journal.ports.OutboxPort` on a file, made where there is none.

    Several processes and threads may use it at once, each Outbox for itself or shared. `clock` gives microseconds UTC.
    Every method raises StoreError's tree; then nothing of it was done.
    """

    def __init__(self, path: Path, clock: Callable[[], Micros]) -> None:
        self.path = path
        self._clock = clock
        self._file = OutboxFile(path)

    # Commands on their way

    def press(self, commands: Sequence[Command]) -> None:
        """Keep new commands as pending; one that is there already stays as it is. UnsoundEntry, and none is kept."""
        kept = [(command.id, self._encoded(command)) for command in commands]
        now = self._clock()

        def work(cursor: sqlite3.Cursor, turn: int) -> None:
            cursor.executemany(_PRESS, [(id, command, now, turn) for id, command in kept])

        self._file.write(work)

    def unfinished(self) -> list[Entry]:
        """Return what is pending or acked, in order."""
        return self._entries("state IN ('pending', 'acked') AND NOT dropped")

    def tried(self, commands: Collection[bytes]) -> None:
        """Count one more try of each."""
        self._each("tries = tries + 1", commands)

    def answered(self, outcomes: Sequence[Outcome], lineage: int, at: Micros) -> None:
        """Keep the authority's answers: ok with events is acked, ok without is seen, else refused.

        What was seen stays so, and the same answer again changes nothing.
        """

        def work(cursor: sqlite3.Cursor, turn: int) -> None:
            for outcome in outcomes:
                answer = _answer(outcome, lineage)
                cursor.execute(
                    "UPDATE entries SET state = ?, number = ?, seq = ?, lineage = ?, reason = ?, code = ?,"
                    " changed_at = ?, turn = ? WHERE id = ? AND state <> 'seen' AND NOT dropped"
                    " AND (state, number, seq, lineage, reason, code) <> (?, ?, ?, ?, ?, ?)",
                    (*answer, at, turn, outcome.command, *answer),
                )

        self._file.write(work)
        self._file.tidy()

    def settle(self, commands: Collection[bytes], at: Micros) -> None:
        """These were seen in the replica."""
        self._each("state = 'seen', reason = '', code = ''", commands, "state <> 'seen'", at=at)
        self._file.tidy()

    def start_over(self, at: Micros) -> int:
        """All that is acked or seen is pending again (the replica had to begin anew); return how many."""
        return self._file.write(
            lambda cursor, turn: (
                cursor.execute(
                    "UPDATE entries SET state = 'pending', seq = 0, lineage = 0, changed_at = ?, turn = ?"
                    " WHERE state IN ('acked', 'seen') AND NOT dropped",
                    (at, turn),
                ).rowcount
            )
        )

    def prune(self, before: Micros) -> int:
        """Forget what was seen, or dropped, before an instant; return how many."""
        count = self._file.write(
            lambda cursor, _turn: (
                cursor.execute(
                    "DELETE FROM entries WHERE (state = 'seen' OR dropped) AND changed_at < ?", (before,)
                ).rowcount
            )
        )
        self._file.tidy()
        return count

    # A person's own deeds

    def refused(self) -> list[Entry]:
        """Return what was refused and not dismissed, in order."""
        return self._entries("state = 'refused' AND NOT dropped")

    def dismiss(self, commands: Collection[bytes]) -> int:
        """Put refused commands away; return how many."""
        return self._each("dropped = 1", commands, "state = 'refused' AND NOT dropped", at=self._clock())

    def press_again(self, commands: Mapping[bytes, Command]) -> int:
        """Press anew what was refused, each under the new id of its command; return how many were.

        The authority's receipt answers the old id for ever. What was refused is put away in the same transaction, so
        that nothing is asked twice or not at all.
        """
        kept = [(refused, command.id, self._encoded(command)) for refused, command in commands.items()]
        now = self._clock()

        def work(cursor: sqlite3.Cursor, turn: int) -> int:
            count = 0
            for refused, id, command in kept:
                if cursor.execute(_PUT_AWAY, (now, turn, refused)).rowcount:
                    count += cursor.execute(_PRESS, (id, command, now, turn)).rowcount
            return count

        return self._file.write(work)

    def discard(self, commands: Collection[bytes], *, even_tried: bool = False) -> int:
        """Give up pending commands; return how many.

        One that was tried may have reached the authority all the same, so it is only given up where `even_tried`.
        """
        untried = "" if even_tried else " AND tries = 0"
        return self._each("dropped = 1", commands, f"state = 'pending' AND NOT dropped{untried}", at=self._clock())

    # Looking

    def entry(self, command: bytes) -> Entry | None:
        """Return a command's entry; None if there is none or it was dropped."""
        found = self._entries("id = ? AND NOT dropped", (command,))
        return found[0] if found else None

    def counts(self) -> Counts:
        """Return how many commands are in which state."""
        rows = self._file.read("SELECT state, count(*) FROM entries WHERE NOT dropped GROUP BY state")
        return Counts(**{state: count for state, count in rows if state != "seen"})

    def since(self, turn: int) -> Changes:
        """Return what changed after the `turn` of the last look (0 for a first one, which tells all that is there)."""
        ((now,),), rows, gone = self._file.read_together(
            ("SELECT turn FROM turns", ()),
            (f"SELECT {_ENTRY} FROM entries WHERE turn > ? AND NOT dropped ORDER BY place", (turn,)),
            ("SELECT id FROM entries WHERE turn > ? AND dropped ORDER BY place", (turn,)),
        )
        return Changes(turn=now, entries=tuple(map(self._entry, rows)), dropped=tuple(row[0] for row in gone))

    def moved(self) -> bool:
        """Return whether anything was kept since the last call, by whomever; a `stat` where nothing was."""
        return self._file.moved()

    def close(self) -> None:
        """Close the file; closing twice is harmless."""
        self._file.close()

    def _entries(self, condition: str, values: tuple[bytes, ...] = ()) -> list[Entry]:
        rows = self._file.read(f"SELECT {_ENTRY} FROM entries WHERE {condition} ORDER BY place", values)
        return list(map(self._entry, rows))

    def _entry(self, row: Row) -> Entry:
        fields = dict(zip(_COLUMNS, row, strict=True))
        try:
            command = _decode(fields.pop("command"))
        except msgspec.DecodeError as error:
            raise CorruptStore(self.path, f"entry {row[0]} cannot be read") from error
        return Entry(command=command, **fields)

    def _encoded(self, command: Command) -> bytes:
        try:
            return _encode(command)
        except (TypeError, ValueError, OverflowError, RecursionError) as error:  # a lone surrogate is a ValueError
            raise UnsoundEntry(self.path, "it holds something that is neither text nor number nor list") from error

    def _each(self, change: str, commands: Iterable[bytes], condition: str = "TRUE", at: Micros | None = None) -> int:
        """Change the entries of these commands that meet a condition, at an instant if it counts as a new state."""
        stamp = "" if at is None else ", changed_at = :at"
        statement = f"UPDATE entries SET {change}{stamp}, turn = :turn WHERE id = :id AND {condition}"

        def work(cursor: sqlite3.Cursor, turn: int) -> int:
            values = ({"id": command, "turn": turn, "at": at} for command in commands)
            return max(0, cursor.executemany(statement, values).rowcount)

        return self._file.write(work)


def _answer(outcome: Outcome, lineage: int) -> tuple[str, int, int, int, str, str]:
    """Return what an answer makes of an entry: state, number, seq, lineage, reason, code."""
    if not outcome.ok:
        return ("refused", outcome.number, 0, lineage, outcome.reason, outcome.code)
    if not outcome.seqs:
        return ("seen", outcome.number, 0, lineage, "", "")
    return ("acked", outcome.number, max(outcome.seqs), lineage, "", "")
