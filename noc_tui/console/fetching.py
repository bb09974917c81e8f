"""What the panes show beyond the row: alerts, timeline, what was seen before; read when the cursor rests."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from noc_tui.console.detail import Known
from noc_tui.console.elsewhere import Elsewhere
from noc_tui.incidents.model import Incident
from noc_tui.journal.envelope import Event

if TYPE_CHECKING:
    from noc_tui.console.chapters import Asking, Chapter
    from noc_tui.journal.finding import Found
    from noc_tui.store.reading import Reader
    from noc_tui.store.search import Searcher

ALERTS: Final = 200
EVENTS: Final = 200
ALIKE: Final = 12
RELATED: Final = 24
CHANGES: Final = 2_000
"""The newest times at which alerts began to fire or were cleared, for their life lines."""
_FIRST: Final = 5.0
"""Seconds after which a pane waits no longer for what a key leads to."""
LATELY: Final = 200
"""Gestures that a starting console takes up from before, to be undone."""


class Fetcher:
    """Reads one incident's surroundings through the asynchronous reader, in a loop of its own: no key waits for it.

    A `replica` does not hold all that was. Nothing is read before `after`: what a key leads to is opened first.
    """

    def __init__(self, path: Path, *, replica: bool = False, after: threading.Event | None = None) -> None:
        self._path = path
        self._after = after
        self._replica = replica
        self._reader: Reader | None = None
        self._searcher: Searcher | None = None
        self._elsewhere = Elsewhere("panes")

    async def known(self, incident: Incident) -> Known:
        """Return what is known of an incident; raises StoreError."""
        return await self._elsewhere.do(self._known(incident))

    async def timeline(self, number: int) -> list[Event]:
        """Return an incident's newest events, the newest first."""
        return await self._elsewhere.do(self._timeline(number))

    async def chapter(self, asked: Asking) -> Chapter:
        """Return a chapter of a timeline; raises StoreError."""
        return await self._elsewhere.do(self._chapter(asked))

    async def my_deeds(self, actor: str, origin: str) -> list[Event]:
        """Return what was done at this terminal lately, for the undo stack of a console that starts again."""
        return await self._elsewhere.do(self._my_deeds(actor, origin))

    async def search(self, words: str, limit: int, before: int | None) -> tuple[list[Found], int]:
        """Return what a search finds, and how many events it could not look through yet; raises StoreError."""
        return await self._elsewhere.do(self._search(words, limit, before))

    async def close(self) -> None:
        """Close the readers, if they were ever opened."""
        if self._searcher is not None:
            self._searcher.close()
        if self._reader is not None:
            await self._elsewhere.do(self._reader.close())
        self._elsewhere.stop()

    async def _known(self, incident: Incident) -> Known:
        reader = self._opened()
        parent = await reader.incident(incident.parent) if incident.parent else None
        events = tuple(await reader.timeline(incident.number, EVENTS))
        alike = await reader.alike(incident, ALIKE)
        oldest = events[-1].revision if events else incident.revision + 1
        return Known(
            number=incident.number,
            revision=incident.revision,
            alerts=tuple(await reader.alerts(incident.number, ALERTS)),
            events=events,
            lacks=self._replica and oldest > 1 and len(events) < EVENTS,
            floor=(await reader.head()).floor if self._replica else 0,
            seen_before=tuple(alike),
            resolved_by=await reader.resolutions(alike),
            partly=self._replica,
            related=tuple(await reader.related(incident, RELATED)),
            changes=tuple(await reader.alert_changes(incident.number, CHANGES)) if incident.alert_count else (),
            children=tuple(await reader.children(incident.number)),
            parent=parent,
        )

    async def _timeline(self, number: int) -> list[Event]:
        return await self._opened().timeline(number, EVENTS)

    async def _chapter(self, asked: Asking) -> Chapter:
        # Start-up cost: needed by the timeline's page alone.
        from noc_tui.console.chapters import read

        return await read(self._opened(), asked)

    async def _my_deeds(self, actor: str, origin: str) -> list[Event]:
        return await self._opened().deeds_by(actor, origin, LATELY)

    async def _search(self, words: str, limit: int, before: int | None) -> tuple[list[Found], int]:
        # Start-up cost: needed when somebody searches.
        from noc_tui.store.search import Searcher

        if self._searcher is None:
            self._searcher = Searcher(self._path)
        found = await self._searcher.search(words, limit, before)
        return found, self._searcher.lag.left

    def _opened(self) -> Reader:
        if self._after is not None:
            self._after.wait(_FIRST)
        # Start-up cost: the asynchronous engine is imported when a pane is first filled.
        from noc_tui.store.reading import Reader

        if self._reader is None:
            self._reader = Reader(self._path)
        return self._reader
