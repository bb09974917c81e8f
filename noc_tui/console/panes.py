"""What is read for the incident in view, once the cursor rests on it; and who was quicker than a refused command."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from msgspec.structs import replace
from textual.app import App
from textual.timer import Timer

from noc_tui.console.beside import BesideWatch
from noc_tui.console.chapters import Asking
from noc_tui.console.fetching import Fetcher
from noc_tui.console.gestures import gestures_of, waiting_gestures
from noc_tui.console.hands import Hands
from noc_tui.console.rivals import Rival, outran, rival_of
from noc_tui.console.search_page import AT_ONCE
from noc_tui.console.session import SAID_FOR, Session
from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import SECOND, Incident, Micros, number_text
from noc_tui.store.errors import StoreError

REST: Final = 0.15
"""Seconds the cursor rests before the pane reads what hangs on the row: no row is read for a passing cursor."""
_WISH_AGAIN: Final = 30 * SECOND
"""So long after a history was asked for it is asked for anew."""


class Panes:
    """Reads for the panes of one console; `paint` shows what was read."""

    def __init__(
        self, app: App[int], fetcher: Fetcher, hands: Hands, beside: BesideWatch, paint: Callable[[], None]
    ) -> None:
        self.session: Session = hands.session
        self._app, self._fetcher, self._hands = app, fetcher, hands
        self._beside, self._paint = beside, paint
        self._rest: Timer | None = None
        self._wished: dict[int, Micros] = {}

    def fetch_soon(self, after: float) -> None:
        """Read what hangs on the cursor's incident after so many seconds, if the cursor is still there."""
        if self._rest is not None:
            self._rest.stop()
        self._rest = self._app.set_timer(max(after, 0.001), self._fetch)

    def changed(self, numbers: set[int]) -> None:
        """Read again what is shown if its row has changed."""
        if self.session.known is not None and self.session.known.number in numbers:
            self.fetch_soon(REST)

    def tick(self) -> None:
        """Look whether a history that was asked for has come."""
        known = self.session.known
        if known is not None and known.lacks and known.number in self._wished and known.number == self._in_view():
            self.fetch_soon(0)

    def read_on(self) -> None:
        """Read what the timeline's page or that of a search is missing, if it is in view."""
        sought = self._hands.search.wanted() if self._hands.page == "found" else None
        if sought is not None:
            self._app.run_worker(self._search(*sought), group="search", exclusive=True)
        asked = self._hands.about.timeline.wanted() if self._hands.page == "timeline" else None
        if asked is not None:
            self._app.run_worker(self._read_chapter(asked), group="timeline")

    async def _read_chapter(self, asked: Asking) -> None:
        pages = self._hands.about
        try:
            pages.timeline.take(await self._fetcher.chapter(asked))
        except StoreError as error:
            pages.timeline.failed()
            self.session.trouble = str(error)
        pages.not_found()
        self._paint()

    async def _search(self, words: str, before: int | None) -> None:
        page = self._hands.search
        try:
            page.take(words, *await self._fetcher.search(words, AT_ONCE, before))
            self.fetch_soon(0)
        except StoreError as error:
            page.failed()
            self.session.say(str(error), trouble=True)
        self._paint()

    def take_up(self) -> None:
        """Make what this terminal did before a restart undoable again."""
        self._app.run_worker(self._take_up(), group="take up")

    def look_for_rival(self, command: Command, number: int) -> None:
        """Find out who changed what a refused command rested on."""
        if number > 0:
            self._app.run_worker(self._look_for_rival(command, number), group="rival")

    def look_for_rivals(self, numbers: set[int] | None = None) -> None:
        """Find out who was quicker than what was refused; of these incidents alone, if told."""
        for entry in self.session.outgoing.refused.values():
            if entry.command.id not in self.session.rivals and (numbers is None or entry.number in numbers):
                self.look_for_rival(entry.command, entry.number)

    def _in_view(self) -> int | None:
        return self._hands.screen.cursor

    def _fetch(self) -> None:
        row = self.session.row(self._in_view())
        if row is not None and self.session.loaded:
            self._app.run_worker(self._fetch_known(row), exclusive=True, group="fetch")

    async def _fetch_known(self, row: Incident) -> None:
        try:
            known = await self._fetcher.known(row)
        except StoreError as error:
            self.session.trouble = str(error)
            return
        if self._in_view() == row.number:
            if known.lacks and self._hands.page == "timeline":
                self._wish_history(row.number)
            if self.session.guest is not None and row.number == self.session.guest.number:
                self.session.guest = row
            self._hands.about.timeline.read_again()
            self.session.known = replace(known, asked=row.number in self._wished)
            self._paint()

    def _wish_history(self, number: int) -> None:
        now = self.session.now
        if now - self._wished.get(number, 0) >= _WISH_AGAIN:
            self._wished[number] = now
            self._beside.wish("history", {"number": number})

    async def _take_up(self) -> None:
        try:
            events = await self._fetcher.my_deeds(self.session.me, self.session.origin)
        except StoreError as error:
            self.session.trouble = str(error)
            return
        session = self.session
        commands = [entry.command for entry in session.outgoing.entries.values()]
        waiting = [(command, session.outgoing.number_of(command.incident)) for command in commands]
        before = gestures_of(events)
        session.gestures.take_up(replace(before, done=(*before.done, *waiting_gestures(waiting, session.origin))))

    async def _look_for_rival(self, command: Command, number: int) -> None:
        try:
            events = await self._fetcher.timeline(number)
        except StoreError as error:
            self.session.trouble = str(error)
            return
        rival = rival_of(command, events)
        if rival is not None:
            self._told(command, number, rival)
            self._paint()

    def _told(self, command: Command, number: int, rival: Rival) -> None:
        """Keep who was quicker; say it to somebody who has just been refused, and offer what they may want now."""
        session = self.session
        session.rivals[command.id] = rival
        if not session.said.trouble or session.now - session.said.at > SAID_FOR:
            return
        words = outran(command, rival, number_text(number))
        if command.verb == "take":
            session.taken_by = (number, rival.actor)
            words += f"  {session.keys.keys_of(verb='take')} takes it over."
        session.say(words, trouble=True)

    async def close(self) -> None:
        """Close the reader."""
        await self._fetcher.close()
