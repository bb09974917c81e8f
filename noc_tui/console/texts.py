"""The text of each row that words of a filter are looked for in, made once and kept until the row changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from noc_tui.incidents.model import Incident
from noc_tui.incidents.query import haystack_of

_SLICE: Final = 1_000
"""Texts made between two chances for others: a millisecond or two."""


class Texts:
    """Case-folded texts by incident number."""

    def __init__(self) -> None:
        self._kept: dict[int, str] = {}

    def of(self, incident: Incident) -> str:
        """Return the text of a row, made now if it was not kept."""
        text = self._kept.get(incident.number)
        if text is None:
            text = self._kept[incident.number] = haystack_of(incident)
        return text

    def drop(self, number: int) -> None:
        """Forget the text of a row that changed or left."""
        self._kept.pop(number, None)

    def clear(self) -> None:
        """Forget all texts."""
        self._kept.clear()

    def __len__(self) -> int:
        return len(self._kept)

    def warm(self, rows: Mapping[int, Incident]) -> Iterator[None]:
        """Make the texts of all rows, a slice at each step, so that the first word is found as fast as the next."""
        for at, number in enumerate(list(rows)):
            row = rows.get(number)
            if row is not None:
                self.of(row)
            if at % _SLICE == _SLICE - 1:
                yield
