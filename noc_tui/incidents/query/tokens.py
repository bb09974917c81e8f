"""From the characters of a query to its parts, each with the column where it begins."""

from __future__ import annotations

import re
from typing import Final, Literal

import msgspec

from noc_tui.incidents.query.tree import QueryError

LONGEST: Final = 4096
"""Characters of a query that are read."""

TokenKind = Literal["(", ")", "OR", "AND", "NOT", "word", "phrase", "field", "end"]


class Piece(msgspec.Struct, frozen=True):
    """A run of a value, written bare or in quotes."""

    text: str
    quoted: bool
    column: int


class Value(msgspec.Struct, frozen=True):
    """One value of a list: its pieces, side by side."""

    pieces: tuple[Piece, ...]
    column: int

    @property
    def text(self) -> str:
        """The value as one text."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def quoted(self) -> bool:
        """Whether a part of it was in quotes, so that nothing in it has a meaning of its own."""
        return any(piece.quoted for piece in self.pieces)


class Token(msgspec.Struct, frozen=True):
    """A part of a query: a sign, a word, a phrase, or a field with its operator and values.

    `written` is the part as it stands in the query, `end` the column behind it.
    """

    kind: TokenKind
    column: int
    end: int
    text: str = ""
    op: str = ""
    values: tuple[Value, ...] = ()
    written: str = ""


FIELD_START: Final = re.compile(r"([A-Za-z]+)(:?(?:>=|<=|!=|>|<)|[:=~])")
"""A field's name and its operator; `:>=` is how users of search pages write `>=`."""
_SPACE: Final = re.compile(r"\s*")
_WORD: Final = re.compile(r'[^\s()|"]+')
_BARE: Final = re.compile(r'[^\s()|",]+')
_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"')
_ESCAPED: Final = re.compile(r"\\(.)")
_IN_REGEX: Final = re.compile(r'\\(")')
"""In an expression a backslash has another meaning; only the quote needs it here."""
_SIGNS: Final[dict[str, TokenKind]] = {"(": "(", ")": ")", "|": "OR"}
_KEYWORDS: Final[dict[str, TokenKind]] = {"OR": "OR", "AND": "AND", "NOT": "NOT"}
_SHORT_FOR: Final = {"@": "owner", "#": "label"}


def tokens_of(text: str) -> list[Token]:
    """Return the parts of a query, the last one of kind `end`; QueryError where a quote is left open."""
    if len(text) > LONGEST:
        raise QueryError(f"a filter has at most {LONGEST} characters, this one goes on", LONGEST + 1)
    found: list[Token] = []
    at = _past_space(text, 0)
    while at < len(text):
        token = _token(text, at)
        found.append(token)
        at = _past_space(text, token.end - 1)
    found.append(Token("end", len(text) + 1, len(text) + 1))
    return found


def _past_space(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _token(text: str, at: int) -> Token:
    sign = text[at]
    if sign in _SIGNS:
        width = 2 if text.startswith("||", at) else 1
        return Token(_SIGNS[sign], at + 1, at + 1 + width, written=sign)
    if sign == '"':
        piece, end = _piece(text, at, _ESCAPED)
        return Token("phrase", at + 1, end + 1, text=piece.text, written=text[at:end])
    if sign == "-":
        if _past_space(text, at + 1) != at + 1 or at + 1 == len(text):
            raise QueryError("a dash leaves out what stands right behind it, as in -ana", at + 1)
        return Token("NOT", at + 1, at + 2, written=sign)
    if sign in _SHORT_FOR:
        return _field(text, at, _SHORT_FOR[sign], ":", at + 1)
    named = FIELD_START.match(text, at)
    if named:
        return _field(text, at, named[1].casefold(), named[2], named.end())
    word = _WORD.match(text, at)
    assert word is not None  # what cannot begin a word has been dealt with
    kind: TokenKind = _KEYWORDS.get(word[0], "word")
    return Token(kind, at + 1, word.end() + 1, text=word[0], written=word[0])


def _field(text: str, at: int, name: str, op: str, begin: int) -> Token:
    values, end = _values(text, begin, _IN_REGEX if op.endswith("~") else _ESCAPED)
    op = op.removeprefix(":") or ":"
    return Token("field", at + 1, end + 1, text=name, op=op, values=values, written=text[at:end])


def _values(text: str, at: int, escaped: re.Pattern[str]) -> tuple[tuple[Value, ...], int]:
    """The values of a list with commas, none if there is nothing; and where they end."""
    values: list[Value] = []
    while True:
        begin = at
        pieces: list[Piece] = []
        while at < len(text) and (text[at] == '"' or _BARE.match(text, at)):
            piece, at = _piece(text, at, escaped)
            pieces.append(piece)
        listed = text[at : at + 1] == ","
        if not pieces and (values or listed):
            raise QueryError("a value is missing beside the comma, as in st:new,acked", begin + 1)
        if pieces:
            values.append(Value(tuple(pieces), begin + 1))
        if not listed:
            return tuple(values), at
        at += 1


def _piece(text: str, at: int, escaped: re.Pattern[str]) -> tuple[Piece, int]:
    """The quoted or bare run that begins here, and where it ends."""
    if text[at] != '"':
        bare = _BARE.match(text, at)
        assert bare is not None  # the caller has looked
        return Piece(bare[0], quoted=False, column=at + 1), bare.end()
    quoted = _QUOTED.match(text, at)
    if quoted is None:
        raise QueryError("unbalanced: the quote that opens here is never closed", at + 1)
    return Piece(escaped.sub(r"\1", quoted[1]), quoted=True, column=at + 2), quoted.end()
