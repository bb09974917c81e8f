"""A triage card in words: the operator's questions and the answers, the decisions and their keys.

Who is hit? How bad? Is it real? Why? Seen before? Who is on it? First step? (LOOK.md section 5). A question without an
answer is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Final

from noc_tui.console.detail import Known, first_label, resolution
from noc_tui.console.gestures import Gesture
from noc_tui.console.keymap import Keymap, key_label
from noc_tui.console.row_text import Page, state_word, summary_of
from noc_tui.console.session import Session
from noc_tui.console.triage_answers import beside, first_step, parent_for, usual, why_parent
from noc_tui.console.wrapping import wrap
from noc_tui.incidents import ordering
from noc_tui.incidents.durations import duration_text, short
from noc_tui.incidents.model import Alert, Incident, number_text
from noc_tui.incidents.verbs import VERBS
from widgets.line import Line, cut_end, cut_middle, line_width
from widgets.meter import meter
from widgets.roles import Role, Run

_LABEL: Final = 16
DECIDE: Final = 44
"""Cells of the column of decisions."""


class Tight(Enum):
    """How a card saves lines: not at all, without blank lines, with each answer on one line as well."""

    NOT = 0
    ONCE = 1
    TWICE = 2


def indented(line: Line) -> Line:
    """A line at the left margin; a block begins one cell early so that its text keeps the margin."""
    if not line:
        return []
    block = line[0][1] in ("badge1", "badge2", "mark")
    return [("  " if block else "   ", "muted"), *line]


def card_lines(row: Incident, known: Known | None, page: Page, width: int, tight: Tight, here: str = "") -> list[Line]:
    """Return what an operator needs to decide about an incident: what it is, its clocks, the questions answered."""
    blank: list[Line] = [[]] if tight is Tight.NOT else []
    resource = cut_middle(row.resource or "no resource", width, page.signs.cut)
    lines: list[Line] = [*blank, _card_head(row, page, width), *blank, [(resource, "strong")]]
    for part in wrap(summary_of(row, page.now), width, 1 if tight is Tight.TWICE else 2, page.signs.cut):
        lines.append([(part, "bright")])
    lines += [*blank, *_clocks(row, page, width), *blank]
    for question, answer, more in _questions(row, known, page, here):
        if tight is Tight.TWICE and more:
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
    lead = "" if badge == "bright" else " "  # a block begins one cell early: see `indented`
    head: list[Run] = [(f"{lead}{mark}{row.priority} ", badge), (f" {sign} ", "bright")]
    head += [(f"{state_word(row, page.now)}  {page.told(page.now - row.opened_at)}", "text")]
    return [*head, (" " * max(1, width + len(lead) - line_width(head) - len(name)), "muted"), (name, "muted")]


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
        told = page.told(left)
        role: Role = "late" if left <= 0 else "soon" if left < span // 4 else "text"
        head: list[Run] = [
            (f"{name:<{_LABEL}}", "muted"),
            (" " * (4 - len(told)), "muted"),
            (told, role),
            (f" of {duration_text(span):<4}", "muted"),
        ]
        room = width - line_width(head) - 2
        ink: Role = "text" if role == "text" else "soon"
        lines.append([*head, ("  ", "muted"), *meter((span - left) / span, room, page.signs, ink)])
    return lines


def _questions(row: Incident, known: Known | None, page: Page, here: str) -> list[tuple[str, str, str]]:
    alerts = known.alerts if known is not None else ()
    labels = {name: first_label(alerts, name) for name in ("customers", "customer", "tier")}
    asked = [
        ("Who is hit?", *_who_is_hit(row, labels)),
        ("How bad?", f"{row.impact} impact, {row.urgency} urgency = P{row.priority}", _how_many(row)),
        ("Is it real?", *_is_it_real(row, known, page)),
        ("Why?", *_why(row, alerts, known)),
        ("Seen before?", *_seen_before(known, page)),
        (
            "Who is on it?",
            f"{row.owner or 'nobody'}{f'; {here}' if here else ''}",
            f"team {row.team}" if row.team else "",
        ),
        ("First step?", *first_step(known)),
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
        ago = page.told(page.now - (row.cleared_at or page.now))
        return f"it cleared by itself {ago} ago", "it may come back"
    steady = page.told(page.now - (row.last_alert_at or row.opened_at))
    sources = {alert.source for alert in known.alerts} if known is not None else set()
    agree = f"{len(sources)} sources agree" if len(sources) > 1 else f"reported by {row.source}" if row.source else ""
    return f"firing, steady for {steady}", beside(row, known) or agree


def _why(row: Incident, alerts: Sequence[Alert], known: Known | None) -> tuple[str, str]:
    if row.parent:
        return f"hangs on {number_text(row.parent)}", ""
    parent = parent_for(row, known)
    if parent is not None:
        return f"maybe {number_text(parent.number)}, {parent.resource or parent.title}", why_parent(row, parent)
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
    return f"{counted(len(past), 'time')}; last {ago} ago", f"{resolution(last, known)}{took}"


def decisions(row: Incident, session: Session, page: Page, known: Known | None, height: int) -> list[Line]:
    """Return what can be decided about a card and by which keys, as the table of keys has them."""

    shown = session.keys

    def line(keys: str, more: str, word: str = "") -> Line:
        key, short = shown.hint_of("triage", keys)
        words = f"{word or short:<13}"
        return [(f"{key:<8}", "key"), (words, "text"), (cut_end(more, DECIDE - 21, page.signs.cut), "muted")]

    def choices(prefix: str, each: int) -> list[Line]:
        if height < _TALL:
            letters = " ".join(key_label(one.sequence[-1]) for one in shown.choices_of(prefix) if one.brief)
            return [[*line(prefix, "")[:2], (letters, "key")]]
        pairs = [(key_label(one.sequence[-1]), one.brief) for one in shown.choices_of(prefix) if one.brief]
        found: list[Line] = []
        for start in range(0, len(pairs), each):
            key, word = shown.hint_of("triage", prefix) if not found else ("", "")
            runs: list[Run] = [(f"{key:<8}", "key"), (f"{word:<13}", "text")]
            for letter, meaning in pairs[start : start + each]:
                runs += [(letter, "key"), (f" {meaning}  ", "muted")]
            found.append(runs)
        return found

    undo = session.gestures.next_undo()
    last = cut_end(_named(undo), 20, page.signs.cut) if undo else "nothing yet"
    enter, answer = shown.hint_of("triage", "enter")[0], usual(row)
    parent = parent_for(row, known)
    each = 1 if height >= _ROOMY else 2
    blank: list[Line] = [[]] if height >= _TALL else []
    digits = " ".join(key_label(one.sequence[-1]) for one in shown.choices_of("p"))
    return [
        [("Decide", "bright")],
        [],
        *blank,
        [(f" {enter} ", "mark"), (" ", "text"), (f"{answer.word:<13}", "bright"), _short(answer.why, page)],
        *blank,
        line("t", "work on it now"),
        line("a", f"seen, stays with {row.team}" if row.team else "seen, not yet worked on", VERBS["ack"].title),
        line("e", f"to {_next_team(row, session)}"),
        line("&", "under another"),
        *([line("L", f"under {number_text(parent.number)}")] if parent is not None else []),
        *blank,
        *choices("s", 3),
        *blank,
        *([line("w", "take it first")] if row.state == "new" else choices("w", 1)),
        *blank,
        *choices("r", each),
        *blank,
        *[_field(key, row, page, shown) for key in _FIELDS],
        [*line("p", "")[:2], (digits, "key"), (f"  now {row.priority}", "muted")],
        line("n", "and stay here"),
        *blank,
        line("j", f"stays {row.state}"),
        line("k", "to the one before"),
        line("u", last),
        line("q", "the rest stays"),
    ]


def _named(gesture: Gesture) -> str:
    """What an undo would undo, in a few words."""
    items = gesture.items
    of = number_text(items[0].number) if len(items) == 1 else counted(len(items), "incident")
    return f"{gesture.verb} {of}".strip()


def _next_team(row: Incident, session: Session) -> str:
    teams = session.policy.teams
    return teams[row.tier] if row.tier < len(teams) else "a named team"


_ROOMY: Final = 46
"""From so many lines on each choice has a line of its own."""
_TALL: Final = 34
"""From so many lines on blanks stand between the groups of decisions."""
_FIELDS: Final = {"P": "impact", "U": "urgency", "C": "category", "S": "service", "T": "owner"}
"""The fields of the form, by their keys; the values of most are one more key."""


def _field(key: str, row: Incident, page: Page, keys: Keymap) -> Line:
    """A field of the form: its key, its value now, and the keys of the others."""
    name = _FIELDS[key]
    value = str(getattr(row, name)) or "none"
    label, _ = keys.hint_of("triage", key)
    runs: list[Run] = [(f"{label:<8}", "key"), (f"{name:<13}", "text"), (cut_end(value, 12, page.signs.cut), "text")]
    letters = " ".join(key_label(one.sequence[-1]) for one in keys.choices_of(key, "triage"))
    return [*runs, ("  ", "muted"), (letters, "key")] if letters else runs


def _short(words: str, page: Page) -> Run:
    return cut_end(words, DECIDE - 22, page.signs.cut), "muted"


_FIRST: Final = ("a", "e", "s", "w", "r", "&")
_SECOND: Final = ("P", "U", "C", "S", "T", "p", "n")
_THIRD: Final = ("j", "k", "u", "q")


def short_decisions(keys: Keymap, row: Incident, known: Known | None) -> list[Line]:
    """Return the same on three lines, for a narrow screen."""
    enter = (keys.hint_of("triage", "enter")[0], usual(row).word)
    lines = [[keys.hint_of("triage", at) for at in line] for line in (_FIRST, _SECOND, _THIRD)]
    if parent_for(row, known) is not None:
        lines[2].append(keys.hint_of("triage", "L"))  # the line with room for it
    return [_pairs([enter, *lines[0]]), _pairs(lines[1]), _pairs(lines[2])]


def _pairs(pairs: Sequence[tuple[str, str]]) -> Line:
    runs: list[Run] = []
    for key, word in pairs:
        runs += [("  " if runs else "", "muted"), (key, "key"), (f" {word}", "muted")]
    return runs


def side_by_side(card: Sequence[Line], right: Sequence[Line], room: int, height: int, page: Page) -> list[Line]:
    """Return the card with the decisions beside it."""
    lines: list[Line] = []
    for y in range(height):
        left = list(card[y]) if y < len(card) else []
        runs: list[Run] = list(indented(left))
        gap = max(0, room + 5 - line_width(runs))
        runs += [(" " * gap, "muted"), (page.signs.rule_beside, "rule")]
        lines.append([*runs, ("  ", "muted"), *(right[y] if y < len(right) else [])])
    return lines
