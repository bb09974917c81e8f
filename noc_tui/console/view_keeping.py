"""What views need of threads and slices: a person's own are read and written, and the rows of all are counted."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from textual.app import App

from noc_tui.console.own_views import Mine, OwnViews
from noc_tui.console.session import Session
from noc_tui.incidents.saved_views import SavedView

_OVER = object()
_REST: Final = 0.015
"""Seconds between two slices: a key takes several turns of the event loop, and must not find a slice before each."""


class ViewKeeping:
    """Keeps the views of one console, in files if there is a place for them; `paint` shows what came of it."""

    def __init__(self, app: App[int], session: Session, own: OwnViews | None, paint: Callable[[], None]) -> None:
        self._app, self._session, self._own, self._paint = app, session, own, paint

    def begin(self) -> None:
        """Read the person's own views; until then there are those that the console comes with."""
        self._session.look.take_views()
        if self._own is not None:
            self._app.run_worker(self._read(self._own), group="own views")

    async def _read(self, own: OwnViews) -> None:
        mine, left = await asyncio.to_thread(lambda: (own.read(), own.left()))
        self._session.look.take_views(own=mine.views, order=mine.order, left=left)
        if own.trouble:
            self._session.say(own.trouble, trouble=True)
        self.count()
        self._paint()

    def keep(self, views: Sequence[SavedView]) -> None:
        """Write the person's own views, and count what they show."""
        self.count()
        if self._own is not None:
            mine = Mine(tuple(views), self._session.look.views.order)
            self._app.run_worker(self._write(self._own, mine), group="own views")

    async def _write(self, own: OwnViews, mine: Mine) -> None:
        problem = await asyncio.to_thread(own.write, mine)
        if problem:
            self._session.say(problem, trouble=True)
            self._paint()

    def shared(self, views: Sequence[SavedView]) -> None:
        """Take the desk's views as they are now."""
        self._session.look.take_views(shared=views)
        self.count()

    def count(self) -> None:
        """Ask all rows which views they are in: what is few at once, else in slices that keep no key waiting."""
        if self._session.look.uncounted:
            steps = self._session.look.counting()
            if next(steps, _OVER) is not _OVER:
                self._app.run_worker(self._count(steps), group="counting views", exclusive=True)

    async def _count(self, steps: Iterator[None]) -> None:
        for _ in steps:
            await asyncio.sleep(_REST)
        gc.freeze()  # what is kept of each row stays as long as the row: a collection that meets it is felt in a key
        self._paint()

    def leave(self) -> None:
        """Note that the person leaves; to be called where one may wait for a disk."""
        if self._own is not None:
            self._own.leave(self._session.now)
