"""Triage: what needs attention, one card at a time, with what an operator needs to decide, by single keys.

The questions are the operator's: Who is hit? How bad? Is it real? Why? Seen before? Who is on it? First step?
(LOOK.md section 5). A question without an answer is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from noc_tui.console.detail import Known, wrap
from noc_tui.console.gestures import Gesture
from noc_tui.console.keys import keys_of
from noc_tui.console.row_text import Page, state_word, summary_of
from noc_tui.console.session import Session
from noc_tui.incidents import ordering
from noc_tui.incidents.durations import duration_text, short
from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, number_text
from widgets.line import Line, cut_end, fit, line_width, width_of
from widgets.meter import meter, steps
from widgets.roles import Role, Run

_LABEL: Final = 16
_DECIDE: Final = 44
"""Cells of the column of decisions."""
_WIDE: Final = 110
"""From here on the decisions stand beside the card."""
USUAL: Final = "take"
"""The usual answer, on Enter."""
_DONE_WORDS: Final = {"take": "taken", "ack": "acked", "snooze": "snoozed", "resolve": "resolved", "hold": "held"}


class Triage:
    """One pass through what needs attention, the most urgent first; what arrives meanwhile is queued in its place."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._later: set[int] = set()
        self._done: list[int] = []
        self._verbs: Counter[str] = Counter()
        self.current: int | None = None
        self.advance()

    def queue(self) -> list[int]:
        """Return what still needs a decision, the most urgent first, what was put off at the end."""
        board = self._session.board
        waiting = [
            row
            for row in board.rows.values()
            if row.attention and row.state in OPEN_STATES and board.line_of(row.number) is not None
        ]
        now = self._session.now
        ordered = sorted(waiting, key=lambda row: ordering.sort_key(row, self._session.policy, now))
        ahead = [row.number for row in ordered if row.number not in self._later]
        return ahead + [row.number for row in ordered if row.number in self._later]

    def advance(self) -> None:
        """Go to the most urgent one that was not put off; to those put off when nothing else is left."""
        queue = self.queue()
        self.current = queue[0] if queue else None

    def settled(self, number: int, verb: str) -> None:
        """A decision about the card is durable: count it and go on."""
        if verb in ("note", "undo", "redo"):
            return
        self._verbs[verb] += 1
        if number not in self._done:
            self._done.append(number)
        self._later.discard(number)
        self.catch_up()

    def catch_up(self) -> None:
        """Go on once the board shows that the card in hand was decided, here or by somebody else."""
        row = self._session.row(self.current)
        if self.current in self._done and (row is None or not row.attention):
            self.advance()

    def later(self) -> None:
        """Leave this card as it is for now."""
        if self.current is not None:
            self._later.add(self.current)
            queue = self.queue()
            self.current = next((n for n in queue if n not in self._later), queue[0] if queue else None)

    def back(self) -> None:
        """Go back to the card before: the last one put off, or the last one decided."""
        for number in reversed(self._done):
            if number in self._session.board.rows and number != self.current:
                self.current = number
                return

    def lines(self, known: Known | None, page: Page, width: int, height: int) -> list[Line]:
        """Return the card with its decisions, for a body of this size."""
        row = self._session.row(self.current)
        queue = self.queue()
        if row is None:
            return self._nothing_left(width)
        beside = width >= _WIDE
        room = width - _DECIDE - 9 if beside else width - 4
        fresh = known if known is not None and known.number == row.number else None
        card = [*self._progress(queue, room, page), [], *_card(row, fresh, page, room)]
        card += self._next(queue, page, room, height - len(card) - (0 if beside else 4))
        if not beside:
            return [_indented(line) for line in [*card[: height - 4], [], *_short_decisions(width)]]
        return _side_by_side(card, _decisions(row, self._session, page), room, height, page)

    def progress_words(self) -> str:
        """Return how far one is, for the status line."""
        total = len(self.queue()) + len(self._done)
        return f"needs attention, most urgent first   {min(total, len(self._done) + 1)} of {total}"

    def _nothing_left(self, width: int) -> list[Line]:
        said = ", ".join(f"{count} {_DONE_WORDS.get(verb, verb)}" for verb, count in self._verbs.items())
        lines: list[Line] = [
            [],
            [("Nothing needs attention.", "bright")],
            [(f"Decided: {said}." if said else "Nothing did when you came.", "muted")],
            [],
            [("q", "key"), (" back to the board", "muted")],
        ]
        return [_indented(line) for line in lines]

    def _progress(self, queue: Sequence[int], width: int, page: Page) -> list[Line]:
        total = len(queue) + len(self._done)
        at = min(total, len(self._done) + 1)
        head = f"Triage  {at} of {total}"
        said = "   ".join(f"{count} {_DONE_WORDS.get(verb, verb)}" for verb, count in self._verbs.items())
        said = cut_end(said, max(0, width - len(head) - 2), page.signs.cut)
        gap = " " * max(1, width - len(head) - width_of(said))
        return [
            [("Triage", "bright"), (f"  {at} of {total}", "text"), (gap, "muted"), (said, "muted")],
            steps(at, total, width, page.signs),
        ]

    def _next(self, queue: Sequence[int], page: Page, width: int, most: int) -> list[Line]:
        rest = [number for number in queue if number != self.current]
        if not rest or most < 3:
            return []
        lines: list[Line] = [[], [("Next", "bright"), (f"  {len(rest)} left", "muted")]]
        for number in rest[: min(3, most - 2)]:
            row = self._session.board.rows[number]
            age = short(page.now - row.opened_at)
            head = f"!{row.priority}  {age:>6}  {fit(row.resource, 12, sign=page.signs.cut)}  "
            lines.append([(head, "muted"), (cut_end(row.title, width - len(head), page.signs.cut), "muted")])
        return lines


def _indented(line: Line) -> Line:
    """A line at the left margin; a block begins one cell early so that its text keeps the margin."""
    if not line:
        return []
    block = line[0][1] in ("badge1", "badge2", "mark")
    return [("  " if block else "   ", "muted"), *line]


def _card(row: Incident, known: Known | None, page: Page, width: int) -> list[Line]:
    badge: Role = ("badge1" if row.priority == 1 else "badge2") if row.priority <= 2 else "bright"
    name = number_text(row.number, row.id)
    mark, sign = ("!", page.signs.new) if row.attention else (" ", " ")
    badge = badge if row.attention else "bright"
    head: list[Run] = [(f" {mark}{row.priority} ", badge), (f" {sign} ", "bright")]
    head += [(f"{state_word(row, page.now)}  {short(page.now - row.opened_at)}", "text")]
    head += [(" " * max(1, width + 1 - line_width(head) - len(name)), "muted"), (name, "muted")]
    lines: list[Line] = [head, [], [(row.resource or "no resource", "strong")]]
    for part in wrap(summary_of(row, page.now), width, 2, page.signs.cut):
        lines.append([(part, "bright")])
    lines += [[], *_clocks(row, page, width), []]
    for question, answer, more in _questions(row, known, page):
        lines.append([(f"{question:<{_LABEL}}", "muted"), (cut_end(answer, width - _LABEL, page.signs.cut), "text")])
        if more:
            lines.append(
                [(" " * _LABEL, "muted"), (cut_end(more, width - _LABEL, page.signs.cut), "muted")],
            )
    return lines


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
    labels = dict(known.alerts[0].labels) if known is not None and known.alerts else {}
    asked = [
        ("Who is hit?", *_who_is_hit(row, labels)),
        ("How bad?", f"{row.impact} impact, {row.urgency} urgency = P{row.priority}", _how_many(row)),
        ("Is it real?", *_is_it_real(row, known, page)),
        ("Why?", *_why(row, known, labels)),
        ("Seen before?", *_seen_before(known, page)),
        ("Who is on it?", row.owner or "nobody", f"team {row.team}" if row.team else ""),
        ("First step?", labels.get("runbook", ""), ""),
    ]
    return [(question, answer, more) for question, answer, more in asked if answer]


def _who_is_hit(row: Incident, labels: dict[str, str]) -> tuple[str, str]:
    customers = labels.get("customers") or labels.get("customer") or ""
    tier = labels.get("tier", "")
    where = ", ".join(part for part in (row.service, row.site) if part)
    if customers:
        return f"{customers}{f', {tier}' if tier else ''}", where
    return where, f"{tier} tier" if tier else ""


def _how_many(row: Incident) -> str:
    if row.alert_count <= 1:
        return f"{row.severity}, one alert" if row.alert_count else "logged by hand"
    return f"{row.severity}, {row.alert_count} alerts, {row.alerts_firing} firing"


def _is_it_real(row: Incident, known: Known | None, page: Page) -> tuple[str, str]:
    if row.flapping:
        return f"flapping, {row.toggles} changes", "a shelf keeps it quiet for a while"
    if ordering.is_cleared(row):
        ago = short(page.now - (row.cleared_at or page.now))
        return f"it cleared by itself {ago} ago", "it may come back"
    steady = short(page.now - (row.last_alert_at or row.opened_at))
    sources = {alert.source for alert in known.alerts} if known is not None else set()
    agree = f"{len(sources)} sources agree" if len(sources) > 1 else f"reported by {row.source}" if row.source else ""
    return f"firing, steady for {steady}", agree


def _why(row: Incident, known: Known | None, labels: dict[str, str]) -> tuple[str, str]:
    if row.parent:
        return f"hangs on {number_text(row.parent)}", ""
    for name in ("circuit", "power"):
        if labels.get(name):
            first = _first(known)
            return f"all hang on {name} {labels[name]}", f"first: {first.summary}" if first else ""
    return "", ""


def _first(known: Known | None) -> Alert | None:
    alerts = known.alerts if known is not None else ()
    return min(alerts, key=lambda alert: alert.raised_at or 0, default=None)


def _seen_before(known: Known | None, page: Page) -> tuple[str, str]:
    if known is None or not known.seen_before:
        return "", ""
    past = known.seen_before
    last = past[0]
    took = f", {short(last.resolved_at - last.opened_at)}" if last.resolved_at else ""
    ago = short(page.now - last.updated_at)
    return f"{len(past)} times; last {ago} ago", f"{last.cause or last.resolution_code}{took}"


_SNOOZE: Final = (("1", "15m"), ("2", "30m"), ("3", "1h"), ("4", "4h"), ("8", "8h"), ("u", "until"))
_HOLD: Final = (("c", "customer"), ("p", "provider"), ("m", "monitoring"))
_CODES: Final = (("f", "fixed"), ("w", "workaround"), ("c", "cleared"), ("n", "no fault"), ("x", "false alarm"))


def _decisions(row: Incident, session: Session, page: Page) -> list[Line]:
    def line(key: str, word: str, more: str = "") -> Line:
        return [(f"{key:<8}", "key"), (f"{word:<13}", "text"), (more, "muted")]

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
    lines: list[Line] = [
        [("Decide", "bright")],
        [],
        [],
        [(" Enter ", "mark"), (" ", "text"), (f"{USUAL:<13}", "bright"), ("your usual answer", "muted")],
        [],
        line(keys_of(verb="take"), "take", "work on it now"),
        line(keys_of(verb="ack"), "acknowledge", f"seen, stays with {row.team or 'the team'}"),
        line(keys_of(verb="escalate"), "escalate", f"to {_next_team(row, session)}"),
        line(keys_of(verb="link"), "link", "under another"),
        [],
        *choices(keys_of(verb="snooze"), "snooze", _SNOOZE, 3),
        [],
        *choices(keys_of(verb="hold"), "hold", _HOLD, 1),
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
    first = number_text(gesture.items[0].number)
    return f"{gesture.verb} {first}".strip() if len(gesture.items) == 1 else f"{gesture.verb} {len(gesture.items)}"


def _next_team(row: Incident, session: Session) -> str:
    teams = session.policy.teams
    return teams[row.tier] if row.tier < len(teams) else "a named team"


def _short_decisions(width: int) -> list[Line]:
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
