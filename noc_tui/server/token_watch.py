"""Who was let in does not stay for longer than his token: what is held for him ends when that is revoked or expires."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from contextlib import suppress
from typing import Final, Protocol

from noc_tui.incidents.model import Micros
from noc_tui.server.token_file import TokenError
from noc_tui.server.tokens import Identity

EVERY: Final = 0.5
"""Seconds between two looks at the tokens, a `stat` each; a request that comes meanwhile looks for itself."""


class Tokens(Protocol):
    """Who may come in."""

    def person(self, bearer: str, now: Micros) -> Identity | None:
        """Return whose token this is, None if it is nobody's."""

    def standing(self, now: Micros) -> Hashable:
        """Return what differs whenever another token is let in, or one no longer is."""


class TokenWatch:
    """Looks at the tokens for all whose polls are held, and wakes them when one may no longer be good."""

    def __init__(self, tokens: Tokens, clock: Callable[[], Micros], wake: Callable[[], None]) -> None:
        self.turn = 0
        """Grows whenever the tokens have changed."""
        self._tokens = tokens
        self._clock = clock
        self._wake = wake
        self._standing = self._look()

    async def run(self, stopped: asyncio.Event) -> None:
        """Look until it is stopped."""
        while not stopped.is_set():
            found = self._look()
            if found != self._standing:
                self._standing = found
                self.turn += 1
                self._wake()
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY):
                    await stopped.wait()

    def knows(self, bearer: str) -> bool:
        """Return whether a token lets anybody in just now."""
        try:
            return self._tokens.person(bearer, self._clock()) is not None
        except TokenError:
            return False

    def _look(self) -> Hashable:
        try:
            return self._tokens.standing(self._clock())
        except TokenError as error:
            return str(error)


class Stay:
    """Whether one who was let in may stay; the token is looked at again only when the tokens have changed."""

    def __init__(self, watch: TokenWatch, bearer: str) -> None:
        self._watch = watch
        self._bearer = bearer
        self._turn = watch.turn

    def lasts(self) -> bool:
        """Return whether his token is still good."""
        if self._turn == self._watch.turn:
            return True
        if not self._watch.knows(self._bearer):
            return False
        self._turn = self._watch.turn
        return True
