"""The palette: everything that keys do, found by a few letters of its name; made from the table of keys."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from noc_tui.console.keymap import Keymap, label_of
from noc_tui.console.keys import Binding
from noc_tui.incidents.verbs import VERBS
from widgets.line import Line, fit
from widgets.roles import Run

SHOWN: Final = 6
"""Choices shown at once; typing on narrows them."""
_NOT_HERE: Final = frozenset(("prefix", "palette"))
"""Actions that only begin something."""


def _name(binding: Binding) -> str:
    choice = f": {binding.choice}" if binding.choice and binding.hidden else ""
    return f"{binding.title}{choice}"


def matches(text: str, keys: Keymap) -> list[Binding]:
    """Return the bindings whose name has every word of `text`, those that begin with it first, in the table's order."""
    words = text.casefold().split()
    seen: set[str] = set()
    found: list[tuple[bool, int, Binding]] = []
    for place, binding in enumerate(keys.bindings.values()):
        name = _name(binding).casefold()
        if binding.action in _NOT_HERE or binding.letter or name in seen:
            continue
        if all(word in name for word in words):
            seen.add(name)
            found.append((not name.startswith(text.strip().casefold()), place, binding))
    return [binding for _, _, binding in sorted(found, key=lambda entry: entry[:2])]


def command_lines(text: str, width: int, names: Sequence[str]) -> list[Line]:
    """Return the command words that `text` begins, with what each does, in columns; nothing once one is written out.

    `names` are all words of the command line.
    """
    word = text.casefold()
    fitting = [name for name in names if name.startswith(word)] if not text.count(" ") else []
    if not fitting:
        return []
    each = 36 if width >= 118 else (width - 6) // 2
    across = max(1, (width - 6) // each)
    shown = fitting[: across * SHOWN]
    deep = -(-len(shown) // across)
    lines: list[Line] = []
    for y in range(deep):
        runs: list[Run] = [("   ", "muted")]
        for name in shown[y::deep]:
            title = VERBS[name].title if name in VERBS else ""
            runs += [(fit(name, 13), "key"), (fit(title if title != name else "", each - 13), "muted")]
        lines.append(runs)
    more = len(fitting) - len(shown)
    return [*lines, [(f"   {more} more", "muted")]] if more else lines


def palette_lines(text: str, width: int, keys: Keymap) -> list[Line]:
    """Return the first choices: name, group, keys; the one that Enter does is marked."""
    fitting = matches(text, keys)
    name_room = min(44, max(12, width - 31))
    lines: list[Line] = []
    for place, binding in enumerate(fitting[:SHOWN]):
        lead: Run = ("  Enter  ", "mark") if not place else ("         ", "muted")
        lines.append(
            [
                ("  ", "muted"),
                lead,
                (f"  {fit(_name(binding), name_room)}", "bright" if not place else "text"),
                (fit(binding.group, 8), "muted"),
                (label_of(binding), "key"),
            ]
        )
    if not lines:
        return [[("   Nothing is called that.", "text")]]
    more = len(fitting) - len(lines)
    return [*lines, [(f"   {more} more" if more else "", "muted")]]
