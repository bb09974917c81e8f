"""A user's own keys (`[keys]` of config.toml): read, checked against the table and the terminals, made into a keymap.

A terminal, a multiplexer or a remote shell takes some keys before a program sees them, and one that ends a session by a
slip of the hand is worse than none (OPERATOR.md 2.2); what cannot be used is told with the reason and what to write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Final

import msgspec
from msgspec.structs import replace

from noc_tui.console.keymap import KEY_NAMES, STANDARD, Keymap, key_label, label_of
from noc_tui.console.keys import ALL, BARE_PREFIXES, Binding
from noc_tui.incidents.verbs import VERBS

LONGEST: Final = 3
"""Keys of a sequence at most."""
_KEPT: Final = frozenset(("cancel",))
"""Actions whose key is no user's to move."""
RISKY: Final = {
    "escape": "it begins what special keys send, and always goes back",
    "ctrl+c": "it cancels",
    "ctrl+q": "terminals go on with it after a stop, and it always leaves",
    "ctrl+s": "terminals stop with it",
    "ctrl+z": "it puts the program in the background",
    "ctrl+b": "tmux takes it",
    "ctrl+a": "screen takes it",
    "ctrl+]": "telnet and serial consoles leave with it",
    "ctrl+[": "it is Esc on the wire",
    "ctrl+i": "it is Tab on the wire",
    "ctrl+m": "it is Enter on the wire",
    "ctrl+j": "it is Enter on the wire",
    "ctrl+h": "it is Backspace on the wire",
    "~": "behind Enter it is the escape of ssh, which then ends the session with a dot",
}
"""Keys that do not reach a program everywhere, or not only it, and why."""


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with the key that is given to `name`, and what to write instead (a sentence)."""

    name: str
    sentence: str


class NoKey(ValueError):
    """What was written is no sequence of keys."""


def remapped(given: Mapping[str, object]) -> tuple[Keymap, tuple[Fault, ...]]:
    """Return the keymap of a user, and what is wrong with it; with any fault it is the standard one."""
    if not given:
        return STANDARD, ()
    own: dict[str, str] = {}
    faults: list[Fault] = []
    for name, written in given.items():
        try:
            own[_known(name)] = _sequence(written)
        except NoKey as error:
            faults.append(Fault(name, str(error)))
    if not faults:
        rows = list(_rows(own))
        faults = list(_clashes(rows, own))
        if not faults:
            return Keymap(rows), ()
    return STANDARD, tuple(faults)


def names() -> dict[str, str]:
    """Return what keys can be given to, with the keys that each has in the table; "" for what has none."""
    found: dict[str, str] = {name: key for key, (name, _) in BARE_PREFIXES.items()}
    for row in ALL:
        if not row.like and row.action not in _KEPT:
            found.setdefault(row.name, row.keys)
    for verb in VERBS.values():
        if not verb.rule_only:
            found.setdefault(verb.id, "")
    return found


def key_of(word: str) -> str:
    """Return the name that the keyboard has for what a person writes: `Ctrl-r`, `space`, `F5`, `x`; NoKey."""
    if len(word) == 1:
        if word.isprintable() and not word.isspace():
            return word
        raise NoKey(f"{word!r} is no key; write Space, Tab or Enter by name")
    folded = word.casefold()
    for written, modifier in (
        ("ctrl-", "ctrl+"),
        ("ctrl+", "ctrl+"),
        ("c-", "ctrl+"),
        ("^", "ctrl+"),
        ("alt-", "alt+"),
    ):
        rest = folded.removeprefix(written)
        if rest != folded and len(rest) == 1 and rest.isprintable():
            return modifier + rest
    if folded in KEY_NAMES:
        return KEY_NAMES[folded]
    if folded[0] == "f" and folded[1:].isdigit() and 1 <= int(folded[1:]) <= 12:
        return folded
    raise NoKey(f"{word!r} is no key; write one as x, Ctrl-r, Space, PgDn or F5, several with blanks: g z")


def _known(name: str) -> str:
    known = names()
    if name in known:
        return name
    near = get_close_matches(name, known, 1, 0.6)
    hint = f"is it {near[0]}? " if near else ""
    raise NoKey(f"there is nothing of this name; {hint}`noc-tui keys` lists the names")


def _sequence(written: object) -> str:
    """The keys as the table has them; "" takes the key away."""
    if not isinstance(written, str):
        raise NoKey('keys are written as text: "x", "Ctrl-r", "g z"')
    keys = [key_of(word) for word in written.split()]
    if len(keys) > LONGEST:
        raise NoKey(f"{written!r} has {len(keys)} keys one after the other; at most {LONGEST} can be used")
    for key in keys:
        if key in RISKY:
            raise NoKey(f"{key_label(key)} cannot be used: {RISKY[key]}. {_free()}")
    if keys and keys[0].isdigit() and len(keys[0]) == 1:
        raise NoKey(f"{keys[0]} is a count before a key, so nothing can begin with it. {_free()}")
    return " ".join(keys)


def _free() -> str:
    taken = {sequence[0] for sequence in STANDARD.bindings}
    letters = [chr(code) for code in range(ord("A"), ord("z") + 1) if chr(code).isalpha() and chr(code) not in taken]
    return f"Free are {', '.join(letters)}."


def _rows(own: Mapping[str, str]) -> Iterator[Binding]:
    """The table with the user's keys; what has none any more is left out, as is a second key that the user needs."""
    prefixes = {(row.page, row.keys): own[row.name] for row in ALL if row.action == "prefix" and row.name in own}
    prefixes |= {("", key): own[name] for key, (name, _) in BARE_PREFIXES.items() if name in own}
    wanted = {*own.values()} - {""}
    placed: dict[str, str] = {}
    for row in ALL:
        keys = _keys_for(row, own, prefixes, placed)
        spare = row.hidden and not (row.choice or row.like) and row.name in placed
        if not keys or (spare and any(_collide(keys, other) for other in wanted)):
            continue
        placed.setdefault(row.name, keys)
        yield row if keys == row.keys else replace(row, own=keys)
    for name, keys in own.items():
        if keys and name in VERBS and name not in placed:
            yield _of_verb(name, keys)


def _keys_for(
    row: Binding, own: Mapping[str, str], prefixes: Mapping[tuple[str, str], str], placed: Mapping[str, str]
) -> str:
    if row.like:
        return placed.get(row.like, "")
    if row.name in own and row.name not in placed:
        return own[row.name]
    head, blank, rest = row.keys.partition(" ")
    begins = prefixes.get((row.page, head)) if blank else None
    if begins is None:
        return row.keys
    return f"{begins} {rest}" if begins else ""


def _of_verb(name: str, keys: str) -> Binding:
    """A verb that has no key of its own in the table: what it must know is asked for."""
    verb = VERBS[name]
    asks = tuple(arg.name for arg in verb.args if arg.required)
    return Binding(keys=keys, own=keys, verb=name, title=verb.title, short=verb.short, group="Do", asks=asks)


def _collide(one: str, other: str) -> bool:
    """Whether two sequences are the same, or one begins the other."""
    return f"{one} ".startswith(f"{other} ") or f"{other} ".startswith(f"{one} ")


def _clashes(rows: list[Binding], own: Mapping[str, str]) -> Iterator[Fault]:
    """Yield what two bindings of the board, or of one page, cannot have together."""
    for place, row in enumerate(rows):
        for other in rows[:place]:
            one, two = " ".join(row.sequence), " ".join(other.sequence)
            if row.page != other.page or not _collide(one, two) or _belong(row, other):
                continue
            mine, theirs = (row, other) if row.name in own or row.own else (other, row)
            where = f" in the {mine.page}" if mine.page else ""
            clash = f"{label_of(mine)} is the key of {_called(theirs)}{where}"
            if one != two:
                first, longer = (mine, theirs) if len(mine.sequence) < len(theirs.sequence) else (theirs, mine)
                clash = f"{label_of(first)} begins {label_of(longer)}, the keys of {_called(theirs)}{where}"
            yield Fault(
                mine.name if mine.name in own else _prefix_name(mine, own),
                f'{clash}; choose another, or write {_called(theirs)} = "…" too. {_free()}',
            )


def _called(row: Binding) -> str:
    return row.like or row.name


def _belong(row: Binding, other: Binding) -> bool:
    """Whether one is the prefix that the other is a choice of: it has no deed of its own."""
    shorter, longer = sorted((row, other), key=lambda one: len(one.sequence))
    return shorter.action == "prefix" and len(shorter.sequence) < len(longer.sequence)


def _prefix_name(row: Binding, own: Mapping[str, str]) -> str:
    """The name that moved a row which has none in the file: that of what it is a choice of, or follows."""
    if row.like:
        return row.like
    head = row.keys.partition(" ")[0]
    if head in BARE_PREFIXES:
        return BARE_PREFIXES[head][0]
    return next((one.name for one in ALL if one.keys == head and one.name in own), row.name)
