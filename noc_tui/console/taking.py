"""Keys of the board and its pages: taken one after the other, each done and painted before the next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from textual.app import App
from textual.timer import Timer

from noc_tui.console.arguments import ArgumentError
from noc_tui.console.display import Display
from noc_tui.console.hands import Hands
from noc_tui.console.kept import Stroke
from noc_tui.console.keyboard import Keyboard, Pressed
from noc_tui.console.playing import ENDS, Player
from noc_tui.console.prompting import Prompting

_WHICH_AFTER: Final = 0.4
"""Seconds after a prefix until which-key shows what may follow; a fast typist never sees it."""


class Taking:
    """Takes keys for one console: for the question that is open, else for the board.

    `before` is called before what was typed is done, `after` behind each key of the board.
    """

    def __init__(
        self,
        app: App[int],
        hands: Hands,
        canvas: Display,
        prompting: Prompting,
        before: Callable[[], None],
        after: Callable[[], None],
    ) -> None:
        self._app, self._hands, self._canvas, self._prompting = app, hands, canvas, prompting
        self._before = before
        self._session = hands.session
        self._after = after
        self._which: Timer | None = None
        self.keyboard = Keyboard(hands.session.keys)
        self.player = Player(hands, self._take, app.call_later)
        """Where keys come in: a macro that is being played stands before them."""

    def _take(self, stroke: Stroke) -> None:
        """Take one key, of the terminal or of a macro."""
        asked = self._prompting.asked
        if asked is None or (stroke.key == "enter" and asked.kind != "filter"):
            self._before()
        if asked is not None:
            self._prompting.take(stroke)
        elif stroke.key != "paste":
            self._key(stroke.key, stroke.character)

    def _key(self, key: str, character: str | None) -> None:
        self._session.touched()
        if self._which is not None:
            self._which.stop()
            self._which = None
        self._canvas.hide_which()
        if key in ENDS and self._session.pending.bulk is not None:
            self._hands.screen.do("leave_rest")
        elif self._hands.confirm is not None:
            self._hands.doer.answer(yes=key == "enter")
        elif key in ENDS and self.keyboard.forget():
            self._hands.typed = ""
        else:
            self._press(key, character)
        self._after()

    def _press(self, key: str, character: str | None) -> None:
        pressed = self.keyboard.press(key, character, self._hands.page)
        at_once = self._hands.at_once(self.keyboard.prefix) if pressed.waiting else None
        if at_once is not None:
            self.keyboard.forget()
            pressed = Pressed(binding=at_once)
        self._hands.typed = self.keyboard.typed
        if pressed.waiting and self.keyboard.prefix:
            self._which = self._app.set_timer(_WHICH_AFTER, self._show_which)
            return
        try:
            self._hands.pressed(pressed)
        except ArgumentError as error:
            self._session.say(str(error), trouble=True)

    def _show_which(self) -> None:
        prefix = self.keyboard.prefix
        if not prefix:
            return
        targets = self._hands.doer.targets()
        row = self._session.row(targets[0]) if len(targets) == 1 else None
        about = (row.resource or row.title) if row else f"{len(targets)} incidents" if targets else ""
        lines = self._canvas.show_which(prefix, about, self._hands.lettered(prefix))
        self._app.call_after_refresh(self._canvas.which.show, lines)
