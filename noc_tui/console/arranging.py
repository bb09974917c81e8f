"""In which order rows stand: fields one after the other, up or down, and what they are grouped by.

A key is compared far more often than it is made, so each is of numbers and texts alone. What has no value comes last,
whichever way one sorts.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import attrgetter
from typing import Any, Final, NamedTuple

import msgspec

from noc_tui.incidents.listing import LAST, SORTS
from noc_tui.incidents.model import STATES, Incident, number_text
from noc_tui.incidents.ordering import NEVER

Key = tuple[Any, ...]
"""What a row is sorted by; its last part is the incident's number, so that no two are equal."""

_MISSING: Final[dict[str, Any]] = {"sla": NEVER} | dict.fromkeys(
    ("resource", "owner", "site", "team", "service", "source", "summary"), LAST
)
"""What the key of a row without a value is, of the fields that may be without one."""
_INVERTED: Final = bytes(255 - byte for byte in range(256))
_BEHIND: Final = b"\xff"


class Arrangement(msgspec.Struct, frozen=True):
    """How a board is laid out: `sort` as it is typed (`age,-site`; empty: the bands), `group` a word of `GROUPS`.

    Of a single field the dash is kept apart, in `reverse`: to turn it round sorts nothing anew.
    """

    sort: str = ""
    reverse: bool = False
    group: str = ""


def sorted_by(words: str) -> tuple[str, bool]:
    """Return an order that was typed, such as `age,-site`, as it is kept, and whether it is turned round.

    ValueError says which word is none of `SORTS`.
    """
    fields = [word.strip() for word in words.replace(" ", ",").split(",") if word.strip()]
    for field in fields:
        if field.removeprefix("-") not in SORTS:
            raise ValueError(f"{field.removeprefix('-')!r} is no column to sort by; there are {', '.join(SORTS)}")
    if len(fields) == 1:
        return fields[0].removeprefix("-"), fields[0].startswith("-")
    return ",".join(dict.fromkeys(fields)), False


def turned(sort: str) -> str:
    """Return an order of several fields the other way round."""
    return ",".join(field.removeprefix("-") if field.startswith("-") else f"-{field}" for field in sort.split(","))


def columns_of(sort: str) -> list[Callable[[Incident], Any]]:
    """Return what rows are sorted by in an order: the first field, then, among equals, the next."""
    fields = sort.split(",")
    return [SORTS[sort]] if len(fields) == 1 else [_part(field) for field in fields]


def key_of(sort: str) -> Callable[[Incident], Key]:
    """Return what makes the key of a row in an order of one field or several."""
    parts = columns_of(sort)
    if len(parts) == 1:
        by = parts[0]
        return lambda incident: (by(incident), incident.number)
    return lambda incident: (*[part(incident) for part in parts], incident.number)


def _part(field: str) -> Callable[[Incident], Any]:
    name = field.removeprefix("-")
    up, missing = SORTS[name], _MISSING.get(name)
    if name == field:
        return up

    def down(incident: Incident) -> Any:
        value = up(incident)
        if value == missing:
            return _BEHIND * 2 if isinstance(value, str) else value
        return value.encode("utf-8", "replace").translate(_INVERTED) + _BEHIND if isinstance(value, str) else -value

    return down


class Reading(NamedTuple):
    """Which way a sorted run of keys is read; what has no value (`missing`) stays last either way."""

    reverse: bool = False
    missing: Any = None

    @classmethod
    def of(cls, sort: str, *, reverse: bool) -> Reading:
        """Return the reading of an order."""
        return cls(reverse, _MISSING.get(sort))

    def nth(self, keys: Sequence[Key], place: int) -> Key:
        """Return the key that is read after so many others."""
        if not self.reverse:
            return keys[place]
        valued = self._valued(keys)
        return keys[valued - 1 - place] if place < valued else keys[place]

    def place(self, keys: Sequence[Key], index: int) -> int:
        """Return after how many others the key at an index is read."""
        if not self.reverse:
            return index
        valued = self._valued(keys)
        return valued - 1 - index if index < valued else index

    def through(self, keys: Sequence[Key]) -> Iterator[Key]:
        """Yield all keys as they are read."""
        if not self.reverse:
            yield from keys
            return
        valued = self._valued(keys)
        yield from (keys[index] for index in range(valued - 1, -1, -1))
        yield from keys[valued:]

    def _valued(self, keys: Sequence[Key]) -> int:
        return len(keys) if self.missing is None else bisect_left(keys, (self.missing,))


# Groups

GroupOf = Callable[[Incident], str]


def _cause(incident: Incident) -> str:
    """The cause that was noted, else the incident that it hangs on: one cause, many incidents."""
    return incident.cause or (number_text(incident.parent) if incident.parent else "")


GROUPS: Final[Mapping[str, GroupOf]] = {
    "service": attrgetter("service"),
    "site": attrgetter("site"),
    "owner": attrgetter("owner"),
    "team": attrgetter("team"),
    "cause": _cause,
    "state": attrgetter("state"),
}
"""What rows are grouped by; an empty name is that of the rows without one."""
_DIGITS: Final = re.compile(r"[0-9]+")
_LONG: Final = 12
"""Digits of the largest number by which names are ordered: `mrs9` stands before `mrs10`."""
_PLACES: Final = {state: f"{place}" for place, state in enumerate(STATES)}


def group_place(by: str, name: str) -> tuple[str, str]:
    """Return where a group stands: by letters and numbers, states by their course, the nameless one last."""
    if not name:
        return (LAST, "")
    if by == "state":
        return (_PLACES.get(name, name), name)
    return (_DIGITS.sub(lambda digits: digits[0].zfill(_LONG), name.casefold()), name)
