"""Triage: what needs attention, one card at a time, with what an operator needs to decide, by single keys.

The questions are the operator's: Who is hit? How bad? Is it real? Why? Seen before? Who is on it? First step?
(LOOK.md section 5). A question without an answer is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from enum import Enum
from itertools import islice
from typing import Final

from noc_tui.console.detail import Known, first_label, wrap
from noc_tui.console.gestures import Gesture
from noc_tui.console.keys import keys_of
from noc_tui.console.row_text import Page, state_word, summary_of
from noc_tui.console.session import Session
from noc_tui.incidents import ordering
from noc_tui.incidents.durations import duration_text, short
from noc_tui.incidents.model import Alert, Incident, number_text
from noc_tui.incidents.verbs import VERBS
from widgets.line import Line, cut_end, cut_middle, fit, line_width, width_of
from widgets.meter import meter, steps
from widgets.roles import Role, Run

_LABEL: Final = 16
_DECIDE: Final = 44
"""Cells of the column of decisions."""
_WIDE: Final = 110
"""From here on the decisions stand beside the card."""
USUAL: Final = "take"
"""The usual answer, on Enter."""
_DONE_WORDS: Final = {"ack": "acked", "hold": "held"}
"""Shorter words than the table of verbs has."""
_STAYS: Final = frozenset(
    ("note", "priority", "impact", "urgency", "category", "service", "title", "label", "unlabel", "redo", "unack")
)
"""Verbs that say more of a card and leave it where it is."""


class _Tight(Enum):
    """How a card saves lines: not at all, without blank lines, with each answer on one line as well."""

    NOT = 0
    ONCE = 1
    TWICE = 2


class Triage:
    """One pass through what needs attention, the most urgent first; what arrives meanwhile is queued in its place."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._later: set[int] = set()
        self._passed: list[int] = []
        """The cards that were decided or put off, in the order they were: what `back` goes through."""
        self._done: dict[int, str] = {}
        """The cards that were decided, and by which verb."""
        self.current: int | None = None
        self.advance()

    @property
    def left(self) -> int:
        """How many still need a decision, those put off included."""
        return len(self._session.board.attention)

    def first(self, count: int) -> list[int]:
        """Return the next of what needs a decision, the most urgent first, what was put off at the end."""
        attention = self._session.board.attention
        ahead = list(islice((number for number in attention if number not in self._later), count))
        if len(ahead) < count:
            ahead += islice((number for number in attention if number in self._later), count - len(ahead))
        return ahead

    def advance(self) -> None:
        """Go to the most urgent one that was not put off; when all were, begin another round with them."""
        ahead = self.first(2)
        ahead = [number for number in ahead if number != self.current] or ahead
        if ahead and ahead[0] in self._later:
            self._later.clear()
            self._passed = [number for number in self._passed if number in self._done]
        self.current = ahead[0] if ahead else None

    def settled(self, number: int, verb: str) -> None:
        """A deed about a card is durable: a decision is counted, an undone one is not any more."""
        if verb == "undo":
            self._take_back(number)
        elif verb not in _STAYS:
            self._done[number] = verb
            self._pass(number)
            self._later.discard(number)
            self.catch_up()

    def catch_up(self) -> None:
        """Go on once the board shows that the card in hand was decided, here or by somebody else."""
        row = self._session.row(self.current)
        if self.current in self._done and (row is None or not row.attention):
            self.advance()

    def later(self) -> None:
        """Leave this card as it is for now; from a card one went back to, go forward again."""
        if self.current is None:
            return
        place = self._place()
        if place + 1 < len(self._passed) and self._show(self._passed[place + 1 :]):
            return
        row = self._session.row(self.current)
        if row is not None and row.attention:
            self._later.add(self.current)
        self._pass(self.current)
        self.advance()

    def back(self) -> None:
        """Go back to the card before, put off or decided."""
        self._show(self._passed[: self._place()][::-1])

    def lines(self, known: Known | None, page: Page, width: int, height: int) -> list[Line]:
        """Return the card with its decisions, for a body of this size."""
        row = self._session.row(self.current)
        if row is None:
            return self._nothing_left(width)
        beside = width >= _WIDE
        room = width - _DECIDE - 9 if beside else width - 4
        fresh = known if known is not None and known.number == row.number else None
        keys = [] if beside else [[], *_short_decisions()]
        spare = height - len(keys)
        head = self._progress(room, page)
        card = next(
            card
            for tight in _Tight
            if len(card := [*head, *_card(row, fresh, page, room, tight)]) <= spare or tight is _Tight.TWICE
        )
        card += self._next(page, room, spare - len(card))
        if not beside:
            return [_indented(line) for line in [*card[:spare], *keys]]
        return _side_by_side(card, _decisions(row, self._session, page), room, height, page)

    def progress_words(self) -> str:
        """Return how far one is, for the status line."""
        at, total = self._progress_now()
        return f"needs attention, most urgent first   {at} of {total}"

    def _progress_now(self) -> tuple[int, int]:
        """Return which card this is, and of how many: those passed, and those that still need a decision."""
        attention = self._session.board.attention
        settled = {*self._passed, self.current} - {None}
        total = self.left + sum(number not in attention for number in settled)
        return min(total, self._place() + 1), total

    def _place(self) -> int:
        """How many cards were passed before this one."""
        return self._passed.index(self.current) if self.current in self._passed else len(self._passed)

    def _pass(self, number: int) -> None:
        if number not in self._passed:
            self._passed.append(number)

    def _show(self, numbers: Sequence[int]) -> bool:
        """Go to the first of these cards that is still on the board; says whether there is one."""
        found = next((number for number in numbers if number in self._session.board.rows), None)
        if found is not None:
            self.current = found
        return found is not None

    def _take_back(self, number: int) -> None:
        """The decision about a card was undone: it is open again, and at hand."""
        if self._done.pop(number, None) is not None:
            self._passed.remove(number)
            if number in self._session.board.rows:
                self.current = number

    def _counted(self) -> Iterator[str]:
        """Yield what was decided so far, in words: `4 taken`."""
        for verb, count in Counter(self._done.values()).items():
            yield f"{count} {_DONE_WORDS.get(verb, VERBS[verb].done if verb in VERBS else verb)}"

    def _nothing_left(self, width: int) -> list[Line]:
        said = ", ".join(self._counted())
        lines: list[Line] = [
            [],
            [("Nothing needs attention.", "bright")],
            [(f"Decided: {said}." if said else "Nothing did when you came.", "muted")],
            [],
            [("q", "key"), (" back to the board", "muted")],
        ]
        return [_indented(line) for line in lines]

    def _progress(self, width: int, page: Page) -> list[Line]:
        at, total = self._progress_now()
        head = f"Triage  {at} of {total}"
        said = "   ".join(self._counted())
        said = cut_end(said, max(0, width - len(head) - 2), page.signs.cut)
        gap = " " * max(1, width - len(head) - width_of(said))
        return [
            [("Triage", "bright"), (f"  {at} of {total}", "text"), (gap, "muted"), (said, "muted")],
            steps(at, total, width, page.signs),
        ]

    def _next(self, page: Page, width: int, most: int) -> list[Line]:
        rest = self.left - (self.current in self._session.board.attention)
        if not rest or most < 3:
            return []
        lines: list[Line] = [[], [("Next", "bright"), (f"  {rest} left", "muted")]]
        ahead = [number for number in self.first(most) if number != self.current]
        for number in ahead[: most - 2]:
            row = self._session.board.rows[number]
            age = short(page.now - row.opened_at)
            head = f"!{row.priority}  {age:>6}  {fit(row.resource, 16, cut=cut_middle, sign=page.signs.cut)}  "
            lines.append([(head, "muted"), (cut_end(row.title, width - len(head), page.signs.cut), "muted")])
        return lines


def _indented(line: Line) -> Line:
    """A line at the left margin; a block begins one cell early so that its text keeps the margin."""
    if not line:
        return []
    block = line[0][1] in ("badge1", "badge2", "mark")
    return [("  " if block else "   ", "muted"), *line]


def _card(row: Incident, known: Known | None, page: Page, width: int, tight: _Tight) -> list[Line]:
    blank: list[Line] = [[]] if tight is _Tight.NOT else []
    resource = cut_middle(row.resource or "no resource", width, page.signs.cut)
    lines: list[Line] = [*blank, _card_head(row, page, width), *blank, [(resource, "strong")]]
    for part in wrap(summary_of(row, page.now), width, 1 if tight is _Tight.TWICE else 2, page.signs.cut):
        lines.append([(part, "bright")])
    lines += [*blank, *_clocks(row, page, width), *blank]
    for question, answer, more in _questions(row, known, page):
        if tight is _Tight.TWICE and more:
            answer, more = f"{answer}; {more}", ""
        lines.append([(f"{question:<{_LABEL}}", "muted"), (cut_end(answer, width - _LABEL, page.signs.cut), "text")])
        if more:
            lines.append([(" " * _LABEL, "muted"), (cut_end(more, width - _LABEL, page.signs.cut), "muted")])
    return lines


def _card_head(row: Incident, page: Page, width: int) -> Line:
    badge: Role = ("badge1" if row.priority == 1 else "badge2") if row.priority <= 2 else "bright"
    name = number_text(row.number, row.id)
    mark, sign = ("!", page.signs.new) if row.attention else (" ", " ")
    badge = badge if row.attention else "bright"
    head: list[Run] = [(f" {mark}{row.priority} ", badge), (f" {sign} ", "bright")]
    head += [(f"{state_word(row, page.now)}  {short(page.now - row.opened_at)}", "text")]
    return [*head, (" " * max(1, width + 1 - line_width(head) - len(name)), "muted"), (name, "muted")]


def _clocks(row: Incident, page: Page, width: int) -> list[Line]:
    target = page.policy.target(row.priority)
    clocks = [("Resolve in", row.resolution_due, target.resolution)]
    if row.acked_at is None:
        clocks.insert(0, ("Respond in", row.response_due, target.response))
    lines: list[Line] = []
    for name, due, span in clocks:
        if due is None:
            continue
        left = due - page.now
        role: Role = "late" if left <= 0 else "soon" if left < span // 4 else "text"
        head: list[Run] = [
            (f"{name:<{_LABEL}}", "muted"),
            (f"{short(left):>4}", role),
            (f" of {duration_text(span):<4}", "muted"),
        ]
        room = width - line_width(head) - 2
        ink: Role = "text" if role == "text" else "soon"
        lines.append([*head, ("  ", "muted"), *meter((span - left) / span, room, page.signs, ink)])
    return lines


def _questions(row: Incident, known: Known | None, page: Page) -> list[tuple[str, str, str]]:
    alerts = known.alerts if known is not None else ()
    labels = {name: first_label(alerts, name) for name in ("customers", "customer", "tier", "runbook")}
    asked = [
        ("Who is hit?", *_who_is_hit(row, labels)),
        ("How bad?", f"{row.impact} impact, {row.urgency} urgency = P{row.priority}", _how_many(row)),
        ("Is it real?", *_is_it_real(row, known, page)),
        ("Why?", *_why(row, alerts)),
        ("Seen before?", *_seen_before(known, page)),
        ("Who is on it?", row.owner or "nobody", f"team {row.team}" if row.team else ""),
        ("First step?", labels.get("runbook", ""), ""),
    ]
    return [(question, answer, more) for question, answer, more in asked if answer]


def _who_is_hit(row: Incident, labels: dict[str, str]) -> tuple[str, str]:
    many, name = labels.get("customers", ""), labels.get("customer", "")
    customers = counted(int(many), "customer") if many.isdecimal() and len(many) < 10 else many
    tier = f"{labels['tier']} tier" if labels.get("tier") else ""
    where = ", ".join(part for part in (row.service, row.site) if part)
    told = ", ".join(part for part in (customers, name if name != many else "", tier) if part)
    return (told, where) if customers or name else (where, tier)


def counted(count: int, noun: str) -> str:
    """Return a count with its noun: `1 customer`, `41 customers`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _how_many(row: Incident) -> str:
    if row.alert_count <= 1:
        return f"{row.severity}, one alert" if row.alert_count else "logged by hand"
    return f"{row.severity}, {row.alert_count} alerts, {row.alerts_firing} firing"


def _is_it_real(row: Incident, known: Known | None, page: Page) -> tuple[str, str]:
    if row.flapping:
        return f"flapping, {counted(row.toggles, 'change')}", "a shelf keeps it quiet for a while"
    if ordering.is_cleared(row):
        ago = short(page.now - (row.cleared_at or page.now))
        return f"it cleared by itself {ago} ago", "it may come back"
    steady = short(page.now - (row.last_alert_at or row.opened_at))
    sources = {alert.source for alert in known.alerts} if known is not None else set()
    agree = f"{len(sources)} sources agree" if len(sources) > 1 else f"reported by {row.source}" if row.source else ""
    return f"firing, steady for {steady}", agree


def _why(row: Incident, alerts: Sequence[Alert]) -> tuple[str, str]:
    if row.parent:
        return f"hangs on {number_text(row.parent)}", ""
    first = min(alerts, key=lambda alert: alert.raised_at or 0, default=None)
    for name in ("circuit", "power"):
        values = {dict(alert.labels).get(name, "") for alert in alerts}
        if first is not None and len(values) == 1 and (value := values.pop()):
            return f"all hang on {name} {value}", f"first: {first.resource}, {first.summary}"
    return "", ""


def _seen_before(known: Known | None, page: Page) -> tuple[str, str]:
    if known is None or not known.seen_before:
        return "", ""
    past = known.seen_before
    last = past[0]
    took = f", {short(last.resolved_at - last.opened_at)}" if last.resolved_at else ""
    ago = short(page.now - last.updated_at)
    return f"{counted(len(past), 'time')}; last {ago} ago", f"{last.cause or last.resolution_code}{took}"


_SNOOZE: Final = (("1", "15m"), ("2", "30m"), ("3", "1h"), ("4", "4h"), ("8", "8h"), ("u", "until"))
_HOLD: Final = (("c", "customer"), ("p", "provider"), ("m", "monitoring"))
_CODES: Final = (("f", "fixed"), ("w", "workaround"), ("c", "cleared"), ("n", "no fault"), ("x", "false alarm"))


def _decisions(row: Incident, session: Session, page: Page) -> list[Line]:
    def line(key: str, word: str, more: str = "") -> Line:
        return [(f"{key:<8}", "key"), (f"{word:<13}", "text"), (cut_end(more, _DECIDE - 21, page.signs.cut), "muted")]

    def choices(key: str, word: str, pairs: Sequence[tuple[str, str]], each: int) -> list[Line]:
        found: list[Line] = []
        for start in range(0, len(pairs), each):
            runs: list[Run] = [(f"{key if not found else '':<8}", "key"), (f"{word if not found else '':<13}", "text")]
            for letter, meaning in pairs[start : start + each]:
                runs += [(letter, "key"), (f" {meaning}  ", "muted")]
            found.append(runs)
        return found

    undo = session.gestures.next_undo()
    last = cut_end(_named(undo), 20, page.signs.cut) if undo else "nothing yet"
    hold = (
        [line(keys_of(verb="hold"), "hold", "take it first")]
        if row.state == "new"
        else choices(keys_of(verb="hold"), "hold", _HOLD, 1)
    )
    lines: list[Line] = [
        [("Decide", "bright")],
        [],
        [],
        [(" Enter ", "mark"), (" ", "text"), (f"{USUAL:<13}", "bright"), ("your usual answer", "muted")],
        [],
        line(keys_of(verb="take"), "take", "work on it now"),
        line(
            keys_of(verb="ack"),
            "acknowledge",
            f"seen, stays with {row.team}" if row.team else "seen, not yet worked on",
        ),
        line(keys_of(verb="escalate"), "escalate", f"to {_next_team(row, session)}"),
        line(keys_of(verb="link"), "link", "under another"),
        [],
        *choices(keys_of(verb="snooze"), "snooze", _SNOOZE, 3),
        [],
        *hold,
        [],
        *choices(keys_of(verb="resolve"), "resolve", _CODES, 1),
        [],
        [(f"{'p':<8}", "key"), (f"{'priority':<13}", "text"), ("1 2 3 4 5", "key"), (f"  now {row.priority}", "muted")],
        line(keys_of(verb="note"), "note", "and stay here"),
        [],
        line("j", "later", f"stays {row.state}"),
        line("k", "back", "to the one before"),
        line(keys_of(action="undo"), "undo", last),
        line("q", "leave", "the rest stays"),
    ]
    return lines


def _named(gesture: Gesture) -> str:
    """What an undo would undo, in a few words."""
    items = gesture.items
    of = number_text(items[0].number) if len(items) == 1 else counted(len(items), "incident")
    return f"{gesture.verb} {of}".strip()


def _next_team(row: Incident, session: Session) -> str:
    teams = session.policy.teams
    return teams[row.tier] if row.tier < len(teams) else "a named team"


def _short_decisions() -> list[Line]:
    first = (("Enter", USUAL), ("a", "ack"), ("e", "escalate"), ("s", "snooze"), ("w", "hold"), ("r", "resolve"))
    second = (("p", "priority"), ("n", "note"), ("j", "later"), ("k", "back"), ("u", "undo"), ("q", "leave"))
    return [_pairs(first), _pairs(second)]


def _pairs(pairs: Sequence[tuple[str, str]]) -> Line:
    runs: list[Run] = []
    for key, word in pairs:
        runs += [("  " if runs else "", "muted"), (key, "key"), (f" {word}", "muted")]
    return runs


def _side_by_side(card: Sequence[Line], right: Sequence[Line], room: int, height: int, page: Page) -> list[Line]:
    lines: list[Line] = []
    for y in range(height):
        left = list(card[y]) if y < len(card) else []
        runs: list[Run] = list(_indented(left))
        gap = max(0, room + 5 - line_width(runs))
        runs += [(" " * gap, "muted"), (page.signs.rule_beside, "rule")]
        lines.append([*runs, ("  ", "muted"), *(right[y] if y < len(right) else [])])
    return lines
