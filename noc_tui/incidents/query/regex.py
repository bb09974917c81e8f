"""Regular expressions that cannot run away: `res~"^pe0[1-4]\\.par"`.

What is typed here is matched against text that strangers send, while a key waits: Python's `re` takes exponential time
on some pairs of the two. This is the textbook's automaton instead (Thompson 1968): one step for each character, however
the expression is made. Its states are worked out as they are met, and kept.

Literals, `.`, `[a-z]`, `[^…]`, `\\d \\w \\s` and their opposites, `( )`, `|`, `* + ?`, `{m,n}`, `^`, `$`. Both
sides are case-folded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

LARGEST: Final = 600
"""States of an expression at most."""
KEPT: Final = 2_000
"""Sets of states that are kept worked out."""
_SPECIAL: Final = frozenset("\\^$.|?*+()[]{}")
_KINDS: Final[dict[str, Callable[[str], bool]]] = {
    "d": str.isdecimal,
    "w": lambda sign: sign.isalnum() or sign == "_",
    "s": str.isspace,
}
_BEGIN, _END, _FORK, _MATCH = "begin", "end", "fork", "match"

Test = Callable[[str], bool]
Part = list["_Step"]
"""An expression as steps that jump among themselves, by distances; it begins at the first and ends behind the last."""


class RegexError(ValueError):
    """An expression that cannot be read: what is wrong, and at which place of it (from 0)."""

    def __init__(self, message: str, place: int) -> None:
        super().__init__(message)
        self.place = place


class _Step:
    """Takes one character, or forks, or holds at an end of the text."""

    __slots__ = ("jumps", "kind", "test")

    def __init__(self, kind: str, test: Test | None = None, jumps: tuple[int, ...] = (1,)) -> None:
        self.kind, self.test, self.jumps = kind, test, jumps


class Regex:
    """One expression, ready to be looked for."""

    def __init__(self, pattern: str) -> None:
        reader = _Reader(pattern)
        self._steps = [*reader.whole(), _Step(_MATCH)]
        self.literal: Final = reader.literal
        """Text that stands in whatever fits, so that most texts are told by one look."""
        self._moves: dict[frozenset[int], dict[str, frozenset[int]]] = {}
        self._start = self._reached({0}, begins=True)
        self._again = self._reached({0}, begins=False)

    def found_in(self, text: str) -> bool:
        """Return whether it stands anywhere in a case-folded text."""
        if self.literal not in text:
            return False
        done = len(self._steps) - 1
        here = self._start
        for sign in text:
            if done in here:
                return True
            moves = self._moves.get(here)
            after = moves.get(sign) if moves is not None else None
            here = self._moved(here, sign) if after is None else after
        return done in here or done in self._reached(set(here), begins=not text, ends=True)

    def _moved(self, here: frozenset[int], sign: str) -> frozenset[int]:
        taken = set()
        for place in here:
            test = self._steps[place].test
            if test is not None and test(sign):
                taken.add(place + 1)
        after = self._reached(taken, begins=False) | self._again
        if len(self._moves) >= KEPT:
            self._moves.clear()
        self._moves.setdefault(here, {})[sign] = after
        return after

    def _reached(self, places: set[int], *, begins: bool, ends: bool = False) -> frozenset[int]:
        """The steps that these lead to without a character."""
        found: set[int] = set()
        left = list(places)
        while left:
            place = left.pop()
            if place in found:
                continue
            found.add(place)
            step = self._steps[place]
            if step.kind == _FORK or (step.kind == _BEGIN and begins) or (step.kind == _END and ends):
                left += [place + jump for jump in step.jumps]
        return frozenset(found)


class _Reader:
    """Reads an expression by recursive descent."""

    def __init__(self, pattern: str) -> None:
        self._text = pattern
        self._at = 0
        self._depth = 0
        self.literal = ""

    def whole(self) -> Part:
        part = self._either()
        if self._at < len(self._text):
            raise RegexError("this ) closes nothing", self._at)
        return part

    def _either(self) -> Part:
        part = self._row()
        while self._text[self._at : self._at + 1] == "|":
            self._at += 1
            other = self._row()
            if not self._depth:
                self.literal = ""
            part = _sized(
                [_Step(_FORK, None, (1, len(part) + 2)), *part, _Step(_FORK, None, (len(other) + 1,)), *other]
            )
        return part

    def _row(self) -> Part:
        part: Part = []
        run = longest = ""
        alternatives = "|" in self._text
        while self._at < len(self._text) and self._text[self._at] not in "|)":
            begin = self._at
            one = self._one()
            times = self._times(begin)
            if times is None:
                plain = self._text[begin : self._at].removeprefix("\\")
                is_literal = len(plain) == 1 and one[0].test is not None and plain not in ".dwsDWS"
                run = run + plain.casefold() if is_literal else ""
                longest = max(longest, run, key=len)
                part += one
            else:
                run = ""
                part = _sized(part + _repeated(one, *times))
        if not self._depth and not alternatives:
            self.literal = longest
        return _sized(part)

    def _one(self) -> Part:
        place, sign = self._at, self._text[self._at]
        self._at += 1
        if sign == "(":
            return self._group(place)
        if sign == "[":
            return [_Step("take", self._set(place))]
        if sign == "\\":
            return [_Step("take", self._escaped(place))]
        if sign in "*+?{":
            raise RegexError(f"there is nothing for this {sign} to repeat", place)
        if sign in "^$":
            return [_Step(_BEGIN if sign == "^" else _END)]
        return (
            [_Step("take", _anything if sign == "." else _only(sign.casefold()))]
            if len(sign.casefold()) == 1
            else [_Step("take", _only(folded)) for folded in sign.casefold()]
        )

    def _group(self, place: int) -> Part:
        if self._text.startswith("?:", self._at):
            self._at += 2
        elif self._text[self._at : self._at + 1] == "?":
            raise RegexError("(? is not known here", place)
        self._depth += 1
        if self._depth > 32:
            raise RegexError("too many parentheses inside one another", place)
        part = self._either()
        self._depth -= 1
        if self._text[self._at : self._at + 1] != ")":
            raise RegexError("this ( is never closed", place)
        self._at += 1
        return part or [_Step(_FORK)]

    def _escaped(self, place: int) -> Test:
        if self._at == len(self._text):
            raise RegexError("a \\ stands before what it takes the meaning from", place)
        sign = self._text[self._at]
        self._at += 1
        test = _KINDS.get(sign.lower())
        if test is not None:
            return test if sign.islower() else _not(test)
        if sign.isalnum():
            raise RegexError(f"\\{sign} is not known here", place)
        return _only(sign)

    def _set(self, place: int) -> Test:
        text = self._text
        opposite = text[self._at : self._at + 1] == "^"
        self._at += opposite
        tests: list[Test] = []
        first = True
        while text[self._at : self._at + 1] != "]" or first:
            if self._at >= len(text):
                raise RegexError("this [ is never closed", place)
            first = False
            tests.append(self._member())
        self._at += 1
        return _not(_any_of(tests)) if opposite else _any_of(tests)

    def _member(self) -> Test:
        place, sign = self._at, self._text[self._at]
        self._at += 1
        if sign == "\\":
            return self._escaped(place)
        if self._text[self._at : self._at + 1] == "-" and self._text[self._at + 1 : self._at + 2] not in ("", "]"):
            last = self._text[self._at + 1]
            self._at += 2
            if last < sign:
                raise RegexError(f"{sign}-{last} ends before it begins", place)
            return _between(sign.casefold(), last.casefold())
        return _only(sign.casefold())

    def _times(self, begin: int) -> tuple[int, int | None] | None:
        """How often what was read comes: None for once."""
        sign = self._text[self._at : self._at + 1]
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(sign)
        if simple is not None:
            self._at += 1
            if self._text[self._at : self._at + 1] in ("?", "+", "*"):
                raise RegexError("one sign of repetition is enough", self._at)
            return simple
        if sign != "{":
            return None
        end = self._text.find("}", self._at)
        low, comma, high = self._text[self._at + 1 : max(end, self._at)].partition(",")
        counted = low.isdecimal() and low.isascii() and (not high or (high.isdecimal() and high.isascii()))
        if end < 0 or not counted or len(low) > 3 or len(high) > 3:
            raise RegexError("write how often as {2}, {2,} or {2,5}", self._at)
        most = int(high) if high else None if comma else int(low)
        if most is not None and most < int(low):
            raise RegexError("this ends before it begins", self._at)
        self._at = end + 1
        return int(low), most


def _repeated(part: Part, least: int, most: int | None) -> Part:
    found: Part = []
    for _ in range(least):
        found = _sized(found + part)
    if most is None:
        return [*found, _Step(_FORK, None, (1, len(part) + 2)), *part, _Step(_FORK, None, (-len(part) - 1,))]
    for left in range(most - least, 0, -1):
        found = _sized([*found, _Step(_FORK, None, (1, left * (len(part) + 1))), *part])
    return found


def _sized(part: Part) -> Part:
    if len(part) > LARGEST:
        raise RegexError(f"this is too large, more than {LARGEST} steps", 0)
    return part


def _anything(_: str) -> bool:
    return True


def _only(sign: str) -> Test:
    return lambda other: other == sign


def _between(first: str, last: str) -> Test:
    return lambda sign: first <= sign <= last


def _any_of(tests: list[Test]) -> Test:
    return lambda sign: any(test(sign) for test in tests)


def _not(test: Test) -> Test:
    return lambda sign: not test(sign)
