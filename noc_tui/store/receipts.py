"""Receipts: the one answer that each command has, refusals included, kept as long as the journal (DESIGN.md 8.5)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from hashlib import sha256
from typing import Final

import msgspec

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.text import BLOCK_LIMIT
from noc_tui.store import statements as sql
from noc_tui.store.rows import Row
from noc_tui.store.schema import receipts

ID_LENGTH: Final = 16
"""Bytes of a command's id."""
_FAR: Final = 1 << 62
"""No instant or number of ours is that large; SQLite's own end is twice as far."""

_encode = msgspec.json.Encoder(order="deterministic").encode
_decode_seqs = msgspec.json.Decoder(tuple[int, ...]).decode


class UnsoundCommand(Exception):
    """The command cannot be kept at all, so it gets no receipt; the message says why."""


def fingerprint(command: Command) -> bytes:
    """Return the SHA-256 of what a command asks: verb, incident, arguments and actor. UnsoundCommand if it has none."""
    if len(command.id) != ID_LENGTH:
        raise UnsoundCommand("A command's id has 16 bytes.")
    if any(isinstance(value, int) and abs(value) >= _FAR for value in (command.at, *command.args.values())):
        raise UnsoundCommand("A number in the command is too large.")
    try:
        content = _encode((command.verb, command.incident, command.args, command.actor))
        command.origin.encode()
    except (TypeError, ValueError, OverflowError, RecursionError):  # a lone surrogate is a ValueError
        raise UnsoundCommand("The command holds something that is neither text nor number nor list.") from None
    if len(content) > BLOCK_LIMIT:
        raise UnsoundCommand(f"The command is too long: at most {BLOCK_LIMIT // 1024} KiB are taken.")
    return sha256(content).digest()


class ReceiptBook:
    """The receipts of one transaction's commands: those that are there, and those that it writes."""

    def __init__(self, cursor: sqlite3.Cursor, ids: Iterable[bytes]) -> None:
        self._cursor = cursor
        self._known: dict[bytes, tuple[bytes, Outcome]] = {}
        self._new: list[Row] = []
        for part in sql.slices(ids):
            statement = sql.rows_by(receipts.c.command_id, len(part))
            for row in cursor.execute(statement, part).fetchall():
                self._known[row[0]] = (row[1], _outcome(row))

    def answered(self, command: Command, content: bytes) -> Outcome | None:
        """Return the answer that the command has had, marked as repeated; None if it has had none.

        The same id with other content is refused, and its first receipt stands.
        """
        found = self._known.get(command.id)
        if found is None:
            return None
        known, outcome = found
        if known != content:
            reason = "This id belongs to another command already; give each command its own."
            return Outcome(command=command.id, ok=False, number=outcome.number, reason=reason, code="bad")
        return msgspec.structs.replace(outcome, repeated=True)

    def keep(self, content: bytes, outcome: Outcome) -> None:
        """Keep the answer to a command."""
        self._known[outcome.command] = (content, outcome)
        self._new.append(_row(content, outcome))

    def write(self) -> None:
        """Write the new receipts, in the order of their ids."""
        if self._new:
            self._cursor.executemany(sql.INSERT_RECEIPT, sorted(self._new))


def _row(content: bytes, outcome: Outcome) -> Row:
    seqs = outcome.seqs
    first, last = (seqs[0], seqs[-1]) if seqs else (0, 0)
    text = _encode(seqs).decode()
    return (
        outcome.command,
        content,
        outcome.ok,
        outcome.number,
        outcome.reason,
        outcome.code,
        first,
        last,
        text,
    )


def _outcome(row: Row) -> Outcome:
    command, _, ok, number, reason, code, _, _, seqs = row
    return Outcome(command=command, ok=ok == 1, number=number, reason=reason, code=code, seqs=_decode_seqs(seqs))
