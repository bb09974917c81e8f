"""The index of the search moved on beside the duties: a slice at a time, and rests between so that no intake waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from noc_tui.agent.status import IntakeRate
from noc_tui.agent.telling import tell
from noc_tui.store.errors import StoreBusy, StoreError
from noc_tui.store.search_index import SearchIndex

SLICE: Final = 250
"""Events taken in at once: under ten milliseconds."""
LOOK: Final = 1.0
"""Seconds between two looks whether anything has come."""
AGAIN: Final = 30.0
"""Seconds until it is tried again where the index cannot be written."""
BUSY: Final = 20.0
"""Alerts a second from which on the intake comes first."""
_SHARE, _SHARE_WHEN_BUSY = 1, 4
"""How many times as long as it worked it rests."""
_LEAST: Final = 0.005


class Indexing:
    """Keeps the index of one store complete. A failure is told once, and keeps nothing else from being done.

    `waits` says whether something else comes first now.
    """

    def __init__(
        self,
        store: Path,
        rate: IntakeRate,
        monotonic: Callable[[], float],
        waits: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store = store
        self._rate = rate
        self._monotonic = monotonic
        self._waits = waits
        self._told = ""
        self._index: SearchIndex | None = None

    async def run(self) -> None:
        """Move the index on for ever."""
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(1, "search") as thread:
            try:
                while True:
                    if self._waits():
                        await asyncio.sleep(LOOK)
                        continue
                    share = _SHARE_WHEN_BUSY if self._rate.rate() > BUSY else _SHARE
                    await asyncio.sleep(await loop.run_in_executor(thread, self._work, share))
            finally:
                thread.submit(self._close)

    def _work(self, share: int) -> float:
        """Take a slice in, if there is anything; returns how long to rest."""
        try:
            return self._slice(share)
        except StoreBusy:  # somebody who searches is taking it in
            return LOOK
        except StoreError as error:
            self._close()
            if self._told != str(error):
                self._told = str(error)
                tell(f"what is logged is not made ready to be searched: {error}")
            return AGAIN

    def _slice(self, share: int) -> float:
        began = self._monotonic()
        if self._index is None:
            self._index = SearchIndex(self._store)
        if not self._index.lag().left or not self._index.advance(SLICE).left:
            return LOOK
        return max(_LEAST, share * (self._monotonic() - began))

    def _close(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None
