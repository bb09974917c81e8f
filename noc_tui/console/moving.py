"""Moves of the board's cursor by the words of the table of keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from widgets.board import Board

_MOVES: Final[dict[str, Callable[[Board, int], object]]] = {
    "down": lambda board, count: board.move(count),
    "up": lambda board, count: board.move(-count),
    "half_down": lambda board, count: board.half_page(count),
    "half_up": lambda board, count: board.half_page(-count),
    "page_down": lambda board, count: board.page(count),
    "page_up": lambda board, count: board.page(-count),
    "to_top": lambda board, _count: board.to_screen_row("H"),
    "to_middle": lambda board, _count: board.to_screen_row("M"),
    "to_bottom": lambda board, _count: board.to_screen_row("L"),
    "first": lambda board, _count: board.home(),
    "last": lambda board, _count: board.end(),
}
MOVES: Final = frozenset(_MOVES)


def move_board(board: Board, what: str, count: int) -> None:
    """Move the cursor as a word of `MOVES` says, `count` times where that has a meaning."""
    _MOVES[what](board, count)
