"""The detail pane: everything known about one incident, in the order of LOOK.md section 3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

import msgspec

from noc_tui.console.row_text import Page, state_word, summary_of
from noc_tui.console.timeline_text import day_lines, event_lines
from noc_tui.console.wrapping import wrap
from noc_tui.incidents.durations import duration_text, short
from noc_tui.incidents.likeness import ties
from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, Micros, number_text
from noc_tui.incidents.text import clean
from noc_tui.journal.envelope import Event
from widgets.line import Line, cut_end, cut_middle, fit, width_of
from widgets.meter import bar, meter
from widgets.roles import Role, Run

_NOTE: Final = 14
"""Cells of an alert's severity, or of who shelved it."""
LABEL: Final = 11
"""Cells of a label in details."""
EARLIER: Final = "earlier history is on the server"


class Known(msgspec.Struct, frozen=True):
    """What was fetched of one incident for its panes; events newest first, alerts the worst first."""

    number: int
    alerts: tuple[Alert, ...] = ()
    events: tuple[Event, ...] = ()
    seen_before: tuple[Incident, ...] = ()
    """Resolved and closed incidents like it, the best match first."""
    resolved_by: dict[int, Event] = {}
    """The event that resolved each of them, where it is here."""
    partly: bool = False
    """Whether more of the past is on the server alone."""
    related: tuple[Incident, ...] = ()
    """Incidents tied to it by cause, resource, service, site or time, the most tied first."""
    changes: tuple[tuple[str, bool, Micros], ...] = ()
    """When its alerts began to fire and were cleared (ref, firing, when), the newest first."""
    children: tuple[Incident, ...] = ()
    parent: Incident | None = None
    revision: int = 0
    """The incident's as it was read."""
    lacks: bool = False
    """Whether earlier events are on the server alone."""
    floor: int = 0
    """The events up to this seq were fetched from there."""
    asked: bool = False
    """Whether what is lacking was asked for."""
    here: str = ""
    """Who else has it open, and who writes on it."""


def title_lines(incident: Incident, known: Known | None, page: Page, width: int) -> list[Line]:
    """Return number and state, who else is there, resource, summary."""
    name = number_text(incident.number, incident.id)
    state = f"P{incident.priority}  {state_word(incident, page.now)}  {page.told(page.now - incident.opened_at)}"
    major: list[Run] = [("MAJOR", "p1"), ("  ", "muted")] if incident.major else []
    gap = width - width_of(name) - width_of(state) - sum(width_of(text) for text, _ in major)
    return [
        [(name, "muted"), (" " * max(2, gap), "muted"), *major, (state, "muted")],
        _here(known, page, width),
        [(cut_middle(incident.resource or "no resource", width, page.signs.cut), "strong")],
        *_bright(wrap(summary_of(incident, page.now), width, 2, page.signs.cut)),
    ]


def _here(known: Known | None, page: Page, width: int) -> Line:
    """Who else is there, on the line that is blank where nobody is."""
    return [(cut_end(known.here, width, page.signs.cut), "bright")] if known is not None and known.here else []


def _bright(parts: Sequence[str]) -> list[Line]:
    return [[(part, "bright")] for part in parts]


def clock_lines(incident: Incident, page: Page, width: int) -> list[Line]:
    """Return the two clocks: what is left of how much, and a meter of the time used."""
    target = page.policy.target(incident.priority)
    lines: list[Line] = []
    if incident.acked_at is not None:
        took = incident.acked_at - incident.opened_at
        met = incident.response_due is None or incident.acked_at <= incident.response_due
        said = f"{'met' if met else 'late'}, {short(took)} of {duration_text(target.response)}"
        lines.append([(f"{'respond':<{LABEL}}", "muted"), (said, "muted" if met else "soon")])
    elif incident.response_due is not None and incident.state in OPEN_STATES:
        lines.append(_running("respond", incident.response_due, target.response, page, width))
    if incident.state in OPEN_STATES:
        if incident.resolution_due is not None:
            lines.append(_running("resolve", incident.resolution_due, target.resolution, page, width))
        elif incident.resolution_left is not None:
            left = f"{short(incident.resolution_left)} of {duration_text(target.resolution)}, on hold"
            lines.append([(f"{'resolve':<{LABEL}}", "muted"), (left, "muted")])
    elif incident.resolved_at is not None:
        lines.append(
            [(f"{'resolved':<{LABEL}}", "muted"), (f"after {short(incident.resolved_at - incident.opened_at)}", "text")]
        )
    return lines


def _running(name: str, due: Micros, span: Micros, page: Page, width: int) -> Line:
    left = due - page.now
    role: Role = "late" if left <= 0 else "soon" if left < span // 4 else "text"
    told = page.told(left)
    of = f" of {duration_text(span)}"
    label = f"{name:<{LABEL}}"
    head: list[Run] = [
        (label, "muted"),
        (" " * (5 - width_of(told)), "muted"),
        (told, role),
        (of, "muted"),
    ]
    room = width - LABEL - 5 - width_of(of) - 3
    used = min(1.0, max(0.0, (span - left) / span))
    bar = meter(used, room, page.signs, "soon" if role != "text" else "text") if room > 5 else []
    return [*head, ("   ", "muted"), *bar]


def fact_lines(incident: Incident, known: Known | None, page: Page, width: int, most: int = 1) -> list[Line]:
    """Return the facts that are there, each on at most `most` lines; an absent one has no line."""
    by = "set by hand" if incident.priority_fixed else ""
    impact = f"{incident.impact} x {incident.urgency} = P{incident.priority}" + (f", {by}" if by else "")
    team = f"; team {incident.team}" if incident.team else ""
    facts = [
        ("owner", f"{_who(incident.owner, page)}{team}"),
        ("impact", impact),
        ("customers", customers_of(known.alerts) if known is not None else ""),
        ("severity", incident.severity if incident.alert_count else ""),
        ("service", incident.service),
        ("site", incident.site),
        ("category", incident.category if incident.category != "other" else ""),
        ("source", incident.source or "logged by hand"),
        ("silenced", incident.suppressed_by),
        ("labels", " ".join(f"#{label}" for label in incident.labels)),
        ("cause", incident.cause),
        ("parent", _parent(incident, known)),
        ("recurs", f"again, after {number_text(incident.recurrence_of)}" if incident.recurrence_of else ""),
        ("reopened", f"{incident.reopen_count} times" if incident.reopen_count > 1 else ""),
        ("runbook", first_label(known.alerts, "runbook") if known is not None else ""),
    ]
    lines: list[Line] = []
    for name, value in facts:
        parts = wrap(value, width - LABEL, most, page.signs.cut) if value else []
        lines += [[(f"{'' if row else name:<{LABEL}}", "muted"), (part, "text")] for row, part in enumerate(parts)]
    return lines


def _who(owner: str, page: Page) -> str:
    return "nobody" if not owner else "me" if owner == page.me else owner


def _parent(incident: Incident, known: Known | None) -> str:
    if not incident.parent:
        return ""
    parent = known.parent if known else None
    return f"{number_text(incident.parent)} {parent.resource if parent else ''}".strip()


def first_label(alerts: Sequence[Alert], name: str) -> str:
    """Return a label's value on the worst alert that has it; empty if none has."""
    found = (value for alert in alerts for label, value in alert.labels if label == name and value)
    return next(found, "")


def customers_of(alerts: Sequence[Alert]) -> str:
    """Return who is hit, as the labels of the worst alerts tell: how many, and who by name; each once."""
    many, name = first_label(alerts, "customers"), first_label(alerts, "customer")
    return ", ".join(dict.fromkeys(part for part in (many, name) if part))


def alert_lines(incident: Incident, known: Known | None, page: Page, width: int, most: int) -> list[Line]:
    """Return the alerts, firing ones first; many are told by their kinds, and the rest is counted."""
    if not incident.alert_count:
        return []
    firing = f"{incident.alerts_firing} firing" if incident.alerts_firing != incident.alert_count else ""
    head = f"Alerts  {incident.alert_count}"
    lines: list[Line] = [
        [
            ("Alerts", "bright"),
            (f"  {incident.alert_count}", "muted"),
            (f"{firing:>{max(0, width - len(head))}}", "muted"),
        ]
    ]
    alerts = known.alerts if known is not None else ()
    if len(alerts) > most:
        told = kind_lines(alerts, page, width, most)
        if told:
            return [*lines, *told, [("all of them  ", "muted"), (page.keys.keys_of(action="alerts"), "key")]]
    for alert in alerts[:most]:
        lines.append(alert_line(alert, page, width))
    more = incident.alert_count - len(lines) + 1
    if known and more > 0:
        lines.append([(f"  {more} more  ", "muted"), (page.keys.keys_of(action="alerts"), "key")])
    return lines


def kind_of(alert: Alert) -> str:
    """Return what kind of alert it is: its name, else what it says."""
    return dict(alert.labels).get("alertname", "") or alert.summary or alert.key


def kind_lines(alerts: Sequence[Alert], page: Page, width: int, most: int) -> list[Line]:
    """Return the kinds of alerts with their counts and bars, the most frequent first; by resource if all are alike.

    Nothing when that would tell no more than the alerts one by one.
    """
    kinds = Counter(kind_of(alert) for alert in alerts)
    lead: list[Line] = []
    if len(kinds) == 1:
        kinds = Counter(alert.resource for alert in alerts)
        lead = [[(cut_end(kind_of(alerts[0]), width, page.signs.cut), "text")]]
    if len(kinds) == len(alerts):
        return []
    ranked = kinds.most_common(most - len(lead))
    name_room = min(20, max(8, width // 2 - 4))
    lines = lead
    for name, count in ranked:
        ink = bar(count / ranked[0][1], width - name_room - 7, page.signs, "text")
        lines.append([(fit(name, name_room, sign=page.signs.cut), "text"), (f"{count:>5}  ", "text"), *ink])
    if len(kinds) > len(ranked):
        lines.append([(f"{len(kinds) - len(ranked)} more kinds", "muted")])
    return lines


def alert_line(alert: Alert, page: Page, width: int) -> Line:
    """Return one alert: sign, where and what, its name where there is room, severity or shelf, how long."""
    sign = page.signs.new if alert.firing else page.signs.cleared
    if alert.flapping:
        sign = page.signs.flapping
    at = alert.raised_at if alert.firing else alert.cleared_at
    age = page.told(page.now - at) if at is not None else ""
    note = f"shelved by {alert.shelved_by}" if alert.shelved_until is not None else ""
    note = note or ("silenced" if alert.suppressed_by else "")
    tail = f"  {fit(note or alert.severity, _NOTE if width > 60 else 8, sign=page.signs.cut)} {age:>4}"
    name = dict(alert.labels).get("alertname", "")
    if name and alert.summary and width >= 90:
        tail = f"  {fit(name, 18, sign=page.signs.cut)}{tail}"
    what = alert.summary or name or alert.key
    role: Role = "text" if alert.firing else "muted"
    runs: list[Run] = [(f"{sign} ", role)]
    if alert.resource and width > 60:
        runs.append((fit(alert.resource, 16, cut=cut_middle, sign=page.signs.cut) + "  ", role))
    room = width - sum(width_of(text) for text, _ in runs) - width_of(tail)
    return [*runs, (fit(what, room, sign=page.signs.cut), role), (tail, "muted")]


def before_lines(known: Known | None, page: Page, width: int, most: int) -> list[Line]:
    """Return earlier incidents of the same resource or group: when, how they ended, who."""
    if known is None or not known.seen_before:
        return []
    lines: list[Line] = [[("Seen before", "bright"), (f"  {len(known.seen_before)}  ", "muted"), *_key(page, "seen")]]
    for past in known.seen_before[:most]:
        at = past.resolved_at or past.updated_at
        took = f", {short(at - past.opened_at)}" if past.resolved_at else ""
        text = f"{resolution(past, known)}{took}"
        who = cut_end(past.owner or "auto", 12, page.signs.cut)
        head = f"{number_text(past.number)}  {short(page.now - at):>4}  "
        room = width - len(head) - width_of(who) - 2
        lines.append([(head, "muted"), (fit(text, room, sign=page.signs.cut), "text"), (f"  {who}", "muted")])
    return lines


def child_lines(known: Known | None, page: Page, width: int, most: int) -> list[Line]:
    """Return what hangs on this incident."""
    if known is None or not known.children:
        return []
    lines: list[Line] = [[("Hangs on it", "bright"), (f"  {len(known.children)}", "muted")]]
    for child in known.children[:most]:
        head = f"{number_text(child.number)}  "
        text = f"{child.resource} {child.title}"
        lines.append([(head, "muted"), (fit(text, width - len(head), sign=page.signs.cut), "text")])
    return lines


def near_lines(incident: Incident, known: Known | None, page: Page, width: int, most: int) -> list[Line]:
    """Return what is tied to it just now by more than time: number, what they have in common, what it says."""
    tied = [(other, ties(incident, other)) for other in known.related] if known is not None else []
    close = [(other, words[0]) for other, words in tied if words and words[0] != "near in time"]
    if not close:
        return []
    lines: list[Line] = [[("Near it", "bright"), (f"  {len(close)}  ", "muted"), *_key(page, "near")]]
    for other, word in close[:most]:
        head = f"{number_text(other.number)}  {fit(word, 13)}  "
        text = f"{other.resource} {other.title}"
        lines.append([(head, "muted"), (fit(text, width - len(head), sign=page.signs.cut), "text")])
    return lines


def _key(page: Page, action: str) -> list[Run]:
    return [(page.keys.keys_of(action=action), "key")]


def resolution(past: Incident, known: Known | None) -> str:
    """Return what resolved an incident: the cause, else the note of whoever resolved it, else the code."""
    event = known.resolved_by.get(past.number) if known is not None else None
    note = str(event.data.get("note") or "") if event is not None else ""
    return clean(past.cause or note or past.resolution_code or past.state)


def timeline_lines(incident: Incident, known: Known | None, page: Page, width: int, most: int) -> list[Line]:
    """Return the newest events: time, who, what."""
    key = page.keys.keys_of(action="timeline")
    head = f"Timeline  {incident.revision}"
    tail: list[Run] = [(" " * max(1, width - len(head) - len(key) - 4), "muted"), (key, "key"), (" all", "muted")]
    lines: list[Line] = [[("Timeline", "bright"), (f"  {incident.revision}", "muted"), *tail]]
    for event in (known.events if known else ())[:most]:
        lines += event_lines(event, page, width, incident, full=False)
    if known is not None and known.lacks and len(known.events) < most:
        lines.append([(cut_end(EARLIER, width, page.signs.cut), "muted")])
    return lines


def timeline_in_full(incident: Incident, known: Known | None, page: Page, width: int, height: int) -> list[Line]:
    """Return the newest events with all their words, oldest first, as many as so many lines hold, below a heading.

    Days between them are named; earlier ones are counted, with the key that shows all.
    """
    key = page.keys.keys_of(action="timeline")
    events = known.events if known is not None else ()
    blocks: list[list[Line]] = []
    room = height - 3
    for at, event in enumerate(events):
        earlier = events[at + 1] if at + 1 < len(events) else None
        block = [*day_lines(event, earlier), *event_lines(event, page, width, incident, full=True)]
        if room < len(block) and blocks:
            break
        blocks.append(block)
        room -= len(block)
    lines: list[Line] = [line for block in reversed(blocks) for line in block]
    lead: list[Line] = [[("Timeline", "bright"), (f"  {incident.revision}", "muted")]]
    left = incident.revision - sum(bool(event.seq) for event in events[: len(blocks)])
    if known is not None and known.lacks and len(blocks) == len(events):
        lead.append([(cut_end(EARLIER, width, page.signs.cut), "muted"), ("  ", "muted"), (key, "key")])
    elif left > 0 and events:
        lead.append([(f"{left} earlier  ", "muted"), (key, "key")])
    else:
        lead.append([])
    return [*lead, *lines]


def pane(incident: Incident, known: Known | None, page: Page, width: int, height: int) -> list[Line]:
    """Return the whole pane beside the board: groups with one blank between, cut to the height."""
    fresh = known if known is not None and known.number == incident.number else None
    groups = [
        title_lines(incident, fresh, page, width),
        clock_lines(incident, page, width),
        fact_lines(incident, fresh, page, width),
        alert_lines(incident, fresh, page, width, 6),
        before_lines(fresh, page, width, 3),
        child_lines(fresh, page, width, 4),
        near_lines(incident, fresh, page, width, 3),
        timeline_lines(incident, fresh, page, width, max(3, height - 30)),
    ]
    lines: list[Line] = []
    for group in groups:
        if group:
            lines += [[], *group] if lines else group
    return _fitting(lines, height, page)


def _fitting(lines: list[Line], height: int, page: Page) -> list[Line]:
    """The lines that fit; the last of them says that there are more, and the key that shows them."""
    if len(lines) <= height or height < 1:
        return lines[: max(0, height)]
    return [*lines[: height - 1], [(f"{page.signs.cut} more  ", "muted"), (page.keys.keys_of(action="detail"), "key")]]


def below(incident: Incident, known: Known | None, page: Page, width: int, height: int) -> list[Line]:
    """Return the pane under the board: three columns at 3, 42 and 80 (LOOK.md section 3)."""
    fresh = known if known is not None and known.number == incident.number else None
    name, here, *title = title_lines(incident, fresh, page, 36)
    first = [name, *title, here, *clock_lines(incident, page, 36)]
    first += [[], *fact_lines(incident, fresh, page, 36)]
    second = alert_lines(incident, fresh, page, 36, 3)
    for group in (before_lines(fresh, page, 36, 2), child_lines(fresh, page, 36, 2)):
        second += [[], *group] if second and group else group
    third = timeline_lines(incident, fresh, page, width - 80 - 3, height - 1)
    first, second = _fitting(first, height, page), _fitting(second, height, page)
    return [
        [*_cell(first, y, 3, 42), *_cell(second, y, 0, 38), *_cell(third, y, 0, width - 80 - 3)] for y in range(height)
    ]


def _cell(lines: Sequence[Line], y: int, indent: int, width: int) -> list[Run]:
    runs: list[Run] = [(" " * indent, "muted")] if indent else []
    runs += lines[y] if y < len(lines) else []
    used = sum(width_of(text) for text, _ in runs)
    return [*runs, (" " * max(0, width - used), "muted")]
