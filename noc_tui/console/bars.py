"""The lines around the board that are always true: top bar, news, say line, status (LOOK.md section 3)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo
from typing import Any, Final, NamedTuple

from noc_tui.console import tabs
from noc_tui.console.figures import counted, in_short, is_calm
from noc_tui.console.keymap import Keymap
from noc_tui.console.link import LATE, LIVE, data_age
from noc_tui.console.link_text import fresh, waiting
from noc_tui.console.people import AWAY, WRITING
from noc_tui.console.row_text import Page
from noc_tui.console.session import SAID_FOR, Session
from noc_tui.console.views import CHANGED
from noc_tui.incidents.durations import short
from noc_tui.incidents.model import SECOND, Incident, number_text
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
_PEOPLE: Final = 3
"""Others that the status line names."""
_NUMBERS: Final[tuple[Role, ...]] = ("text", "text", "p3", "p4", "p5")


def margins(width: int) -> tuple[int, int]:
    """Return the left and right margin of all bars."""
    return 3, 3 if width >= _DESK_FROM else 1


def spread(left: Sequence[Run], right: Sequence[Run], width: int, sign: str = "…", margin: int | None = None) -> Line:
    """Return left and right parts at their margins; the left is cut when both do not fit."""
    begin, end = margins(width)
    end = end if margin is None else margin
    indent = begin - _starts_with_block(left)
    room = width - indent - end - line_width(right) - (2 if right else 0)
    shown = _cut(left, room, sign)
    gap = width - indent - end - line_width(shown) - line_width(right)
    return [(" " * indent, "muted"), *shown, (" " * max(0, gap), "muted"), *right, (" " * end, "muted")]


def _starts_with_block(left: Sequence[Run]) -> bool:
    """Whether a block begins the line: it starts one cell early, so that its text keeps the margin."""
    return bool(left) and left[0][1] in ("mark", "badge1", "badge2")


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


class _Fit(NamedTuple):
    """What the top bar still shows; what comes later here is dropped earlier (LOOK.md section 3)."""

    airy: bool = True
    """Wide gaps, each count with a blank on both sides."""
    desk: bool = True
    calm: bool = True
    """`major 0`, which says only that there is none."""
    exact: bool = True
    lowest: int = 5
    """The last priority that is counted: P1 and P2 always are."""
    total: bool = True
    rate: bool = True
    coarse: bool = False
    """Nobody is at the keys: two digits of how many are open will do."""


_LESS: Final[tuple[dict[str, Any], ...]] = (
    {"calm": False},
    {"rate": False},
    {"total": False},
    {"airy": False},
    {"desk": False},
    {"exact": False},
    {"lowest": 4},
    {"lowest": 3},
    {"lowest": 2},
)
"""What is given up in turn until the rest fits: the worst clock and MAJOR never are, nor is a word cut."""


def top_bar(session: Session, page: Page, width: int) -> Line:
    """Return the bar that is always true, without its right end: counts unfiltered, worst clock, majors, the rate."""
    room = width - clock_width(width)
    wide = width >= _RATE_FROM
    fit = _Fit(airy=width >= _DESK_FROM, desk=width >= _DESK_FROM or session.demo, total=wide, rate=wide)
    fit = fit._replace(calm=width >= _DESK_FROM, coarse=page.calm)
    left, right = _top_runs(session, page, fit)
    for less in _LESS:
        if _indent(left, width) + line_width(left) + (line_width(right) + 2 if right else 0) <= room:
            break
        fit = fit._replace(**less)
        left, right = _top_runs(session, page, fit)
    return spread(left, right, room, margin=0)


def _indent(left: Sequence[Run], width: int) -> int:
    return margins(width)[0] - _starts_with_block(left)


def _top_runs(session: Session, page: Page, fit: _Fit) -> tuple[list[Run], list[Run]]:
    gap: Run = ("   " if fit.airy else " ", "muted")
    left: list[Run] = []
    if fit.desk:
        left = [("DEMO", "soon") if session.demo else (session.desk, "muted")]
    for priority in range(1, fit.lowest + 1):
        left += _count(session, priority, fit, first=not left)
    counts = session.board.counts
    if fit.total:
        unacked: Role = "bright" if counts.all_unacked else "muted"
        left += [gap, (_figure(counts.all_unacked, fit), unacked), (f"/{counts.all_open} unacked", "muted")]
    left += _clocks(session, page, gap, fit)
    if counts.major or fit.calm:
        left += [gap, ("MAJOR", "p1") if counts.major else ("major 0", "muted")]
    return left, [*_rate(session, page), (" ", "muted")] if fit.rate else []


def _count(session: Session, priority: int, fit: _Fit, *, first: bool) -> list[Run]:
    counts = session.board.counts
    unacked, open_ = counts.unacked[priority], counts.open[priority]
    if priority == 5 and not unacked:
        return []
    some, all_ = _figure(unacked, fit), counted(open_, calm=True) if fit.coarse else _figure(open_, fit)
    gap: list[Run] = [] if first else [("   " if fit.airy and priority == 1 else " ", "muted")]
    if unacked and priority <= 2:
        return [*gap, (f" P{priority} {some}/{all_} ", "badge1" if priority == 1 else "badge2")]
    number: Role = _NUMBERS[priority - 1] if unacked else "muted"
    pad = "" if first or not fit.airy else " "
    return [*gap, (f"{pad}P{priority} ", "muted"), (some, number), (f"/{all_}{pad}", "muted")]


def _figure(count: int, fit: _Fit) -> str:
    """A count of what needs somebody, exact with nobody at the keys as well; `41k` only where cells are short."""
    return str(count) if fit.exact else in_short(count)


def _clocks(session: Session, page: Page, gap: Run, fit: _Fit) -> list[Run]:
    """How many clocks have run out, and what is left of the one that runs out next."""
    runs: list[Run] = []
    late = session.board.stock.late_count(page.now)
    if late:
        runs += [gap, ("late ", "muted"), (_figure(late, fit), "late")]
    coming = session.board.stock.next_clock(page.now)
    if coming is not None:
        due, incident = coming
        left = due - page.now
        target = page.policy.target(incident.priority)
        span = target.response if incident.state == "new" else target.resolution
        runs += [gap, ("sla ", "muted"), (page.told(left), "soon" if left < span // 4 else "bright")]
    return runs


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
    least = SECOND if is_calm(session) else 0  # `1s` for any age below two is true within a second
    age = session.link.data_age if session.link is not None else data_age(session.agent, session.now)
    if session.agent_word == "lost":
        return [(f" AGENT LOST {short(age) if age is not None else ''} ".replace("  ", " "), "badge2")]
    if session.link is not None:
        return fresh(session.link, least)
    if age is None:
        return [("starting" if session.agent_word else "no agent", "muted")]
    told = short(max(age, least))
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
            left = _with_undo(left, width, page)
        if width < _DESK_FROM:
            return spread(left, [], width, page.signs.cut)
        left += [("     ", "muted")]
    right = [] if left and fresh else _always(width, board, page.keys)
    room = width - sum(margins(width)) - line_width(left) - (line_width(right) + 2 if right else 0)
    return spread([*left, *whole_keys(hints, room)], right, width, page.signs.cut)


def _with_undo(said: Sequence[Run], width: int, page: Page) -> list[Run]:
    """A sentence and the key that takes it back: the sentence gives way."""
    gap = "   " if width >= _DESK_FROM else "  "
    undo: list[Run] = [(gap, "muted"), (page.keys.keys_of(action="undo"), "key"), (" undo", "muted")]
    return [*_cut(said, width - sum(margins(width)) - line_width(undo), page.signs.cut), *undo]


def whole_keys(runs: Sequence[Run], room: int) -> list[Run]:
    """Return as many keys with their words, from the first on, as fit: none is ever cut in the middle."""
    kept: list[Run] = []
    for place, (_, role) in enumerate(runs):
        if role != "key":
            continue
        end = next((at for at in range(place + 1, len(runs)) if runs[at][1] == "key"), len(runs))
        upto = list(runs[:end])
        while upto and not upto[-1][0].strip():
            upto.pop()
        if line_width(upto) > room:
            break
        kept = upto
    return kept


def _always(width: int, board: bool, keys: Keymap) -> list[Run]:
    shown = ("?",) if width < _DESK_FROM or not board else ("tab", "/", ":", "?")
    return key_runs([keys.hint_of("", one) for one in shown], width)


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


def hints(incident: Incident | None, session: Session, width: int) -> list[Run]:
    """Return the keys that fit a row's state, the most useful first, from the table of keys."""
    if session.picks:
        chosen = ["a", "t", "s 1", "r f", "U", ",", "&"]
    elif incident is None:
        chosen = ["+", "g s", "g x"] if session.look.view.is_bare else ["g b", "q", "+"]
        chosen = ["q", "/", "+"] if session.look.text else chosen
    else:
        chosen = list(_HINTS.get(incident.state, ("n",)))
    return key_runs([session.keys.hint_of("board", keys) for keys in chosen[:_MOST_KEYS]], width)


def head_hints(session: Session, width: int) -> list[Run]:
    """Return the keys that fit the head of a group."""
    words = {"detail": "open or fold", "pick_all": "pick all of it", "fold_all": "fold all", "open_all": "open all"}
    return key_runs([(session.keys.keys_of(action=action), said) for action, said in words.items()], width)


_HELP: Final = 8
"""Cells of `? help` and the blanks before it."""
_PAGE_HINTS: Final[dict[str, tuple[str, ...]]] = {
    "triage": ("g t", "q"),
    "timeline": ("j", "f", "/", "]", "q"),
    "alerts": ("j", "s", "/", "]", "q"),
    "near": ("j", "enter", "/", "]", "q"),
    "seen": ("j", "enter", "/", "]", "q"),
    "raw": ("j", "/", "]", "q"),
    "help": ("j", "/", "q"),
    "detail": ("l", "g t", "]", "q"),
    "outbox": ("j", "q"),
    "found": ("j", "enter", "/", "q"),
    "views": ("enter", ">", "<", "r", "s", "x", "q"),
}


def page_hints(name: str, incident: Incident | None, session: Session, width: int) -> list[Run]:
    """Return the keys of a page; a detail has those of its incident's state before its own."""
    own = key_runs([session.keys.hint_of(name, keys) for keys in _PAGE_HINTS.get(name, ())], width)
    if name != "detail":
        return own
    gap: Run = ("   " if width >= _DESK_FROM else "  ", "muted")
    room = width - sum(margins(width)) - line_width(own) - width_of(gap[0]) - _HELP
    verbs = whole_keys(hints(incident, session, width), room)
    return [*verbs, gap, *own] if verbs else own


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
    view = len(left)
    rows, open_ = (counted(count, calm=page.calm) for count in (session.board.shown.all_open, counts.all_open))
    shown = f"{rows}/{open_}" if narrow else f"{rows} of {open_}"
    if not about:
        left += [(shown, "text")]
    if not about and (words := tabs.arranged(session, narrow=narrow)):
        left += [(f"{gap}{words}", "text")]
    if session.board.waiting:
        left += [(f"{gap}{session.board.waiting} {'move' if narrow else 'to move'}", "bright")]
    out: list[tuple[str, int]] = [("shelved", counts.shelved), ("suppr" if narrow else "suppressed", counts.suppressed)]
    left += [(f"{gap}{name} {number}", "muted") for name, number in out if number]
    left += _sources(session, gap)
    right: list[Run] = []
    if session.muted_until > page.now:
        right += [(f"bell off {short(session.muted_until - page.now)}", "bright"), ("   ", "muted")]
    if session.frozen:
        right += [("frozen", "bright"), ("   ", "muted")]
    right += [(f"{word} {count}   ", "bright") for count, word in waiting(session)]
    right += [(session.me or "me", "bright"), *_others(session, narrow)]
    if not about:
        room = width - sum(margins(width)) - line_width(left) - line_width(right) - 2
        left[view:view] = tabs.view_runs(session, width, room, filtered=bool(session.look.text))
    return spread(left, right, width, page.signs.cut)


def _others(session: Session, narrow: bool) -> list[Run]:
    """Who else is there, and at which incident: `ana 20814*` types, `cy idle`; where it is narrow, how many."""
    people = session.people.all()
    if not people:
        return []
    if narrow:
        return [(f" +{len(people)}", "muted")]
    told = [
        f"{one.actor} idle"
        if one.doing == AWAY
        else f"{one.actor}{f' {one.incident}' if one.incident else ''}{'*' if one.doing == WRITING else ''}"
        for one in people[:_PEOPLE]
    ]
    more = [f"+{len(people) - _PEOPLE}"] if len(people) > _PEOPLE else []
    return [(f"   {words}", "muted") for words in (*told, *more)]


def _sources(session: Session, gap: str) -> list[Run]:
    sources = session.agent.sources if session.agent else ()
    if not sources:
        return []
    good = sum(source.state == "ok" for source in sources)
    role: Role = "muted" if good == len(sources) else "bright"
    return [(f"{gap}sources {good}/{len(sources)}", role)]


def first_band(session: Session, page: Page) -> str:
    """Return what an empty first band says: the clock that runs out next among what is shown, and whose it is."""
    coming = session.board.stock.next_clock(page.now)
    if coming is None or session.board.lines.line_of(coming[1].number) is None:
        return ""
    due, incident = coming
    return f"next clock {page.told(due - page.now)}, {incident.resource or number_text(incident.number)}"


_NOTHING: Final[dict[str, str]] = {
    "mine": "Nothing is yours.",
    "unowned": "Nothing is without an owner.",
    "majors": "Nothing is a major.",
    "short of time": "Nothing is short of time.",
    "waiting": "Nothing waits.",
    CHANGED: "Nothing has changed.",
    "cleared": "Nothing has cleared.",
    "all": "Nothing is here.",
    "shelved": "Nothing is shelved.",
    "suppressed": "Nothing is suppressed.",
    "snoozed": "Nothing is snoozed.",
}
"""What a view without a row says, by its name."""


def nothing_words(session: Session) -> str:
    """Return what a board says that a filter or a view leaves without a row; empty while there is one."""
    if len(session.board) or not session.loaded:
        return ""
    if session.look.text:
        return "The filter finds nothing."
    view = session.look.view
    return "" if view.is_bare else _NOTHING.get(view.name, f"View {view.name} has nothing.")


def hidden_words(session: Session) -> list[Run]:
    """Return what the filter or the view hides: a P1 or a new one among them is bright."""
    if session.look.view.is_bare and not session.look.text:
        return []
    counts, shown = session.board.counts, session.board.shown
    hidden = counts.all_open - shown.all_open
    if not hidden:
        return []
    by = "the filter" if session.look.text else "the view"
    p1, new = counts.open[1] - shown.open[1], counts.all_unacked - shown.all_unacked
    loud: Role = "bright" if p1 or new else "muted"
    return [(f"{hidden} hidden by {by}: ", "muted"), (f"{p1 or 'no'} P1, {new or 'none'} new", loud)]
