"""The driver of macros: presses their keys one after the other, each when the one before has its verdict.

What is typed meanwhile waits its turn, in its order; Esc and Ctrl-c end the macro.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from noc_tui.console.hands import Hands
from noc_tui.console.kept import Stroke

ENDS: Final = frozenset(("escape", "ctrl+c"))
"""Keys that end what is under way."""


class Player:
    """Stands between the terminal and what takes a key (`take`); `later` calls something after what waits already."""

    def __init__(self, hands: Hands, take: Callable[[Stroke], None], later: Callable[[Callable[[], None]], object]):
        self._hands, self._macros = hands, hands.macros
        self._take, self._later = take, later
        self._comes = False

    def typed(self, stroke: Stroke) -> None:
        """A key came from the terminal."""
        if not self._macros.playing:
            self._macros.note(stroke)
            self._take(stroke)
        elif stroke.key in ENDS:
            self._macros.stop("you ended it")
        else:
            self._macros.ahead.append(stroke)
        self.go_on()

    def go_on(self) -> None:
        """Something was decided, or read: press the next key, if that was waited for."""
        if self._macros.playing and not self._comes:
            self._comes = True
            self._later(self._step)

    def _step(self) -> None:
        self._comes = False
        if not self._macros.playing or self._waits():
            return
        stroke = self._macros.next()
        if stroke is not None:
            self._take(stroke)
            self.go_on()
            return
        ahead, self._macros.ahead = self._macros.ahead, []
        while ahead:
            self.typed(ahead.pop(0))

    def _waits(self) -> bool:
        """Whether the key before has not been answered yet: its deed by the store, its page by what is read for it."""
        session, page = self._hands.session, self._hands.page
        known, about = session.known, self._hands.screen.cursor
        unread = page == "alerts" and about is not None and (known is None or known.number != about)
        return len(session.pending) > 0 or unread
