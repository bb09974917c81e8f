"""The pick: the operator's selection of rows, and what a verb acts on."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from noc_tui.console.board_model import BoardModel


class Picks:
    """The rows that are picked on one board; counts, and can be asked, like a set of numbers."""

    def __init__(self, board: BoardModel) -> None:
        self._board = board
        self._numbers: set[int] = set()
        self._last: set[int] = set()
        self.range_from: int | None = None
        """Where a range began that is still being drawn."""
        self.this_row_only = False
        """The next verb is for the cursor's row alone, whatever is picked."""

    def __len__(self) -> int:
        return len(self._numbers)

    def __contains__(self, number: int) -> bool:
        return number in self._numbers

    def toggle(self, number: int) -> None:
        """Pick a row, or unpick it."""
        self._numbers ^= {number}

    def add(self, numbers: set[int]) -> None:
        """Pick these rows too."""
        self._numbers |= numbers

    def all_shown(self) -> None:
        """Pick every row that is shown; what is folded away is not."""
        self._numbers = self._board.lines.unfolded()

    def invert(self) -> None:
        """Pick what is not picked, of what is shown."""
        self._numbers = self._board.lines.unfolded() - self._numbers

    def clear(self) -> None:
        """Pick nothing."""
        if self._numbers:
            self._last = self._numbers
        self._numbers = set()
        self.range_from = None

    def again(self) -> int:
        """Pick what was picked last, as far as it is still there; returns how many that are."""
        self._numbers |= {number for number in self._last if number in self._board.rows}
        return len(self._numbers)

    def extend(self, to: int) -> None:
        """Pick all rows between where the range began and `to`."""
        if self.range_from is None:
            return
        between = self._board.selection.between(self.range_from, to)
        self._numbers.update(number for number in between if self._board.lines.is_seen(number))

    def forget(self, gone: Collection[int]) -> None:
        """Unpick what has left the board."""
        self._numbers.difference_update(gone)
        if self.range_from in gone:
            self.range_from = None

    def renumber(self, renamed: Mapping[int, int]) -> None:
        """Rows go by other numbers now (0: by none)."""
        moved = {renamed[number] for number in self._numbers & renamed.keys()} - {0}
        self._numbers = (self._numbers - renamed.keys()) | moved
        self._last = {renamed.get(number, number) for number in self._last} - {0}

    def targets(self, cursor: int | None) -> list[int]:
        """Return what a verb acts on: the picked rows in board order, else the row under the cursor."""
        if self._numbers and not self.this_row_only:
            shown = self._board.selection.in_order(self._numbers)
            return shown + sorted(self._numbers.difference(shown))
        return [cursor] if cursor is not None else []
