"""The lines around the board that are always true: top bar, news, say line, status (LOOK.md section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Final

from noc_tui.console.keys import BINDINGS, key_label, keys_of, label_of
from noc_tui.console.row_text import Page
from noc_tui.console.session import LATE, LIVE, SAID_FOR, Session
from noc_tui.incidents.durations import short
from noc_tui.incidents.model import Incident, number_text
from noc_tui.incidents.times import clock, moment
from widgets.line import Line, cut_end, line_width, width_of
from widgets.meter import spark
from widgets.roles import Role, Run

_RATE_FROM: Final = 150
_LOCAL_FROM: Final = 120
_DESK_FROM: Final = 100
_SPARKS: Final = 15
_FRESH: Final = 16
"""Cells for the age of the data: ` AGENT LOST 9m `."""
_LOCAL: Final = 11
"""Cells for the local time and its zone."""
_MOST_KEYS: Final = 10
_NUMBERS: Final[tuple[Role, ...]] = ("text", "text", "p3", "p4", "p5")


def margins(width: int) -> tuple[int, int]:
    """Return the left and right margin of all bars."""
    return 3, 3 if width >= _DESK_FROM else 1


def spread(left: Sequence[Run], right: Sequence[Run], width: int, sign: str = "…", margin: int | None = None) -> Line:
    """Return left and right parts at their margins; the left is cut when both do not fit."""
    begin, end = margins(width)
    end = end if margin is None else margin
    block = bool(left) and left[0][1] in ("mark", "badge1", "badge2")
    indent = begin - 1 if block else begin
    room = width - indent - end - line_width(right) - (2 if right else 0)
    shown = _cut(left, room, sign)
    gap = width - indent - end - line_width(shown) - line_width(right)
    return [(" " * indent, "muted"), *shown, (" " * max(0, gap), "muted"), *right, (" " * end, "muted")]


def _cut(runs: Sequence[Run], room: int, sign: str) -> list[Run]:
    kept: list[Run] = []
    for text, role in runs:
        size = width_of(text)
        if size > room:
            if room > 1:
                kept.append((cut_end(text, room, sign), role))
            break
        kept.append((text, role))
        room -= size
    return kept


# The top bar


def top_bar(session: Session, page: Page, width: int) -> Line:
    """Return the bar that is always true, without its right end: counts unfiltered, worst clock, majors, the rate."""
    gap: Run = ("   " if width >= _DESK_FROM else " ", "muted")
    left: list[Run] = []
    if width >= _DESK_FROM:
        left += [("DEMO" if session.demo else session.desk, "soon" if session.demo else "muted"), ("  ", "muted")]
    elif session.demo:
        left += [("DEMO", "soon")]
    for priority in range(1, 6):
        left += _count(session, priority, width)
    counts = session.board.counts
    if width >= _RATE_FROM:
        unacked: Role = "bright" if counts.all_unacked else "muted"
        left += [gap, (str(counts.all_unacked), unacked), (f"/{counts.all_open} unacked", "muted")]
    left += _worst_clock(session, page, gap)
    left += [gap, ("MAJOR", "p1")] if counts.major else [gap, ("major 0", "muted")] if width >= _DESK_FROM else []
    right = _rate(session, page) if width >= _RATE_FROM else []
    return spread(left, [*right, (" ", "muted")] if right else [], width - clock_width(width), margin=0)


def _count(session: Session, priority: int, width: int) -> list[Run]:
    counts = session.board.counts
    unacked, open_ = counts.unacked[priority], counts.open[priority]
    if priority == 5 and not unacked:
        return []
    gap = " " if width >= _DESK_FROM or priority > 1 else ""
    if unacked and priority <= 2:
        role: Role = "badge1" if priority == 1 else "badge2"
        return [(gap, "muted"), (f" P{priority} {unacked}/{open_} ", role)]
    number: Role = _NUMBERS[priority - 1] if unacked else "muted"
    return [(f"{gap} P{priority} ", "muted"), (str(unacked), number), (f"/{open_} ", "muted")]


def _worst_clock(session: Session, page: Page, gap: Run) -> list[Run]:
    worst = session.board.worst_clock()
    if worst is None:
        return []
    due, incident = worst
    left = due - page.now
    target = page.policy.target(incident.priority)
    span = target.response if incident.state == "new" else target.resolution
    role: Role = "late" if left <= 0 else "soon" if left < span // 4 else "bright"
    return [gap, ("sla ", "muted"), (("?" if page.stale else "") + short(left), role)]


def _rate(session: Session, page: Page) -> list[Run]:
    loud: Role = "p2" if session.arrivals.flooded else "bright"
    return [
        ("alerts ", "muted"),
        *spark(session.arrivals.rate(_SPARKS, page.now), page.signs),
        ("  ", "muted"),
        (str(session.arrivals.alerts), loud),
        ("/10m", "muted"),
    ]


def clock_width(width: int) -> int:
    """Return the cells of the top bar's right end: a part of its own, so that a ticking clock writes itself alone."""
    _, end = margins(width)
    return _FRESH + (3 if width >= _DESK_FROM else 1) + 9 + (_LOCAL if width >= _LOCAL_FROM else 0) + end


def clock_bar(session: Session, page: Page, width: int, zone: tzinfo) -> Line:
    """Return the right end of the top bar: age of the data, UTC, local time."""
    fresh = freshness(session)
    gap = " " * max(0, _FRESH - line_width(fresh))
    runs: list[Run] = [(gap, "muted"), *fresh, ("   " if width >= _DESK_FROM else " ", "muted")]
    runs.append((clock(page.now), "bright"))
    if width >= _LOCAL_FROM:
        local = moment(page.now, zone)
        name = local.tzname() or ""
        told = "" if name == "UTC" else f"  {local:%H:%M} {name}"
        runs.append((f"{told:<{_LOCAL}}", "muted"))
    return runs


def freshness(session: Session) -> list[Run]:
    """Return how old the data is: `live 2s` is calm, `STALE 1m04` is not."""
    age = session.data_age()
    if session.agent_word == "lost":
        return [(f" AGENT LOST {short(age) if age is not None else ''} ".replace("  ", " "), "badge2")]
    if age is None:
        return [("starting" if session.agent_word else "no agent", "muted")]
    told = short(age)
    if age < LIVE:
        return [("live ", "muted"), (told, "text")]
    if age <= LATE:
        return [("late ", "text"), (told, "soon")]
    return [(f" STALE {told} ", "badge2")]


# Say line and status


def say_line(session: Session, page: Page, width: int, hints: Sequence[Run], *, board: bool = True) -> Line:
    """Return what just happened, for ten seconds, and the keys that fit this row; below 100 columns not both."""
    said = session.said
    fresh = bool(said.text) and page.now - said.at < SAID_FOR
    left: list[Run] = []
    if session.picks:
        left = [(f" {len(session.picks)} picked ", "mark"), ("  ", "muted")]
    if fresh:
        left += [(said.text, "bright" if said.trouble else "text")]
        if said.undo:
            gap = "   " if width >= _DESK_FROM else "  "
            left += [(gap, "muted"), (keys_of(action="undo"), "key"), (" undo", "muted")]
        if width < _DESK_FROM:
            return spread(left, [], width, page.signs.cut)
        left += [("     ", "muted")]
    return spread([*left, *hints], [] if left and fresh else _always(width, board), width, page.signs.cut)


def _always(width: int, board: bool) -> list[Run]:
    if width < _DESK_FROM or not board:
        return [("?", "key"), (" help", "muted")]
    return key_runs([("Tab", "next unacked"), ("/", "filter"), (":", "command"), ("?", "help")], width)


def key_runs(pairs: Sequence[tuple[str, str]], width: int) -> list[Run]:
    """Return keys with their words: bright key, one blank, muted verb, three blanks (two below 100)."""
    gap = "   " if width >= _DESK_FROM else "  "
    runs: list[Run] = []
    for key, word in pairs:
        runs += [(gap, "muted")] if runs else []
        runs += [(key, "key"), (f" {word}", "muted")]
    return runs


_HINTS: Final[dict[str, tuple[str, ...]]] = {
    "new": ("a", "t", "e", "s", "r f", "n"),
    "acked": ("t", "e", "w p", "r f", "s 1", "n", "p 1"),
    "active": ("n", "e", "w p", "r f", "s 1", "p 1"),
    "held": ("w w", "t", "n", "e", "r f"),
    "resolved": ("c", "o", "n"),
}


def hints(incident: Incident | None, session: Session, width: int, narrow: int = 6) -> list[Run]:
    """Return the keys that fit a row's state, from the table of keys; at most `narrow` below 100 columns."""
    if session.picks:
        chosen = ["a", "t", "s 1", "r f", "&", "U", ","]
    elif incident is None:
        chosen = ["+", "g 7"]
    else:
        chosen = list(_HINTS.get(incident.state, ("n",)))
    pairs = []
    for keys in chosen[:_MOST_KEYS]:
        binding = BINDINGS[tuple(keys.split(" "))]
        short_word = binding.short or binding.title
        label = label_of(binding) if binding.action else key_label(binding.sequence[0])
        pairs.append((label, short_word))
    if width < _DESK_FROM:
        pairs = pairs[:narrow]
    return key_runs(pairs, width)


_PAGE_HINTS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "triage": (("gt", "timeline"), ("q", "leave")),
    "timeline": (("j k", "scroll"), ("q", "back")),
    "alerts": (("j k", "alert"), ("s", "shelve"), ("q", "back")),
    "help": (("j k", "scroll"), ("q", "back")),
    "detail": (("l", "alerts"), ("gt", "timeline"), ("q", "back")),
}


def page_hints(name: str, incident: Incident | None, session: Session, width: int) -> list[Run]:
    """Return the keys of a page; a detail has those of its incident's state before its own."""
    own = key_runs(_PAGE_HINTS.get(name, ()), width)
    if name != "detail":
        return own
    return [*hints(incident, session, width, 4), ("   " if width >= _DESK_FROM else "  ", "muted"), *own]


def status_line(session: Session, page: Page, mode: str, width: int, about: str = "") -> Line:
    """Return mode, view or filter, shown of open, what is out of view, the sources, and who I am."""
    narrow = width < _DESK_FROM
    gap = "  " if narrow else "   "
    counts = session.board.counts
    left: list[Run] = [(mode, "bright"), (gap if narrow else "    ", "muted")]
    if about:
        left += [(about, "text")]
    elif session.look.text:
        left[-1] = ("   " if not narrow else " ", "muted")
        left += [(f" / {cut_end(session.look.text, width // 3, page.signs.cut)} ", "mark"), (" ", "muted")]
    else:
        left += [
            ("view ", "muted"),
            (session.look.view.key, "bright"),
            ("" if narrow else f" {session.look.view.name}", "text"),
        ]
        left += [(gap, "muted")]
    rows = session.board.shown.all_open
    shown = f"{rows}/{counts.all_open}" if narrow else f"{rows} of {counts.all_open}"
    if not about:
        left += [(shown, "text")]
    if session.board.sort and not about:
        left += [(f"{gap}by {session.board.sort}", "text")]
    out: list[tuple[str, int]] = [("shelved", counts.shelved), ("suppr" if narrow else "suppressed", counts.suppressed)]
    left += [(f"{gap}{name} {number}", "muted") for name, number in out if number]
    left += _sources(session, gap)
    right: list[Run] = []
    if session.muted_until > page.now:
        right += [(f"bell off {short(session.muted_until - page.now)}", "bright"), ("   ", "muted")]
    if session.frozen:
        right += [("frozen", "bright"), ("   ", "muted")]
    right += [(session.me or "me", "bright")]
    return spread(left, right, width, page.signs.cut)


def _sources(session: Session, gap: str) -> list[Run]:
    sources = session.agent.sources if session.agent else ()
    if not sources:
        return []
    good = sum(source.state == "ok" for source in sources)
    role: Role = "muted" if good == len(sources) else "bright"
    return [(f"{gap}sources {good}/{len(sources)}", role)]


def first_band(session: Session, page: Page) -> str:
    """Return what an empty first band says: the clock that runs out next, and whose it is."""
    worst = session.board.worst_clock()
    if worst is None:
        return ""
    due, incident = worst
    return f"next clock {short(due - page.now)}, {incident.resource or number_text(incident.number)}"


def hidden_words(session: Session) -> list[Run]:
    """Return what the filter or the view hides: a P1 or a new one among them is bright."""
    if not (session.look.text or session.look.view.shows):
        return []
    counts, shown = session.board.counts, session.board.shown
    hidden = counts.all_open - shown.all_open
    if not hidden:
        return []
    by = "the filter" if session.look.text else "the view"
    p1, new = counts.open[1] - shown.open[1], counts.all_unacked - shown.all_unacked
    loud: Role = "bright" if p1 or new else "muted"
    return [(f"{hidden} hidden by {by}: ", "muted"), (f"{p1 or 'no'} P1, {new or 'none'} new", loud)]
