"""The table of keys: what each does, under what name, and when; verbs come from `incidents.verbs`.

A binding is a sequence of keys (`r f`), an action, and what is asked for before it happens. Keyboard, which-key, hint
line, palette, help sheet and the README's table are made from it (DESIGN.md 7.8).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import HOLD_REASONS, HOUR, MINUTE, RESOLUTION_CODES
from noc_tui.incidents.verbs import VERBS

GROUPS: Final = ("Do", "Again", "Move", "Pick", "Find", "Go", "See")
"""The help sheet's groups, in its order."""


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table.

    `keys` are Textual key names or characters, separated by blanks. `verb` names a verb of the business, or `action`
    something that the console does. `args` are given with it; a value under `for` is a duration from now for `until`.
    `asks` are arguments to be prompted for,
    `must` those of them that have to be given here. `choice` is the word that which-key shows behind a prefix.
    """

    keys: str
    title: str
    group: str
    verb: str = ""
    action: str = ""
    args: dict[str, Any] = {}
    asks: tuple[str, ...] = ()
    must: tuple[str, ...] = ()
    short: str = ""
    choice: str = ""
    hidden: bool = False

    @property
    def sequence(self) -> tuple[str, ...]:
        """The keys one after the other."""
        return tuple(self.keys.split(" "))


def _verb(keys: str, verb: str, **more: Any) -> Binding:
    row = VERBS[verb]
    return Binding(
        keys=keys,
        verb=verb,
        title=more.pop("title", row.title),
        short=more.pop("short", row.short),
        group=more.pop("group", "Do"),
        **more,
    )


def _action(keys: str, action: str, title: str, group: str, **more: Any) -> Binding:
    return Binding(keys=keys, action=action, title=title, group=group, **more)


_SNOOZES: Final = {
    "1": ("15 min", 15 * MINUTE),
    "2": ("30 min", 30 * MINUTE),
    "3": ("1 hour", HOUR),
    "4": ("4 hours", 4 * HOUR),
    "8": ("8 hours", 8 * HOUR),
}


def _choices() -> Iterator[Binding]:
    for digit in "12345":
        yield _verb(f"p {digit}", "priority", args={"priority": digit}, choice=f"P{digit}", hidden=True)
    for letter, code in RESOLUTION_CODES.items():
        yield _verb(f"r {letter}", "resolve", args={"code": code}, choice=code, hidden=True)
        yield _verb(f"R {letter}", "resolve", args={"code": code}, asks=("cause", "note"), choice=code, hidden=True)
    yield _verb("w w", "resume", choice="resume", hidden=True)
    for letter, reason in HOLD_REASONS.items():
        yield _verb(f"w {letter}", "hold", args={"reason": reason}, choice=reason, hidden=True)
        yield _verb(f"W {letter}", "hold", args={"reason": reason}, asks=("until", "note"), choice=reason, hidden=True)
    for digit, (words, span) in _SNOOZES.items():
        yield _verb(f"s {digit}", "snooze", args={"for": span}, choice=words, hidden=True)
    yield _verb("s s", "snooze", args={"till_clear": True}, choice="till it clears", hidden=True)
    yield _verb("s u", "snooze", asks=("until",), must=("until",), choice="until a time", hidden=True)
    yield _verb("s 0", "wake", choice="wake it", hidden=True)


_TABLE: Final = (
    _verb("a", "ack"),
    _verb("A", "ack", asks=("note",), title="acknowledge with a note", short="ack, note"),
    _verb("t", "take"),
    _verb("T", "assign", asks=("to",)),
    _action("p", "prefix", "set the priority", "Do", short="priority"),
    _verb("P", "impact", asks=("impact",), title="set the impact"),
    _verb("e", "escalate"),
    _verb("E", "escalate_up"),
    _action("w", "prefix", "put on hold", "Do", short="hold"),
    _action("W", "prefix", "hold until a time", "Do", short="hold until"),
    _action("s", "prefix", "snooze", "Do", short="snooze"),
    _action("S", "view_snoozed", "list what is snoozed", "Do", short="snoozed"),
    _action("r", "prefix", "resolve", "Do", short="resolve"),
    _action("R", "prefix", "resolve with cause", "Do", short="resolve, cause"),
    _verb("o", "reopen", asks=("reason",)),
    _verb("c", "close"),
    _verb("n", "note", asks=("text",)),
    _verb("&", "link", asks=("parent",)),
    _verb("#", "unlink"),
    _verb("-", "release"),
    _verb("+", "log", asks=("title", "service", "resource")),
    _action("i", "triage", "triage one by one", "Do", short="triage"),
    *_choices(),
    _action("u", "undo", "undo", "Again", short="undo"),
    _action("ctrl+r", "redo", "redo", "Again", short="redo"),
    _action(".", "repeat", "repeat last verb", "Again", short="repeat"),
    _action("j", "down", "down", "Move"),
    _action("k", "up", "up", "Move"),
    _action("down", "down", "down", "Move", hidden=True),
    _action("up", "up", "up", "Move", hidden=True),
    _action("g g", "first", "first", "Move", choice="first row"),
    _action("G", "last", "last", "Move"),
    _action("home", "first", "first", "Move", hidden=True),
    _action("end", "last", "last", "Move", hidden=True),
    _action("ctrl+d", "half_down", "half page down", "Move"),
    _action("ctrl+u", "half_up", "half page up", "Move"),
    _action("pagedown", "page_down", "a page down", "Move"),
    _action("pageup", "page_up", "a page up", "Move"),
    _action("ctrl+f", "page_down", "a page down", "Move", hidden=True),
    _action("H", "to_top", "screen top", "Move"),
    _action("M", "to_middle", "screen middle", "Move"),
    _action("L", "to_bottom", "screen bottom", "Move"),
    _action("tab", "next_unacked", "next unacked", "Move", short="next unacked"),
    _action("shift+tab", "previous_unacked", "previous unacked", "Move"),
    _action("(", "jump_back", "where I was", "Move"),
    _action(")", "jump_on", "forward again", "Move"),
    _action("space", "pick", "pick, and down", "Pick", short="pick"),
    _action("v", "range", "pick a range", "Pick"),
    _action("*", "pick_all", "pick all shown", "Pick", short="all"),
    _action("\\", "invert", "invert the picks", "Pick"),
    _action("U", "unpick", "unpick all", "Pick", short="unpick"),
    _action(",", "this_row", "this row only", "Pick", short="this row only"),
    _action("/", "filter", "filter", "Find", short="filter"),
    _action("]", "next_view", "next view", "Find"),
    _action("[", "previous_view", "previous view", "Find"),
    _action(":", "command", "command line", "Find", short="command"),
    _action("ctrl+p", "palette", "palette", "Find"),
    _action("m", "mark", "set a mark", "Find"),
    _action("'", "to_mark", "go to a mark", "Find"),
    _action("z p", "sort_priority", "sort by priority", "Find", choice="priority"),
    _action("z a", "sort_age", "sort by age", "Find", choice="age"),
    _action("z s", "sort_sla", "sort by clock", "Find", choice="clock"),
    _action("z r", "sort_resource", "sort by resource", "Find", choice="resource"),
    _action("z o", "sort_owner", "sort by owner", "Find", choice="owner"),
    _action("z u", "sort_updated", "sort by change", "Find", choice="last change"),
    _action("z z", "sort_default", "the bands again", "Find", choice="the bands again"),
    _action("g b", "board", "board", "Go", choice="board"),
    _action("enter", "detail", "detail", "Go", short="detail"),
    _action("g d", "detail", "detail", "Go", choice="detail", hidden=True),
    _action("g t", "timeline", "timeline", "Go", choice="timeline"),
    _action("l", "alerts", "its alerts", "Go", short="alerts"),
    _action("g s", "view_shelved", "shelved", "Go", choice="shelved"),
    _action("g x", "view_suppressed", "suppressed", "Go", choice="suppressed"),
    *(_action(f"g {n}", f"view_{n}", f"view {n}", "Go", choice=f"view {n}", hidden=True) for n in range(1, 8)),
    _action("Z", "zoom", "pane on or off", "See"),
    _action("f", "freeze", "freeze the list", "See", short="freeze"),
    _action("O", "zone", "UTC or local", "See"),
    _action("X", "mute", "mute the bell", "See"),
    _action("ctrl+g", "say", "say this row", "See"),
    _action("ctrl+l", "redraw", "draw again", "See"),
    _action("?", "help", "help", "See", short="help"),
    _action("q", "back", "back", "See", short="back"),
    _action("escape", "cancel", "back, never out", "See", hidden=True),
    _action("ctrl+q", "quit", "leave", "See"),
)

BINDINGS: Final[dict[tuple[str, ...], Binding]] = {binding.sequence: binding for binding in _TABLE}
"""Every binding by its sequence of keys."""

PREFIXES: Final = frozenset(sequence[:1] for sequence in BINDINGS if len(sequence) > 1)
"""Keys after which another one is waited for."""

MARKING: Final = frozenset((("m",), ("'",)))
"""Keys after which any letter may come."""


def continuations(prefix: tuple[str, ...]) -> list[Binding]:
    """Return the bindings that begin with `prefix` and go on, in the table's order."""
    return [
        binding
        for binding in _TABLE
        if len(binding.sequence) > len(prefix) and binding.sequence[: len(prefix)] == prefix
    ]


def bindings_of(group: str) -> list[Binding]:
    """Return the bindings that help shows under `group`, in the table's order."""
    return [binding for binding in _TABLE if binding.group == group and not binding.hidden]


def key_label(key: str) -> str:
    """Return a key as people read it: `Ctrl-d`, `Tab`, `Space`, `Enter`."""
    names = {
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
    }
    if key.startswith("ctrl+"):
        return f"Ctrl-{key.removeprefix('ctrl+')}"
    return names.get(key, key)


def label_of(binding: Binding) -> str:
    """Return the keys of a binding as people read them: `gt`, `Ctrl-d`."""
    return "".join(key_label(key) for key in binding.sequence)


def keys_of(*, verb: str = "", action: str = "") -> str:
    """Return the label of the first plain binding of a verb or an action; empty if it has none."""
    for binding in _TABLE:
        if (verb and binding.verb == verb and not binding.hidden) or (action and binding.action == action):
            return label_of(binding)
    prefix = next((b.sequence[0] for b in _TABLE if verb and b.verb == verb), "")
    return key_label(prefix)
