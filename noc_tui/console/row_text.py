"""One incident as one line of the board: columns, signs and emphasis of LOOK.md sections 2 to 4."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Final, NamedTuple

import msgspec

from noc_tui.console.arranging import Arrangement
from noc_tui.console.groups import Figures
from noc_tui.console.keymap import STANDARD, Keymap
from noc_tui.incidents import ordering
from noc_tui.incidents.clocks import next_due, quarter_at
from noc_tui.incidents.durations import coarse, one_unit, short
from noc_tui.incidents.model import DAY, OPEN_STATES, Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.times import clock, day_clock
from widgets.line import Line, cut_end, cut_middle, fit, width_of
from widgets.roles import Role, RowState, Run
from widgets.signs import Signs

WIDE: Final = 96
"""From here on the state is a word and the resource has a column."""
WIDER: Final = 118
"""From here on there are team and last change too."""
ROOMY: Final = 140
"""From here on owner and team have as many cells as a short name needs."""
_LETTERS: Final = {"new": "N", "acked": "A", "active": "W", "held": "H", "resolved": "R"}
_SUMMARY_AT: Final = 55


def _person(width: int) -> int:
    """Cells of an owner and of a team on a board of so many cells."""
    return 8 if width >= ROOMY else 4


class Marks(msgspec.Struct, frozen=True):
    """What the console itself knows of a row: a command under way, a change since the operator looked, who is there."""

    pending: bool = False
    unsent: bool = False
    """What is under way waits for the link."""
    laid: int = 0
    """Differs whenever unfinished commands were laid over the row anew."""
    here: str = ""
    """Who else has it open: `ana`, `ana*` where she writes."""
    unread: bool = False
    swapped: bool = False
    """The block of a P1 that has just arrived, in the other half of its second (LOOK.md 4)."""


class Page(NamedTuple):
    """What all rows of a paint share."""

    now: Micros
    me: str
    policy: Policy
    signs: Signs
    stale: bool = False
    keys: Keymap = STANDARD
    calm: bool = False
    """Whether nobody is at the keys: times and counts are told in coarse steps."""

    def told(self, span: Micros) -> str:
        """Return a time that runs, an age or what is left, in at most four cells; five while it may be old."""
        if self.stale:
            return f"?{one_unit(span)}"
        return coarse(span) if self.calm else short(span)


def version_of(incident: Incident, marks: Marks, page: Page) -> Hashable:
    """Return a token that differs whenever the row would look different."""
    return (incident.changed_seq, _age(incident, page), _clock(incident, page), marks, page.stale)


def _age(incident: Incident, page: Page) -> str:
    return page.told(page.now - incident.opened_at)


def _clock(incident: Incident, page: Page) -> tuple[str, Role]:
    """The clock's text and whether it is soon or late; a paused one says hold."""
    due = next_due(incident)
    if due is None:
        paused = incident.resolution_left is not None and incident.state in OPEN_STATES
        return ("hold" if paused else "", "muted")
    text = page.told(due - page.now)
    if due <= page.now:
        return text, "late"
    quarter = quarter_at(page.policy, incident)
    return text, "soon" if quarter is not None and quarter <= page.now else "muted"


class _Look(NamedTuple):
    """Roles of the parts of a row, by what the row is."""

    badge: Role
    sign: Role
    state: Role
    cells: Role
    resource: Role
    summary: Role


def _look(incident: Incident, page: Page) -> _Look:
    number = incident.priority
    cleared = ordering.is_cleared(incident)
    if incident.attention and not cleared and incident.state in OPEN_STATES:
        badges: tuple[Role, ...] = ("badge1", "badge2", "p3", "p4", "p5")
        dots: tuple[Role, ...] = ("bright", "bright", "p3", "p4", "p5")
        return _Look(badges[number - 1], dots[number - 1], "bright", "text", "strong", "bright")
    if incident.state == "resolved" or ordering.is_snoozed(incident, page.now) or ordering.is_held(incident, page.now):
        return _Look("muted", "muted", "muted", "muted", "muted", "muted")
    badge: Role = "bright" if number <= 2 else "text"
    return _Look(badge, "text", "muted", "muted", "text", "text")


def _sign(incident: Incident, marks: Marks, page: Page) -> str:
    signs = page.signs
    if marks.unsent:
        return signs.unsent
    if marks.pending:
        return signs.cut
    cleared = ordering.is_cleared(incident) and incident.attention
    choices = (
        (cleared, signs.cleared),
        (incident.flapping and not incident.attention, signs.flapping),
        (ordering.is_snoozed(incident, page.now), signs.snoozed),
        (incident.attention and incident.state in OPEN_STATES, signs.new),
        (incident.flapping, signs.flapping),
    )
    return next((sign for applies, sign in choices if applies), " ")


def state_word(incident: Incident, now: Micros) -> str:
    """Return the state as the board says it: new acked active held snoozed cleared resolved."""
    if ordering.is_cleared(incident) and incident.attention:
        return "cleared"
    if ordering.is_snoozed(incident, now) and not incident.attention:
        return "snoozed"
    if incident.state == "held" and not ordering.is_held(incident, now):
        return "acked"
    return incident.state


def _until(at: Micros, now: Micros) -> str:
    return clock(at)[:5] + "Z" if at - now < DAY else day_clock(at)


def summary_of(incident: Incident, now: Micros) -> str:
    """Return what a row says: the title, and what it waits for; flapping is told with its number of changes."""
    text = incident.title
    if incident.flapping:
        text = f"{text}, flapping, {incident.toggles} changes"
    if incident.state == "resolved":
        return f"{text}; {incident.resolution_code}"
    if ordering.is_held(incident, now):
        until = f", {_until(incident.held_until, now)}" if incident.held_until else ""
        return f"{text}; {incident.held_reason}{until}"
    if ordering.is_snoozed(incident, now) and incident.snoozed_until:
        return f"{text}; until {_until(incident.snoozed_until, now)}"
    return text


def _count(incident: Incident, signs: Signs) -> str:
    if incident.alert_count <= 1:
        return ""
    grouped = not incident.group_key.startswith(("resource\x1f", "alone\x1f"))
    return f"{signs.group if grouped else ''}{incident.alert_count}"


def _owner(incident: Incident, page: Page, width: int) -> tuple[str, Role]:
    if incident.owner == page.me and page.me:
        return "me", "bright"
    return cut_end(incident.owner, width, page.signs.cut), "muted"


def state_of(incident: Incident) -> RowState:
    """Return whether the data makes this an alarm row: a P1 that nobody has acknowledged."""
    unacked = incident.attention and not ordering.is_cleared(incident) and incident.state in OPEN_STATES
    return RowState.ALARM if unacked and incident.priority == 1 else RowState.PLAIN


def row(incident: Incident, marks: Marks, page: Page, width: int) -> Line:
    """Return the line of an incident for a board of `width` cells."""
    return _wide(incident, marks, page, width) if width >= WIDE else _narrow(incident, marks, page, width)


def _badge(incident: Incident, look: _Look, marks: Marks) -> Run:
    unacked = incident.attention and not ordering.is_cleared(incident) and incident.state in OPEN_STATES
    swaps = marks.swapped and look.badge == "badge1"
    return (f" {'!' if unacked else ' '}{incident.priority} ", "badge1_swapped" if swaps else look.badge)


def _clock_runs(incident: Incident, page: Page, cells: int, role: Role) -> list[Run]:
    text, kind = _clock(incident, page)
    return [(" " * (cells - width_of(text)), role), (text, kind if kind != "muted" else role)]


def _wide(incident: Incident, marks: Marks, page: Page, width: int) -> Line:
    look, signs = _look(incident, page), page.signs
    person = _person(width)
    owner, owner_role = _owner(incident, page, person)
    unread = signs.changed if marks.unread else " "
    runs: list[Run] = [
        (f" {unread}", "bright"),
        _badge(incident, look, marks),
        (" ", "muted"),
        (_sign(incident, marks, page), look.sign),
        (f" {state_word(incident, page.now):<8}", look.state),
        (f"{_age(incident, page):>5}  ", look.cells),
        *_clock_runs(incident, page, 5, look.cells),
        ("  ", look.cells),
        (fit(owner, person) + "  ", owner_role if look.summary != "muted" or owner_role == "bright" else "muted"),
        (fit(incident.resource, 16, cut=cut_middle, sign=signs.cut), look.resource),
        ("  ", look.summary),
    ]
    count = _count(incident, signs)
    tail: list[Run] = [(f"  {count:>5}  ", "text" if look.resource == "strong" else look.cells)]
    if width >= WIDER:
        tail.insert(0, (f"  {fit(incident.team, person, sign=signs.cut)}", look.cells))
        tail.append((f"{page.told(page.now - incident.updated_at):>4}  ", look.cells))
    room = width - _SUMMARY_AT - (person - 4) - sum(width_of(text) for text, _ in tail)
    return [*runs, *_summary(incident, marks, page, look, room), *tail]


def _summary(incident: Incident, marks: Marks, page: Page, look: _Look, room: int) -> list[Run]:
    """The summary in so many cells; behind it, where it leaves room, who else is at the row."""
    here = f"{page.signs.here}{marks.here}" if marks.here else ""
    if here:
        said = width_of(summary_of(incident, page.now)) + 7 * incident.major
        if said + 2 + width_of(here) <= room:
            left = room - width_of(here)
            return [*_words(incident, page, look, left), (here, "text" if look.summary == "muted" else look.summary)]
    return _words(incident, page, look, room)


def _words(incident: Incident, page: Page, look: _Look, room: int) -> list[Run]:
    if not incident.major:
        return [(fit(summary_of(incident, page.now), room, sign=page.signs.cut), look.summary)]
    text = cut_end(summary_of(incident, page.now), room - 7, page.signs.cut)
    return [(text, look.summary), ("  ", look.summary), ("MAJOR", "p1"), (" " * (room - width_of(text) - 7), "text")]


def _narrow(incident: Incident, marks: Marks, page: Page, width: int) -> Line:
    look, signs = _look(incident, page), page.signs
    owner, owner_role = _owner(incident, page, 3)
    unread = signs.changed if marks.unread else " "
    letter = _LETTERS.get(state_word(incident, page.now), _LETTERS.get(incident.state, " "))
    count = _count(incident, signs)
    room = width - 24 - (len(count) + 3 if count else 1)
    resource = cut_middle(incident.resource, 24, signs.cut)
    summary_room = max(0, room - width_of(resource) - 2)
    runs: list[Run] = [
        (f" {unread}", "bright"),
        _badge(incident, look, marks),
        (" ", "muted"),
        (_sign(incident, marks, page), look.sign),
        (letter, look.state),
        (f"{_age(incident, page):>5}", look.cells),
        *_clock_runs(incident, page, 5, look.cells),
        (" ", look.cells),
        (fit(owner, 3) + " ", owner_role),
        (resource, look.resource),
        ("  ", look.summary),
        *_summary(incident, marks, page, look, summary_room),
    ]
    if count:
        runs.append((f"  {count} ", "text" if look.resource == "strong" else look.cells))
    return runs


class GroupHead(NamedTuple):
    """What the head of a group tells."""

    by: str
    name: str
    figures: Figures
    folded: bool


def group_head(head: GroupHead, page: Page) -> Line:
    """Return the head of a group: the worst priority nobody has looked at as its badge, name, count, unacknowledged."""
    count, unacked, priority, loud = head.figures
    badges: tuple[Role, ...] = ("badge1", "badge2", "p3", "p4", "p5")
    calm: Role = "bright" if priority <= 2 else "text"
    badge: Run = (f" {'!' if loud else ' '}{priority or ' '} ", badges[priority - 1] if loud else calm)
    sign = page.signs.group if head.folded else page.signs.group_open
    runs: list[Run] = [("  ", "muted"), badge, (f" {sign} ", "text"), (_group_name(head), "bright" if loud else "text")]
    runs.append((f"  {count}", "muted"))
    return [*runs, (f"   {unacked} unacked", "text")] if unacked else runs


def _group_name(head: GroupHead) -> str:
    return head.name or f"no {head.by}"


_COLUMNS: Final = {
    "priority": "P",
    "state": "state",
    "age": "age",
    "sla": "sla",
    "owner": "own",
    "resource": "resource",
    "summary": "summary",
    "team": "team",
    "count": "n",
    "updated": "upd",
}
"""What can be sorted by and has a column, with the column's head."""


def heads(width: int, arrangement: Arrangement, signs: Signs) -> Line:
    """Return the line of column heads; those that are sorted by are bright, a sign before them says which way."""
    marks: dict[str, str] = {}
    for field in arrangement.sort.split(","):
        name = field.removeprefix("-")
        down = arrangement.reverse or field != name
        if name in _COLUMNS:
            marks[_COLUMNS[name]] = signs.up if down else signs.down
    runs: list[Run] = []
    at = 0
    for column, name in _columns(width):
        mark = marks.get(name) or marks.get("state" if name == "S" else "")
        runs.append((" " * (column - at - bool(mark)), "muted"))
        runs.append((f"{mark}{name}", "bright") if mark else (name, "muted"))
        at = column + len(name)
    return runs


def _columns(width: int) -> tuple[tuple[int, str], ...]:
    if width < WIDE:
        narrow = ((4, "P"), (7, "S"), (11, "age"), (16, "sla"), (20, "own"), (24, "resource"), (33, "and"))
        return (*narrow, (37, "summary"), (width - 2, "n"))
    wider = _person(width) - 4
    columns = (
        (4, "P"),
        (7, "state"),
        (19, "age"),
        (26, "sla"),
        (31, "own"),
        (37 + wider, "resource"),
        (_SUMMARY_AT + wider, "summary"),
    )
    last = ((width - 19 - wider, "team"), (width - 9, "n"), (width - 5, "upd"))
    return (*columns, *(last if width >= WIDER else ((width - 3, "n"),)))
