"""The line one writes on: opened for a question, answered, cancelled, and what happens while it is being written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

from msgspec.structs import replace
from textual import events
from textual.app import App

from noc_tui.console.arguments import ArgumentError
from noc_tui.console.command_line import COMMAND_WORDS
from noc_tui.console.completing import completions
from noc_tui.console.display import Display
from noc_tui.console.doing import Asked
from noc_tui.console.hands import Hands
from noc_tui.console.kept import Stroke, with_line
from noc_tui.console.palette import command_lines, palette_lines
from noc_tui.console.rearranging import Rearranging
from widgets.line import Line
from widgets.roles import Run

_ABOVE: Final = 8
"""Lines that stand over the line one writes on at most."""
_WITH_HISTORY: Final = frozenset(("filter", "command", "find"))


class Prompting:
    """One question at a time; `after` is called when it is over."""

    def __init__(
        self, app: App[int], rearranging: Rearranging, hands: Hands, canvas: Display, after: Callable[[], None]
    ) -> None:
        self._app, self._rearranging, self._canvas, self._after = app, rearranging, canvas, after
        self._session, self._kept = hands.session, hands.kept
        self.asked: Asked | None = None
        """The question that is open."""
        self._typed: str | None = None
        """What is to be filtered by as soon as it is painted."""
        self._text_at = 0
        self._before = ""
        """The filter as it was before it was asked for: what Esc goes back to."""

    def ask(self, asked: Asked) -> None:
        """Open the line to write on."""
        self._before = self._session.look.text
        self._open(asked)
        if asked.kind == "filter":
            self._app.run_worker(self._warm(), group="warm", exclusive=True)

    def _open(self, asked: Asked) -> None:
        self.asked, self._text_at = asked, 0
        self._session.prompting = True
        history = self._kept.look().lines.get(asked.kind, ()) if asked.kind in _WITH_HISTORY else ()
        self._canvas.open_prompt(asked, history, completions(asked.kind, self._session))
        self.changed(asked.text)
        if asked.above:
            self._offer([[("   ", "muted"), (line, "text")] for line in asked.above[-_ABOVE:]])

    def changed(self, text: str) -> None:
        """Filter, or offer what the palette has, while it is being typed; an error leaves the list as it was."""
        refused = self.asked is not None and text == self.asked.text  # told of before it was refused
        if self._canvas.problem and not refused:
            self._canvas.problem = ""
            self._canvas.paint(self.asked)
        kind = self.asked.kind if self.asked is not None else ""
        if kind == "filter":
            self._filter_soon(text)
        elif kind == "palette":
            self._offer(palette_lines(text, self._app.size.width, self._session.keys))
        elif kind == "command":
            self._offer(command_lines(text, self._app.size.width, COMMAND_WORDS))

    def _filter_soon(self, text: str) -> None:
        """Filter once the key itself is on the screen; of keys that come faster than that the last one asks."""
        waits, self._typed = self._typed is not None, text
        if not waits:
            self._app.call_after_refresh(self._filter)

    def _filter(self) -> None:
        text, self._typed = self._typed, None
        if text is None:
            return
        problem = self._session.look.only(text, self._session.now)
        self._canvas.problem = problem or ""
        if problem is None:
            self._canvas.board.rows_changed()
        self._canvas.paint(self.asked)
        self._rearranging.begin(painted=True)

    async def _warm(self) -> None:
        """Make the filter ready while its first word is being typed, in slices that keep no key waiting."""
        for _ in self._session.look.warming():
            await asyncio.sleep(0.005)

    def _offer(self, lines: list[Line]) -> None:
        """Show what may be meant above the line one writes on; nothing takes no room."""
        if not lines:
            self._canvas.hide_which()
            return
        self._app.call_after_refresh(self._canvas.which.show, self._canvas.show_strip(lines))

    def take(self, stroke: Stroke) -> None:
        """Take a key, or a pasted text, that was typed for the question."""
        if stroke.key == "paste":
            self._canvas.prompt.on_paste(events.Paste(stroke.character or ""))
        elif stroke.key == "enter":
            self.submit()
        elif stroke.key in ("escape", "ctrl+c"):
            self.cancel()
        elif stroke.key == "ctrl+t":
            self._next_text()
        else:
            self._canvas.prompt.on_key(events.Key(stroke.key, stroke.character))

    def _next_text(self) -> None:
        """Write the next of the user's own texts on the line; over it stand their names."""
        asked = self.asked
        texts = asked.texts() if asked is not None and asked.texts is not None else ()
        if asked is None or not texts:
            self._canvas.problem = "there are no texts to choose from; [templates] in config.toml holds yours"
            self._canvas.paint(asked)
            return
        at, self._text_at = self._text_at % len(texts), self._text_at + 1
        self._canvas.open_prompt(replace(asked, text=texts[at][1]), (), None)
        names: list[Run] = [("   texts  ", "muted")]
        for place, (name, _) in enumerate(texts):
            names += [(f" {name} ", "mark" if place == at else "text"), (" ", "muted")]
        self._offer([names])

    def submit(self) -> None:
        """Take the answer; one that cannot be taken stays to be mended."""
        asked, text = self.asked, self._canvas.prompt.text
        if asked is None:
            return
        self._close()
        try:
            asked.answer(text)
        except ArgumentError as error:
            self._open(Asked(asked.label, asked.answer, text, asked.kind))
            self._canvas.problem = str(error)
            self._canvas.paint(self.asked)
            return
        if text.strip() and asked.kind in _WITH_HISTORY:
            self._kept.change(with_line(asked.kind, text))
        self._after()

    def cancel(self) -> None:
        """Leave everything as it was before the question."""
        asked = self.asked
        self._close()
        if asked is not None and asked.kind == "filter":
            self._session.look.only(self._before, self._session.now)
            self._canvas.board.rows_changed()
        self._after()

    def _close(self) -> None:
        self.asked = self._typed = None
        self._canvas.problem = ""
        self._session.prompting = False
        self._session.touched()
        self._canvas.close_prompt()
        self._canvas.hide_which()
