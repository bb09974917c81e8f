"""The words of a text, folded so that case, accents and signs do not matter, and the words that are looked for.

The same folding makes the index, what is asked of it, and the places that are marked in a result.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

MOST: Final = 16
"""Words of one search that are looked at."""

_PLAIN: Final = re.compile("[a-z0-9]+")
_CLOSE: Final = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
"""Signs of scripts that put no blank between words: each is a word, and a word of many is a phrase."""
_ASKED: Final = re.compile(r'(-?)(?:"([^"]*)"?|(\S+))')

Word = tuple[str, int, int]
"""A folded word, and where in the text it begins and ends."""


class Wanted(msgspec.Struct, frozen=True):
    """One thing to be found: folded words side by side. `begins`: the last of them may go on. `not_so`: left out."""

    words: tuple[str, ...]
    begins: bool = False
    exact: bool = False
    not_so: bool = False

    def fits(self, words: Sequence[str], at: int) -> bool:
        """Return whether it stands at this place among folded words."""
        end = at + len(self.words)
        if end > len(words) or tuple(words[at : end - 1]) != self.words[:-1]:
            return False
        last = words[end - 1]
        return last.startswith(self.words[-1]) if self.begins else last == self.words[-1]

    def widened(self) -> Wanted:
        """Return the same for words that only begin so; what was quoted or is a letter alone stays as it is."""
        if self.exact or self.not_so or len(self.words[-1]) < 2:
            return self
        return msgspec.structs.replace(self, begins=True)


def wanted_of(text: str) -> list[Wanted]:
    """Return what a search asks for: words, `"words in a row"`, `begin*`, `-not`; at most `MOST` of them."""
    found: list[Wanted] = []
    for dash, quoted, bare in _ASKED.findall(text):
        words = tuple(word for word, _, _ in words_of(quoted or bare))
        if words:
            found.append(Wanted(words, begins=bare.endswith("*"), exact=bool(quoted), not_so=bool(dash)))
    return found[:MOST]


def folded(text: str) -> str:
    """Return the words of a text, folded, with a blank between them."""
    if text.isascii():
        return " ".join(_PLAIN.findall(text.lower()))
    return " ".join(word for word, _, _ in words_of(text))


def words_of(text: str) -> Iterator[Word]:
    """Yield the folded words of a text, each with its place."""
    if text.isascii():
        for found in _PLAIN.finditer(text.lower()):
            yield found[0], found.start(), found.end()
        return
    for start, end in _runs(text):
        word = _fold(text[start:end])
        if word:
            yield word, start, end


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Where words are: letters and figures, with the marks that combine with them."""
    start = -1
    for place, sign in enumerate(text):
        close = _CLOSE.match(sign) is not None
        inside = not close and (sign.isalnum() or (start >= 0 and unicodedata.category(sign)[0] == "M"))
        if start >= 0 and not inside:
            yield start, place
            start = -1
        if close and sign.isalnum():
            yield place, place + 1
        elif inside and start < 0:
            start = place
    if start >= 0:
        yield start, len(text)


def _fold(word: str) -> str:
    if word.isascii():
        return word.lower()
    apart = unicodedata.normalize("NFKD", word.casefold()).casefold()
    return "".join(sign for sign in apart if sign.isalnum())


class Snippet(msgspec.Struct, frozen=True):
    """A part of a text around what was found in it; `marks` are where (begin, end) in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...]
    hits: int
    """How many of the things that were asked for stand in the whole text."""


def snippet(text: str, wanted: Sequence[Wanted], room: int) -> Snippet:
    """Return the part of a text, at most `room` characters, in which the first thing stands that was looked for."""
    words = list(words_of(text))
    plain = [word for word, _, _ in words]
    marks: list[tuple[int, int]] = []
    hits: set[int] = set()
    for at in range(len(words)):
        for one, thing in enumerate(wanted):
            if not thing.not_so and thing.fits(plain, at):
                marks.append((words[at][1], words[at + len(thing.words) - 1][2]))
                hits.add(one)
    start = _begin(text, marks[0][0], room) if marks else 0
    part = text[start : start + room]
    ahead = "…" if start else ""
    behind = "…" if start + room < len(text) else ""
    moved = ((begin - start + len(ahead), min(end, start + room) - start + len(ahead)) for begin, end in marks)
    inside = tuple((begin, end) for begin, end in moved if 0 <= begin < end)
    return Snippet(f"{ahead}{part}{behind}", inside, len(hits))


def _begin(text: str, mark: int, room: int) -> int:
    """Where to begin so that a mark is seen, with some of what stands before it."""
    if len(text) <= room or mark < room * 2 // 3:
        return 0
    start = max(0, min(mark - room // 3, len(text) - room))
    blank = text.find(" ", start, mark)
    return start if blank < 0 else blank + 1
