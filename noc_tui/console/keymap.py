"""A map of keys: the table with the keys that one user has, found by their keys and told by their names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from msgspec.structs import replace

from noc_tui.console.keys import ALL, BARE_PREFIXES, Binding

_NAMES: Final = {
    "space": "Space",
    "tab": "Tab",
    "shift+tab": "Shift-Tab",
    "enter": "Enter",
    "escape": "Esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "down": "Down",
    "up": "Up",
    "left": "Left",
    "right": "Right",
    "insert": "Ins",
    "delete": "Del",
    "backspace": "Backspace",
}
KEY_NAMES: Final = {label.casefold(): key for key, label in _NAMES.items()}
"""Keys by what people call them, in small letters."""


def key_label(key: str) -> str:
    """Return a key as people read it: `Ctrl-d`, `Tab`, `Space`, `Enter`."""
    for modifier, said in (("ctrl+", "Ctrl-"), ("alt+", "Alt-")):
        if key.startswith(modifier):
            return f"{said}{key.removeprefix(modifier)}"
    return _NAMES.get(key, key.upper() if len(key) > 1 and key[0] == "f" and key[1:].isdigit() else key)


def label_of(binding: Binding) -> str:
    """Return the keys of a binding as people read them: `gt`, `Ctrl-d`."""
    return "".join(key_label(key) for key in binding.sequence)


class Keymap:
    """The bindings of one user, in the table's order."""

    def __init__(self, rows: Iterable[Binding] = ALL) -> None:
        self.all = tuple(rows)
        """Every binding, those of single pages last."""
        table = [row for row in self.all if not row.page]
        self.bindings = {row.sequence: row for row in table}
        """Every binding by its sequence of keys, save those of one page alone."""
        self._of_page = {(row.page, row.sequence): row for row in self.all if row.page}
        self._at = {(row.page, row.keys): row for row in self.all}
        self._named = {row.name: row for row in reversed(table) if not row.hidden}
        self.prefixes = frozenset(row.sequence[:length] for row in table for length in range(1, len(row.sequence)))
        """Keys after which another one is waited for."""
        self._begun_on = {(page, keys[:length]) for page, keys in self._of_page for length in range(1, len(keys))}
        self.lettered = frozenset(row.sequence for row in table if row.letter)
        """Keys after which any letter may come."""

    def on(self, page: str) -> Keymap:
        """Return the keys as they are on one page: its own in place of those of the table."""
        own = [replace(row, page="") for row in self.all if row.page == page and page]
        same, begun = {row.sequence for row in own}, {row.sequence[0] for row in own if len(row.sequence) > 1}
        table = [row for row in self.all if not row.page]
        return Keymap([row for row in table if row.sequence not in same and row.sequence[0] not in begun] + own)

    def continuations(self, prefix: tuple[str, ...]) -> list[Binding]:
        """Return the bindings that begin with `prefix` and go on, in the table's order."""
        return [
            row
            for row in self.all
            if not row.page and len(row.sequence) > len(prefix) and row.sequence[: len(prefix)] == prefix
        ]

    def choices_of(self, keys: str, page: str = "") -> list[Binding]:
        """Return what follows the key that stands in the table as `keys`, whatever the user has made of it."""
        return [row for row in self.all if row.page == page and row.keys.startswith(f"{keys} ")]

    def title_of(self, prefix: tuple[str, ...]) -> str:
        """Return what keys begin: `resolve`, `go to`; empty if they begin nothing in common."""
        row = self.bindings.get(prefix)
        if row is not None:
            return row.title
        begun = {follows.keys.partition(" ")[0] for follows in self.continuations(prefix)}
        return BARE_PREFIXES.get(begun.pop(), ("", ""))[1] if len(begun) == 1 else ""

    def bindings_of(self, group: str) -> list[Binding]:
        """Return the bindings that help shows under `group`, in the table's order."""
        return [row for row in self.all if row.group == group and not row.hidden]

    def binding_on(self, page: str, sequence: tuple[str, ...]) -> Binding | None:
        """Return what a sequence of keys does on a page; None if nothing."""
        return self._of_page.get((page, sequence)) or self.bindings.get(sequence)

    def at(self, keys: str, page: str = "") -> Binding:
        """Return the binding that stands in the table as `keys`, whatever the user has made of it; KeyError."""
        return self._at[page, keys]

    def goes_on(self, page: str, sequence: tuple[str, ...]) -> bool:
        """Return whether more keys are waited for after these."""
        own = self._of_page.get((page, sequence))
        if (page, sequence) in self._begun_on:
            return True
        return (own is None or own.action == "prefix") and (sequence in self.prefixes or sequence in self.lettered)

    def hint_of(self, page: str, keys: str) -> tuple[str, str]:
        """Return the label and the word of what the table has as `keys` on a page; of a choice, what it begins."""
        row = self._at.get((page, keys)) or self._at["", keys]
        label = label_of(row) if row.action or row.page else key_label(row.sequence[0])
        mate = f" {label_of(self._named[row.mate])}" if row.mate else ""
        return f"{label}{mate}", row.short or row.title

    def keys_of(self, *, verb: str = "", action: str = "") -> str:
        """Return the label of the first plain binding of a verb or an action; empty if it has none."""
        for row in self.all:
            if not row.page and ((verb and row.verb == verb and not row.hidden) or (action and row.action == action)):
                return label_of(row)
        prefix = next((row.sequence[0] for row in self.all if verb and row.verb == verb), "")
        return key_label(prefix)


STANDARD: Final = Keymap()
"""The keys as the program comes with them."""
