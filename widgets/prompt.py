"""A line to write on: a label, the text with its caret, and what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from textual import events
from textual.geometry import Offset, Size
from textual.message import Message
from textual.strip import Strip

from widgets.editing import Complete, Editing
from widgets.ink import Palette
from widgets.line import cut_middle, line_width, to_strip, width_of
from widgets.roles import BRIGHT, MARK, TEXT, RowState, Run
from widgets.signs import UNICODE, Signs
from widgets.surface import Surface
from widgets.visible import visible

_KEYS: Final[Mapping[str, Callable[[Editing], None]]] = {
    "left": Editing.left,
    "right": Editing.right,
    "home": Editing.begin,
    "ctrl+a": Editing.begin,
    "end": Editing.end,
    "ctrl+e": Editing.end,
    "backspace": Editing.delete_back,
    "ctrl+h": Editing.delete_back,
    "delete": Editing.delete,
    "ctrl+d": Editing.delete,
    "ctrl+w": Editing.delete_word,
    "ctrl+u": Editing.delete_to_begin,
    "ctrl+k": Editing.delete_to_end,
    "up": Editing.older,
    "down": Editing.newer,
    "ctrl+r": Editing.search,
    "tab": Editing.complete,
    "shift+tab": lambda editing: editing.complete(-1),
}

_ROOM: Final = 8
"""Cells of the text that stay in sight beside a long error."""


class Prompt(Surface, can_focus=True):
    """A one-line editor with the keys of Emacs and of every terminal: see `_KEYS`.

    Enter submits; Escape and Ctrl-c cancel. Keys it does not know go on to the host.
    """

    DEFAULT_CSS = """
    Prompt { width: 1fr; height: 1; }
    """

    class Told(Message):
        """Something happened to the text."""

        def __init__(self, prompt: "Prompt", text: str) -> None:
            super().__init__()
            self.prompt = prompt
            self.text = text

        @property
        def control(self) -> "Prompt":
            """The prompt it happened on."""
            return self.prompt

    class Changed(Told):
        """The text is another one; of several changes in a row only the last is told."""

        def can_replace(self, message: Message) -> bool:
            """A later text makes an earlier one pointless."""
            return isinstance(message, Prompt.Changed) and message.prompt is self.prompt

    class Submitted(Told):
        """The text is done."""

    class Cancelled(Told):
        """The text is not wanted any more."""

    def __init__(
        self,
        palette: Palette,
        signs: Signs = UNICODE,
        *,
        state: RowState = RowState.PLAIN,
        id: str | None = None,
    ) -> None:
        """Stand on the ground of `state`."""
        super().__init__(id=id)
        self.palette = palette
        self.signs = signs
        self.state = state
        self._label = ""
        self._editing = Editing()
        self._error = ""
        self._fault: int | None = None
        self._width = 0

    # -- what the host does

    def open(self, label: str, text: str = "", history: Sequence[str] = (), complete: Complete | None = None) -> None:
        """Begin a line: `history` oldest first; `complete` says what the text before the caret may become."""
        self._label = label
        self._editing = Editing(text, history, complete)
        self.show_error("")

    def show_error(self, words: str, column: int | None = None) -> None:
        """Say what is wrong, and at which character (from 1); no words when all is well. A key clears it."""
        self._error = f"{words} at column {column}" if words and column is not None else words
        self._fault = None if column is None or not words else column - 1
        self.refresh()

    @property
    def text(self) -> str:
        """What is written so far."""
        return self._editing.text

    @property
    def caret(self) -> int:
        """Before which character the caret stands, from 0."""
        return self._editing.caret

    def repalette(self, palette: Palette, signs: Signs) -> None:
        """Draw in other colours and signs."""
        self.palette = palette
        self.signs = signs
        self.refresh()

    # -- what Textual says and asks

    def on_key(self, event: events.Key) -> None:
        """Edit; what is no editing key goes on to the host."""
        edit = _KEYS.get(event.key)
        if event.key == "enter":
            self.post_message(self.Submitted(self, self.text))
        elif event.key in {"escape", "ctrl+c"}:
            self.post_message(self.Cancelled(self, self.text))
        elif edit is not None:
            self._edit(edit)
        elif event.character is not None and event.is_printable:
            character = event.character
            self._edit(lambda editing: editing.insert(character))
        else:
            return
        event.stop()
        event.prevent_default()

    def on_paste(self, event: events.Paste) -> None:
        """Take in a pasted text, in one line."""
        event.stop()
        self._edit(lambda editing: editing.insert(event.text))

    def lay_out(self, size: Size) -> None:
        """Take notice of the width."""
        self._width = size.width

    def strip_at(self, y: int) -> Strip:
        """The line; blank ones under it in a taller prompt."""
        if y:
            return to_strip((), self.palette, self.state, self._width)
        head: list[Run] = [(f" {self._label} ", MARK), (" ", TEXT)] if self._label else []
        begin = line_width(head)
        words = cut_middle(visible(self._error), self._width - begin - _ROOM - 3, self.signs.cut)
        error: list[Run] = [("   ", TEXT), (words, BRIGHT)] if words else []
        room = max(self._width - begin - line_width(error), 1)
        first, caret = self._window(room)
        if self.has_focus:
            self.app.cursor_position = self.region.offset + Offset(begin + caret, 0)
        return to_strip([*head, *self._written(first, room), *error], self.palette, self.state, self._width)

    # -- inside

    def _edit(self, edit: Callable[[Editing], None]) -> None:
        before = self.text
        edit(self._editing)
        self.show_error("")
        if self.text != before:
            self.post_message(self.Changed(self, self.text))

    def _window(self, room: int) -> tuple[int, int]:
        """The first character shown so that the caret is in sight, and the caret's cell after it."""
        text, caret = self._editing.text, self._editing.caret
        first = 0
        while width_of(text[first:caret]) >= room:
            first += 1
        return first, width_of(text[first:caret])

    def _written(self, first: int, room: int) -> list[Run]:
        """The text from `first` on, with the caret and the fault as blocks, filled up to `room` cells."""
        text = self._editing.text + " "
        marked = {self._editing.caret, self._fault}
        runs: list[Run] = []
        cells = 0
        for at in range(first, len(text)):
            size = width_of(text[at])
            if cells + size > room:
                break
            runs.append((text[at], MARK if at in marked else BRIGHT))
            cells += size
        return [*runs, (" " * (room - cells), TEXT)]
