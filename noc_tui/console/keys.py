"""The table of keys: what each does, under what name, and when; verbs come from `incidents.verbs`.

A binding is a sequence of keys (`r f`), an action, and what is asked for before it happens. Keyboard, which-key, hint
line, palette, help sheet and the README's table are made from it (DESIGN.md 7.8), through a `Keymap`, which knows the
keys that a user has given to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import CATEGORIES, HOLD_REASONS, HOUR, LEVELS, MINUTE, RESOLUTION_CODES
from noc_tui.incidents.verbs import VERBS

GROUPS: Final = ("Do", "Again", "Move", "Pick", "Find", "Go", "See")
"""The help sheet's groups, in its order."""
PAGE_GROUPS: Final = ("About one incident", "In triage", "In the outbox", "In what was found", "In the list of views")
"""Those of keys that mean this on one page alone."""


class Binding(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the table.

    `keys` are Textual key names or characters, separated by blanks. `verb` names a verb of the business, or `action`
    something that the console does. `args` are given with it; a value under `for` is a duration from now for `until`.
    `asks` are arguments to be prompted for,
    `must` those of them that have to be given here. `choice` is the word that which-key shows behind a prefix, `brief`
    a shorter one on a triage card; without it the choice is left out there. `page` is the one page on which the key
    does this. `mate` is a key that is named with it where a hint is given: `j k scroll`. After a key with a `letter`
    any letter follows; the word says what it names. `named` is what a user calls it in `[keys]`, where the verb or the
    action is not the name. On a page, `like` names the binding whose keys it follows. `own` are the user's keys.
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
    letter: str = ""
    named: str = ""
    like: str = ""
    own: str = ""
    hidden: bool = False

    @property
    def sequence(self) -> tuple[str, ...]:
        """The keys one after the other; the user's own where there are any."""
        return tuple((self.own or self.keys).split(" "))

    @property
    def name(self) -> str:
        """What a user calls it in `[keys]`."""
        return self.named or self.verb or self.action


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


_GROUPS: Final = {"s": "site", "v": "service", "o": "owner", "t": "team", "c": "cause", "a": "state"}
"""What the board is grouped by, by the letter after `z g`."""


def _choice(keys: str, verb: str, word: str, **more: Any) -> Binding:
    """A verb with one of its choices: `resolve_fixed`."""
    return _verb(keys, verb, named=f"{verb}_{word.replace(' ', '_')}", hidden=True, **more)


def _prefix(key: str, title: str, short: str, named: str) -> Binding:
    return _action(key, "prefix", title, "Do", short=short, named=named)


def _choices() -> Iterator[Binding]:
    for digit in "12345":
        yield _choice(f"p {digit}", "priority", digit, args={"priority": digit}, choice=f"P{digit}")
    for letter, code in RESOLUTION_CODES.items():
        brief = _BRIEF_CODES.get(letter, "")
        yield _choice(f"r {letter}", "resolve", code, args={"code": code}, choice=code, brief=brief)
        yield _choice(
            f"R {letter}", "resolve", f"cause_{code}", args={"code": code}, asks=("cause", "note"), choice=code
        )
    yield _verb("w w", "resume", choice="resume", hidden=True)
    for letter, reason in HOLD_REASONS.items():
        brief = _BRIEF_REASONS.get(letter, "")
        yield _choice(f"w {letter}", "hold", reason, args={"reason": reason}, choice=reason, brief=brief)
        asks = ("until", "note")
        yield _choice(f"W {letter}", "hold", f"until_{reason}", args={"reason": reason}, asks=asks, choice=reason)
    for digit, (words, brief, span) in _SNOOZES.items():
        yield _choice(f"s {digit}", "snooze", brief, args={"for": span}, choice=words, brief=brief)
    yield _choice("s s", "snooze", "till_clear", args={"till_clear": True}, choice="till it clears")
    yield _choice("s u", "snooze", "until", asks=("until",), must=("until",), choice="until a time", brief="until")
    yield _verb("s 0", "wake", choice="wake it", hidden=True)


_TABLE: Final = (
    _verb("a", "ack"),
    _verb("A", "ack", asks=("note",), title="acknowledge with a note", short="ack, note", named="ack_note"),
    _verb("t", "take"),
    _verb("T", "assign", asks=("to",)),
    _prefix("p", "set the priority", "priority", "priority"),
    _verb("P", "impact", asks=("impact",), title="set the impact"),
    _verb("e", "escalate"),
    _verb("E", "escalate_up"),
    _prefix("w", "put on hold", "hold", "hold"),
    _prefix("W", "hold until a time", "hold until", "hold_until"),
    _prefix("s", "snooze", "snooze", "snooze"),
    _action("S", "view_snoozed", "list what is snoozed", "Do", short="snoozed"),
    _prefix("r", "resolve", "resolve", "resolve"),
    _prefix("R", "resolve with cause", "resolve, cause", "resolve_cause"),
    _verb("o", "reopen", asks=("reason",)),
    _verb("c", "close"),
    _verb("n", "note", asks=("text",)),
    _action("N", "long_note", "write a long note", "Do", short="long note"),
    _verb("&", "link", asks=("parent",)),
    _verb("#", "unlink"),
    _verb("-", "release"),
    _verb("+", "log", asks=("title", "service", "resource")),
    _action("i", "triage", "triage one by one", "Do", short="triage"),
    *_choices(),
    _prefix("y", "copy", "copy", "yank"),
    _action("y i", "yank_id", "copy the number", "Do", choice="number", hidden=True),
    _action("y l", "yank_link", "copy a link", "Do", choice="link", hidden=True),
    _action("y s", "yank_summary", "copy the summary", "Do", choice="summary", hidden=True),
    _action("y t", "yank_timeline", "copy the timeline", "Do", choice="timeline", hidden=True),
    _action("u", "undo", "undo", "Again", short="undo"),
    _action("ctrl+r", "redo", "redo", "Again", short="redo"),
    _action(".", "repeat", "repeat last verb", "Again", short="repeat"),
    _action("Q", "record", "record a macro, or end it", "Again", letter="a letter, which names the macro"),
    _action("@", "play", "play a macro", "Again", letter="its letter; the same key again: the last one"),
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
    _action("g v", "repick", "the last picks again", "Pick", choice="last picks"),
    _action(",", "this_row", "this row only", "Pick", short="this row only"),
    _action("/", "filter", "filter", "Find", short="filter"),
    _action("]", "next_view", "next view", "Find"),
    _action("[", "previous_view", "previous view", "Find"),
    _action("V", "views", "all views", "Find", short="views"),
    _action(":", "command", "command line", "Find", short="command"),
    _action("g /", "find", "search all that was logged", "Find", choice="search all", short="search all"),
    _action("ctrl+p", "palette", "palette", "Find"),
    _action("m", "mark", "set a mark", "Find", letter="a letter, which names the place"),
    _action("'", "to_mark", "go to a mark", "Find", letter="a letter, which names the place"),
    _action("z p", "sort_priority", "sort by priority", "Find", choice="priority"),
    _action("z a", "sort_age", "sort by age", "Find", choice="age"),
    _action("z s", "sort_sla", "sort by clock", "Find", choice="clock"),
    _action("z r", "sort_resource", "sort by resource", "Find", choice="resource"),
    _action("z o", "sort_owner", "sort by owner", "Find", choice="owner"),
    _action("z u", "sort_updated", "sort by change", "Find", choice="last change"),
    _action("z n", "sort_count", "sort by alerts", "Find", choice="alerts"),
    _action("z i", "sort_site", "sort by site", "Find", choice="site"),
    _action("z t", "sort_team", "sort by team", "Find", choice="team"),
    _action("z v", "sort_service", "sort by service", "Find", choice="service"),
    _action("z z", "sort_default", "the bands again", "Find", choice="the bands again"),
    _action("z g", "prefix", "group by", "Find", choice="group by", named="group"),
    *(
        _action(f"z g {key}", f"group_{name}", f"group by {name}", "Find", choice=name, hidden=True)
        for key, name in _GROUPS.items()
    ),
    _action("z g g", "group_none", "no groups", "Find", choice="no groups", hidden=True),
    _action("z M", "fold_all", "fold all groups", "Find", choice="fold all"),
    _action("z R", "open_all", "open all groups", "Find", choice="open all"),
    _action("g b", "board", "board", "Go", choice="board"),
    _action("enter", "detail", "detail", "Go", short="detail"),
    _action("g d", "detail", "detail", "Go", choice="detail", hidden=True),
    _action("g t", "timeline", "timeline", "Go", choice="timeline", short="timeline"),
    _action("g n", "near", "what is near it", "Go", choice="near it", short="near it"),
    _action("g l", "seen", "seen before, like it", "Go", choice="seen before", short="seen before"),
    _action("g J", "raw", "raw, as JSON", "Go", choice="raw", short="raw"),
    _action("g o", "outbox", "outbox", "Go", choice="outbox", short="outbox"),
    _action("l", "alerts", "its alerts, open a group", "Go", short="alerts"),
    _action("h", "fold", "fold the group", "Go", short="fold"),
    _action("g s", "view_shelved", "shelved", "Go", choice="shelved"),
    _action("g x", "view_suppressed", "suppressed", "Go", choice="suppressed"),
    *(_action(f"g {n}", f"view_{n}", f"view {n}", "Go", choice=f"view {n}", hidden=True) for n in range(1, 10)),
    _action("Z", "zoom", "pane on or off", "See"),
    _action("<", "pane_smaller", "a smaller pane", "See"),
    _action(">", "pane_larger", "a larger pane", "See"),
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
    return _action("j", "down", short, "Move", page=page, short=short, mate="up", like="down", hidden=True)


def _about() -> Iterator[Binding]:
    """The keys of the pages about one incident; help has each once."""
    for page in ("detail", "timeline", "alerts", "near", "seen", "raw"):
        own, other = {"page": page, "hidden": page != "detail"}, {"page": page, "hidden": page != "timeline"}
        yield _action("]", "next_tab", "its next page", _ABOUT, short="next page", like="next_view", **own)
        yield _action("[", "previous_tab", "its page before", _ABOUT, like="previous_view", **own)
        if page != "detail":
            yield _action("/", "seek", "search within", _ABOUT, short="search", like="filter", **other)
        if page in ("timeline", "raw"):
            yield _action("n", "seek_on", "next match", _ABOUT, like="note", **other)
            yield _action("N", "seek_back", "match before", _ABOUT, **other)
        if page in ("near", "seen"):
            shown = {"page": page, "hidden": page != "near"}
            yield _action("enter", "open_near", "open the one here", _ABOUT, short="open it", **shown)
            yield _scrolls(page, "incident")
    yield _action("f", "kinds", "people, machines...", _ABOUT, page="timeline", short="kinds", like="freeze")


def _form() -> Iterator[Binding]:
    """The fields of a triage card: a key for the field, a key for its value."""
    levels = {level[0]: level for level in LEVELS}
    fields = {"P": ("impact", levels), "U": ("urgency", levels), "C": ("category", {c[0]: c for c in CATEGORIES})}
    for key, (field, values) in fields.items():
        named = f"triage_{field}"
        yield _action(key, "prefix", f"set the {field}", "In triage", page="triage", short=field, named=named)
        for letter, value in values.items():
            args = {field: value}
            yield _choice(f"{key} {letter}", field, f"as_{value}", args=args, choice=value, brief=value, page="triage")
    yield _verb("S", "service", asks=("service",), group="In triage", page="triage", named="triage_service")


_ABOUT: Final = "About one incident"
_IN_VIEWS: Final = "In the list of views"
_ON_PAGES: Final = (
    *_about(),
    _scrolls("raw", "document"),
    _action("enter", "usual", "the usual answer, as named", "In triage", page="triage", short="usual answer"),
    *_form(),
    _action("L", "link_suggested", "link under the one suggested", "In triage", page="triage", short="suggested"),
    _action("j", "later", "leave it for later", "In triage", page="triage", short="later", like="down"),
    _action("k", "before", "back to the one before", "In triage", page="triage", short="back", like="up"),
    _action("down", "later", "leave it for later", "In triage", page="triage", hidden=True),
    _action("up", "before", "back to the one before", "In triage", page="triage", hidden=True),
    _action("q", "back", "leave triage", "In triage", page="triage", short="leave", like="back"),
    _scrolls("timeline", "event"),
    _scrolls("help", "scroll"),
    _action("/", "seek_key", "search the keys", "See", page="help", short="search", like="filter", hidden=True),
    _scrolls("alerts", "alert"),
    _action("s", "prefix", "shelve the alert", "Do", page="alerts", short="shelve", like="snooze", hidden=True),
    _scrolls("outbox", "entry"),
    _action("enter", "open_entry", "open its incident", "In the outbox", page="outbox", short="open it"),
    _action(".", "press_again", "do it anyway", "In the outbox", page="outbox", short="do it anyway"),
    _action("x", "let_go", "let it go, undone", "In the outbox", page="outbox", short="let go"),
    _action("X", "let_all_go", "let all refused go", "In the outbox", page="outbox", short="let all go"),
    _action("r", "try_now", "try the link now", "In the outbox", page="outbox", short="try now"),
    _scrolls("found", "incident"),
    _action("enter", "open_found", "open it, closed or not", "In what was found", page="found", short="open it"),
    _action("/", "find", "look for other words", "In what was found", page="found", short="other words", like="filter"),
    _scrolls("views", "view"),
    _action("enter", "open_view", "look through it", _IN_VIEWS, page="views", short="look"),
    _action(">", "later_view", "a later tab", _IN_VIEWS, page="views", short="later", like="pane_larger"),
    _action("<", "earlier_view", "an earlier tab", _IN_VIEWS, page="views", short="earlier", like="pane_smaller"),
    _action("r", "rename_view", "rename it", _IN_VIEWS, page="views", short="rename"),
    _action("s", "share_view", "share it with the desk", _IN_VIEWS, page="views", short="share"),
    _action("x", "drop_view", "drop it", _IN_VIEWS, page="views", short="drop"),
)

ALL: Final = (*_TABLE, *_ON_PAGES)
"""Every binding, in the order of help."""

BARE_PREFIXES: Final = {"g": ("go", "go to"), "z": ("sort", "sort by")}
"""Keys that only begin others and have no row: their name in `[keys]`, and their title."""
