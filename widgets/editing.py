"""The text and the caret of a one-line editor, its history and its completions. No Textual in it."""

import re
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

from widgets.visible import visible

Complete: TypeAlias = Callable[[str, int], Sequence[str]]
"""Given the text and the caret: what the text before the caret may become."""

_LAST_WORD: Final = re.compile(r"\S*\s*$")


class Editing:
    """One line being written. Every text that enters it is made harmless first."""

    def __init__(self, text: str = "", history: Sequence[str] = (), complete: Complete | None = None) -> None:
        """Begin with `text`, the caret behind it; `history` is oldest first."""
        self.text = visible(text)
        self.caret = len(self.text)
        self._lines = [*map(visible, history), self.text]
        self._at = len(self._lines) - 1
        self._sought: str | None = None
        self._complete = complete
        self._offers: Sequence[str] = ()
        self._offer = 0

    def insert(self, text: str) -> None:
        """Put text in at the caret; of a text with several lines, their words in one."""
        self._splice(self.caret, self.caret, visible(" ".join(text.split("\n"))))

    def delete_back(self) -> None:
        """Take out the character before the caret."""
        self._splice(max(0, self.caret - 1), self.caret)

    def delete(self) -> None:
        """Take out the character at the caret."""
        self._splice(self.caret, self.caret + 1)

    def delete_word(self) -> None:
        """Take out the word before the caret."""
        found = _LAST_WORD.search(self.text[: self.caret])
        self._splice(found.start() if found else 0, self.caret)

    def delete_to_begin(self) -> None:
        """Take out all before the caret."""
        self._splice(0, self.caret)

    def delete_to_end(self) -> None:
        """Take out all from the caret on."""
        self._splice(self.caret, len(self.text))

    def left(self) -> None:
        """Move the caret one character to the left."""
        self._place(self.caret - 1)

    def right(self) -> None:
        """Move the caret one character to the right."""
        self._place(self.caret + 1)

    def begin(self) -> None:
        """Move the caret before the first character."""
        self._place(0)

    def end(self) -> None:
        """Move the caret behind the last character."""
        self._place(len(self.text))

    def older(self) -> None:
        """Go back to the line written before."""
        self._recall(self._at - 1)

    def newer(self) -> None:
        """Go on to the line written after; at last the one being written."""
        self._recall(self._at + 1)

    def search(self) -> None:
        """Go back to the newest line with what is written now; again, to the one before it. Without one it stays."""
        sought = self.text if self._sought is None else self._sought
        for at in range(self._at - 1, -1, -1):
            if sought in self._lines[at] and self._lines[at] != self.text:
                self._recall(at)
                break
        self._sought = sought

    def complete(self, step: int = 1) -> None:
        """Take the next of the completions (the one before for -1); the last one leads back to the first."""
        if self._complete is None:
            return
        if not self._offers:
            self._offers = [visible(offer) for offer in self._complete(self.text, self.caret)]
            self._offer = -1 if step > 0 else 0
        if self._offers:
            offers = self._offers
            self._offer = (self._offer + step) % len(offers)
            self._splice(0, self.caret, offers[self._offer])
            self._offers = offers

    def _splice(self, begin: int, end: int, text: str = "") -> None:
        self.text = self.text[:begin] + text + self.text[end:]
        self._place(begin + len(text))

    def _place(self, caret: int) -> None:
        self.caret = min(max(0, caret), len(self.text))
        self._offers = ()
        self._sought = None

    def _recall(self, at: int) -> None:
        if 0 <= at < len(self._lines):
            self._lines[self._at] = self.text
            self._at = at
            self.text = self._lines[at]
            self.end()
