"""Who may come in: the tokens of a store, what each of them may do, and whose it is.

A token is `ID.SECRET`. The secret is 256 random bits, so its SHA-256 is all that needs to be kept, and no slow hash:
there is nothing to guess. Every request looks at the file's status, and reads it again when that moved, so a token is
revoked for the next request, whoever changed the file.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Final, Literal, get_args

import msgspec

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import Micros
from noc_tui.incidents.text import clean
from noc_tui.server import token_file
from noc_tui.server.token_file import BadToken, DamagedTokens, Stamp
from noc_tui.sources.errors import BadSource
from noc_tui.sources.source import check_name

Role = Literal["viewer", "operator", "source", "admin"]
"""A viewer reads, an operator acts too, a source brings alerts under its one name, an admin may do all of it."""
ROLES: Final[tuple[Role, ...]] = get_args(Role)

FORMAT: Final = 1
_LONGEST_NAME: Final = 64
_NAME: Final = re.compile(r"[^\W_][\w.@+-]*")
"""A name as it can be typed everywhere without quotes: in a query, behind a verb, in a shell."""
_LONGEST_TOKEN: Final = 128
"""Characters: nobody makes us hash a long text."""
_ID_BYTES: Final = 6
_SECRET_BYTES: Final = 32
_NOBODY: Final = bytes(32)


class Identity(msgspec.Struct, frozen=True):
    """Whose token it was: a person's name is the actor of what they do; `source` is the name a source is bound to."""

    name: str
    role: Role
    source: str = ""


class Entry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One token as it is kept: its public first half, and the SHA-256 of its secret."""

    id: str
    name: str
    role: Role
    sha256: bytes
    created_at: Micros
    source: str = ""
    expires_at: Micros | None = None

    def is_over(self, now: Micros) -> bool:
        """Return whether it has expired."""
        return self.expires_at is not None and self.expires_at <= now


class _File(msgspec.Struct, frozen=True):
    format: int
    tokens: tuple[Entry, ...]


class _Format(msgspec.Struct, frozen=True):
    format: int


class TokenBook:
    """The tokens of one store; `random` gives that many random bytes."""

    def __init__(self, path: Path, *, random: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._path = path
        self._random = random
        self._stamp: Stamp | None = None
        self._known: dict[str, Entry] = {}

    def person(self, bearer: str, now: Micros) -> Identity | None:
        """Return whose token this is, None if it is not known, has expired or was revoked.

        Raise `TokenError` when the file cannot be trusted or read: then nobody is let in, and a sender may try again.
        """
        id, _, secret = bearer.partition(".")
        if not secret or len(bearer) > _LONGEST_TOKEN:
            return None
        entry = self._current().get(id)
        right = hmac.compare_digest(_digest(secret), entry.sha256 if entry else _NOBODY)
        if entry is None or not right or entry.is_over(now):
            return None
        return Identity(entry.name, entry.role, entry.source)

    def standing(self, now: Micros) -> Hashable:
        """Return what differs whenever the file was changed or a token has expired; raise `TokenError`."""
        expired = sum(entry.is_over(now) for entry in self._current().values())
        return self._stamp, expired

    def create(self, name: str, role: Role, source: str, expires_at: Micros | None, now: Micros) -> str:
        """Make a token, and return its text: nobody can ever see it again. Raise `TokenError`.

        A source's `source` is the one name under which it may bring alerts; for the others it is empty.
        """
        _refuse_bad(name, role, source)
        id = self._random(_ID_BYTES).hex()
        secret = urlsafe_b64encode(self._random(_SECRET_BYTES)).rstrip(b"=").decode("ascii")
        entry = Entry(id, name, role, _digest(secret), now, source, expires_at)
        with token_file.locked(self._path):
            entries = self.entries()
            if any(name == other.name for other in entries):
                raise BadToken(f"There is a token for {name!r} already: revoke it first, or choose another name.")
            self._write([*entries, entry])
        return f"{id}.{secret}"

    def revoke(self, name: str) -> None:
        """Forget the token of that name; who comes with it next is not let in. Raise `TokenError`."""
        with token_file.locked(self._path):
            entries = self.entries()
            kept = [entry for entry in entries if entry.name != name]
            if len(kept) == len(entries):
                raise BadToken(f"There is no token for {name!r}: `noc-tui token list` tells which there are.")
            self._write(kept)

    def entries(self) -> list[Entry]:
        """Return what is kept of each token, by name, the expired ones too; raise `TokenError`."""
        return sorted(self._current().values(), key=lambda entry: entry.name)

    def _current(self) -> dict[str, Entry]:
        """Return the tokens by id, as the file has them now."""
        stamp = token_file.stamp(self._path)
        if stamp is None or stamp != self._stamp:
            self._stamp, self._known = None, {}  # nobody stays let in by a file that cannot be read any more
            found = token_file.read(self._path)
            if found is not None:
                known = {entry.id: entry for entry in _decoded(self._path, found[1])}
                self._stamp, self._known = found[0], known
        return self._known

    def _write(self, entries: list[Entry]) -> None:
        data = msgspec.json.format(msgspec.json.encode(_File(FORMAT, tuple(entries))), indent=2)
        token_file.replace(self._path, data + b"\n")


def tokens_of(store: Path) -> TokenBook:
    """Return the tokens of a store; they lie beside it, so that no copy of the store takes them along."""
    return TokenBook(store.with_name(f"{store.name}-tokens"))


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode("utf-8", "replace")).digest()


def _decoded(path: Path, data: bytes) -> tuple[Entry, ...]:
    try:
        if msgspec.json.decode(data, type=_Format).format > FORMAT:
            raise DamagedTokens(f"{path} was written by a newer noc-tui: upgrade noc-tui to use these tokens.")
        return msgspec.json.decode(data, type=_File).tokens
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DamagedTokens(
            f"{path} is damaged ({_why(error)}): restore it from a backup, or remove it and make new tokens."
        ) from None


def _why(error: Exception) -> str:
    """Return what is wrong, without what stands in the file."""
    return "not what noc-tui writes" if isinstance(error, msgspec.ValidationError) else "no JSON"


def _refuse_bad(name: str, role: Role, source: str) -> None:
    if not name or len(name) > _LONGEST_NAME or clean(name) != name or name != name.strip():
        raise BadToken(f"A token's name has 1 to {_LONGEST_NAME} characters, all of them to be seen: choose another.")
    if _NAME.fullmatch(name) is None:
        raise BadToken(
            f"The name {name!r} would have to be quoted wherever it is typed: use letters, digits, dots, dashes, "
            "underscores, + and @ alone, a letter or a digit first, such as ana.lopez."
        )
    if name == RULE:
        raise BadToken(f"{RULE!r} is what the standing duties are called: choose a person's name.")
    if role != "source":
        if source:
            raise BadToken("Only a token of role source is bound to a source's name: leave --source out.")
        return
    try:
        check_name(source)
    except BadSource as error:
        raise BadToken(str(error)) from None
