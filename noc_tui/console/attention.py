"""What needs a person's eyes among the rows that are shown, most urgent first.

In the default order they stand together, in one run for each priority, so nothing is searched and nothing sorted.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator
from itertools import product
from typing import Final

from noc_tui.console.selection import Selection
from noc_tui.incidents import ordering
from noc_tui.incidents.model import OPEN_STATES, Incident, Micros
from noc_tui.incidents.ordering import HIDDEN, NEEDS_ACTION


class Attention:
    """The shown rows that need attention, `len` of them, as they are now; `waiting` rows stand where they stood."""

    def __init__(self, selection: Selection, waiting: Collection[int], count: int, now: Micros) -> None:
        self._selection = selection
        self._waiting = waiting
        self._count = count
        self._now = now

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int | None) -> bool:
        row = self._selection.stock.rows.get(number) if number is not None else None
        return row is not None and row.number in self._selection and _needs(row)

    def __iter__(self) -> Iterator[int]:
        """Yield their numbers in the default order; what waits to take its place among them comes last."""
        keys, rows = self._selection.bands.keys, self._selection.stock.rows
        for band, priority in product(_BANDS, range(1, 6)):
            first = bisect_left(keys, (band, priority, False))
            for place in range(first, bisect_left(keys, (band, priority, True))):
                number = keys[place][-1]
                if _needs(rows[number]):
                    yield number
        yield from self._late()

    def _late(self) -> list[int]:
        stock, keys = self._selection.stock, self._selection.bands.of
        late = [stock.rows[n] for n in self._waiting if n in self and (keys[n][0] not in _BANDS or keys[n][2])]
        late.sort(key=lambda row: ordering.sort_key(row, stock.policy, self._now))
        return [row.number for row in late]


_BANDS: Final = (NEEDS_ACTION, HIDDEN)
"""The bands that a row which needs attention can be in."""


def _needs(incident: Incident) -> bool:
    return incident.attention and incident.state in OPEN_STATES
