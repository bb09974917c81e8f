"""What is wanted of the board comes about in slices, behind the key that asked for it: that one is painted first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from textual.app import App

from noc_tui.console.board_model import BoardModel

_MANY: Final = 2_000
"""From so many rows on; fewer cost no more than a slice does."""


class Rearranging:
    """Takes the steps of one board, as long as something else is wanted than what is shown; `then` is done in turn."""

    def __init__(self, app: App[int], board: BoardModel, *then: Callable[[], None]) -> None:
        self._app, self._board, self._then = app, board, then
        self._goes = False
        board.slices_from = _MANY

    def begin(self, *, painted: bool = False) -> None:
        """See to it that what is wanted comes about, once what is to be painted now is `painted`."""
        if self._board.unfinished and not self._goes:
            self._goes = True
            if painted:
                self._start()
            else:
                self._app.call_after_refresh(self._start)

    def _start(self) -> None:
        self._app.run_worker(self._go(), group="rearranging")

    async def _go(self) -> None:
        try:
            if not self._board.unfinished:
                return  # somebody could not wait
            for _ in iter(self._board.step, False):
                await asyncio.sleep(0)
        finally:
            self._goes = False
        self._tell()

    def finish(self) -> None:
        """Have it at once: what comes next is meant for what is wanted."""
        if self._board.unfinished:
            self._board.finish()
            self._tell()

    def _tell(self) -> None:
        for do in self._then:
            do()
