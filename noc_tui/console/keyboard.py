"""The keyboard: key presses become bindings. Knows prefixes, counts and marks; knows nothing of Textual."""

from __future__ import annotations

from typing import Final

import msgspec

from noc_tui.console.keymap import STANDARD, Keymap, key_label
from noc_tui.console.keys import Binding

_MOST: Final = 9_999
"""The largest count: more digits are a slip of the hand."""

_DIGITS: Final = 9
"""Digits that are kept: those of the largest incident number that one types."""

SAME: Final = "@"
"""The letter that stands for the same key again: `''`, `@@`."""
_NAMES: Final = {
    "space": "space",
    "tab": "tab",
    "enter": "enter",
    "escape": "escape",
}


class Pressed(msgspec.Struct, frozen=True):
    """What a key led to: a binding with its count, a letter for a mark, or a prefix that waits for more."""

    binding: Binding | None = None
    count: int = 1
    counted: bool = False
    figure: int = 0
    """The number before the key as it was typed, however large."""
    letter: str = ""
    waiting: tuple[str, ...] = ()
    unknown: str = ""


class Keyboard:
    """Follows the keys that were pressed and says what they mean."""

    def __init__(self, keys: Keymap = STANDARD) -> None:
        self._keys = keys
        self._prefix: tuple[str, ...] = ()
        self._digits = ""

    @property
    def typed(self) -> str:
        """What waits for more keys, as people read it: `12`, `3g`."""
        return self._digits + "".join(map(key_label, self._prefix))

    @property
    def prefix(self) -> tuple[str, ...]:
        """The keys of a sequence that is not finished."""
        return self._prefix

    def forget(self) -> bool:
        """Drop an unfinished sequence or count; say whether there was one."""
        had = bool(self._prefix or self._digits)
        self._prefix, self._digits = (), ""
        return had

    def press(self, key: str, character: str | None, page: str = "board") -> Pressed:
        """Return what this key means after those before it. `key` is Textual's name, `character` what it types.

        On its own page a key may mean something else than on the board.
        """
        name = self._name(key, character)
        if self._prefix in self._keys.lettered:
            return self._marked(name)
        if not self._prefix and self._counts(name):
            self._digits = (self._digits + name)[-_DIGITS:]
            return Pressed(waiting=(self._digits,))
        sequence = (*self._prefix, name)
        if self._keys.goes_on(page, sequence):
            self._prefix = sequence
            return Pressed(waiting=sequence)
        binding = self._keys.binding_on(page, sequence)
        counted, count, figure = bool(self._digits), self._count(), int(self._digits or "0")
        self.forget()
        if binding is None:
            return Pressed(unknown=" ".join(sequence))
        return Pressed(binding=binding, count=count, counted=counted, figure=figure)

    def _marked(self, name: str) -> Pressed:
        binding = self._keys.bindings[self._prefix]
        count, again = self._count(), name == self._prefix[-1]
        self.forget()
        if len(name) == 1 and name.isascii() and name.isalnum():
            return Pressed(binding=binding, letter=name, count=count)
        return Pressed(binding=binding, letter=SAME, count=count) if again else Pressed(unknown=name)

    def _count(self) -> int:
        return min(int(self._digits or "1"), _MOST)

    def _counts(self, name: str) -> bool:
        return len(name) == 1 and name.isdigit() and (name != "0" or bool(self._digits))

    @staticmethod
    def _name(key: str, character: str | None) -> str:
        if key in _NAMES or key.startswith(("ctrl+", "shift+", "alt+")) or character is None:
            return key
        return character if character.isprintable() and character != " " else key
