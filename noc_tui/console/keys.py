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
PAGE_GROUPS: Final = ("In triage", "In the outbox")
"""Those of keys that mean this on one page alone."""


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table.

    `keys` are Textual key names or characters, separated by blanks. `verb` names a verb of the business, or `action`
    something that the console does. `args` are given with it; a value under `for` is a duration from now for `until`.
    `asks` are arguments to be prompted for,
    `must` those of them that have to be given here. `choice` is the word that which-key shows behind a prefix, `brief`
    a shorter one on a triage card; without it the choice is left out there. `page` is the one page on which the key
    does this. `mate` is a key that is named with it where a hint is given: `j k scroll`.
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
    brief: str = ""
    page: str = ""
    mate: str = ""
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
    "1": ("15 min", "15m", 15 * MINUTE),
    "2": ("30 min", "30m", 30 * MINUTE),
    "3": ("1 hour", "1h", HOUR),
    "4": ("4 hours", "4h", 4 * HOUR),
    "8": ("8 hours", "8h", 8 * HOUR),
}
_BRIEF_CODES: Final = {"f": "fixed", "w": "workaround", "c": "cleared", "n": "no fault", "x": "false alarm"}
_BRIEF_REASONS: Final = {"c": "customer", "p": "provider", "m": "monitoring"}
"""What triage mostly ends with, by the letters of the codes and the reasons."""


def _choices() -> Iterator[Binding]:
    for digit in "12345":
        yield _verb(f"p {digit}", "priority", args={"priority": digit}, choice=f"P{digit}", hidden=True)
    for letter, code in RESOLUTION_CODES.items():
        brief = _BRIEF_CODES.get(letter, "")
        yield _verb(f"r {letter}", "resolve", args={"code": code}, choice=code, brief=brief, hidden=True)
        yield _verb(f"R {letter}", "resolve", args={"code": code}, asks=("cause", "note"), choice=code, hidden=True)
    yield _verb("w w", "resume", choice="resume", hidden=True)
    for letter, reason in HOLD_REASONS.items():
        brief = _BRIEF_REASONS.get(letter, "")
        yield _verb(f"w {letter}", "hold", args={"reason": reason}, choice=reason, brief=brief, hidden=True)
        yield _verb(f"W {letter}", "hold", args={"reason": reason}, asks=("until", "note"), choice=reason, hidden=True)
    for digit, (words, brief, span) in _SNOOZES.items():
        yield _verb(f"s {digit}", "snooze", args={"for": span}, choice=words, brief=brief, hidden=True)
    yield _verb("s s", "snooze", args={"till_clear": True}, choice="till it clears", hidden=True)
    yield _verb("s u", "snooze", asks=("until",), must=("until",), choice="until a time", brief="until", hidden=True)
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
    _action("g t", "timeline", "timeline", "Go", choice="timeline", short="timeline"),
    _action("g o", "outbox", "outbox", "Go", choice="outbox", short="outbox"),
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


def _scrolls(page: str, short: str) -> Binding:
    return _action("j", "down", short, "Move", page=page, short=short, mate="k", hidden=True)


_ON_PAGES: Final = (
    _verb("enter", "take", group="In triage", page="triage", title="take, the usual answer"),
    _action("j", "later", "leave it for later", "In triage", page="triage", short="later"),
    _action("k", "before", "back to the one before", "In triage", page="triage", short="back"),
    _action("down", "later", "leave it for later", "In triage", page="triage", hidden=True),
    _action("up", "before", "back to the one before", "In triage", page="triage", hidden=True),
    _action("q", "back", "leave triage", "In triage", page="triage", short="leave"),
    _scrolls("timeline", "scroll"),
    _scrolls("help", "scroll"),
    _scrolls("alerts", "alert"),
    _action("s", "prefix", "shelve the alert", "Do", page="alerts", short="shelve", hidden=True),
    _scrolls("outbox", "entry"),
    _action("enter", "open_entry", "open its incident", "In the outbox", page="outbox", short="open it"),
    _action(".", "press_again", "do it anyway", "In the outbox", page="outbox", short="do it anyway"),
    _action("x", "let_go", "let it go, undone", "In the outbox", page="outbox", short="let go"),
    _action("X", "let_all_go", "let all refused go", "In the outbox", page="outbox", short="let all go"),
    _action("r", "try_now", "try the link now", "In the outbox", page="outbox", short="try now"),
)

BINDINGS: Final[dict[tuple[str, ...], Binding]] = {binding.sequence: binding for binding in _TABLE}
"""Every binding by its sequence of keys, save those of one page alone."""

ALL: Final = (*_TABLE, *_ON_PAGES)
"""Every binding, in the order of help."""

_OF_PAGE: Final = {(binding.page, binding.sequence): binding for binding in _ON_PAGES}

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
    return [binding for binding in ALL if binding.group == group and not binding.hidden]


def binding_on(page: str, sequence: tuple[str, ...]) -> Binding | None:
    """Return what a sequence of keys does on a page; None if nothing."""
    return _OF_PAGE.get((page, sequence)) or BINDINGS.get(sequence)


def goes_on(page: str, sequence: tuple[str, ...]) -> bool:
    """Return whether more keys are waited for after these."""
    own = _OF_PAGE.get((page, sequence))
    return (own is None or own.action == "prefix") and (sequence in PREFIXES or sequence in MARKING)


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


def hint_of(page: str, keys: str) -> tuple[str, str]:
    """Return the label and the word of what keys do on a page, as a hint gives them; of a choice, what it begins."""
    binding = binding_on(page, tuple(keys.split(" ")))
    if binding is None:
        raise KeyError(keys)
    label = label_of(binding) if binding.action or binding.page else key_label(binding.sequence[0])
    return f"{label} {binding.mate}".rstrip(), binding.short or binding.title


def keys_of(*, verb: str = "", action: str = "") -> str:
    """Return the label of the first plain binding of a verb or an action; empty if it has none."""
    for binding in _TABLE:
        if (verb and binding.verb == verb and not binding.hidden) or (action and binding.action == action):
            return label_of(binding)
    prefix = next((b.sequence[0] for b in _TABLE if verb and b.verb == verb), "")
    return key_label(prefix)
