"""The page of an incident's alerts: one a line with its life, and of the one under the cursor all that is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from noc_tui.console.detail import LABEL, Known, alert_line
from noc_tui.console.leafing import Leaf
from noc_tui.console.life import Span, ink, life_of, lives_of
from noc_tui.console.paging import Shown, head, indented, lit
from noc_tui.console.row_text import Page
from noc_tui.console.wrapping import wrap
from noc_tui.incidents.durations import in_words, short
from noc_tui.incidents.model import OPEN_STATES, Alert, Incident, Micros
from noc_tui.incidents.times import clock, day_clock
from widgets.line import Line, line_width
from widgets.roles import Role

_LIFE_FROM: Final = 96
"""From so many columns on each alert has its life line beside it."""
_PANEL_FROM: Final = 12
"""From so many lines on the alert under the cursor is told in full below the list."""
_SPANS: Final = 5
"""Times of an alert that are told in words, the newest."""


class AlertsPage:
    """The alerts of one incident, and the lives that were reckoned from its events."""

    def __init__(self) -> None:
        self._leaf = Leaf()
        self._of: Known | None = None
        self._lives: Mapping[str, list[Span]] = {}

    def show(self, incident: Incident, known: Known | None, page: Page, width: int, height: int, at: int) -> Shown:
        """Return the page, the alert at the place `at` lit."""
        alerts = known.alerts if known is not None else ()
        if known is not None and known is not self._of:
            self._of, self._lives = known, lives_of(known.changes)
        count = f"{min(at, len(alerts) - 1) + 1} of {incident.alert_count}" if alerts else f"{incident.alert_count}"
        lines: list[Line] = [head("Alerts", count, incident, page, width), []]
        if not alerts:
            words = "It was logged by hand and has no alerts." if not incident.alert_count else "Reading its alerts."
            return Shown([*lines, [("   ", "muted"), (words, "muted")]])
        self._leaf.at = at = min(at, len(alerts) - 1)
        panel = self._panel(alerts[at], incident, page, width - 6)[: height // 2] if height >= _PANEL_FROM else []
        told = len(panel)
        room = max(1, height - len(lines) - (told + 1 if told else 0))
        shown = self._leaf.view(len(alerts), room, lambda n: [self._line(alerts[n], incident, page, width - 6)])
        found = lit(shown, self._leaf.at, len(lines), page)
        lines += found.lines
        if told:
            lines += [[]]
            lines += indented(panel)
        return Shown(lines, found.states, found.cursor)

    def _line(self, alert: Alert, incident: Incident, page: Page, width: int) -> Line:
        if width < _LIFE_FROM:
            return alert_line(alert, page, width)
        room = min(40, width // 5)
        since, until = _span_of(incident, page)
        role: Role = "text" if alert.firing else "muted"
        life = ink(life_of(alert, self._lives), since, until, room, page.signs, role)
        return [*alert_line(alert, page, width - room - 2), ("  ", "muted"), *life]

    def _panel(self, alert: Alert, incident: Incident, page: Page, width: int) -> list[Line]:
        """Everything known of one alert: what it says, its labels, when it fired."""
        spans = life_of(alert, self._lives)
        since, until = _span_of(incident, page)
        life = ink(spans, since, until, max(8, min(60, width - LABEL - 26)), page.signs, "text")
        begun = clock(since) if page.now - since < 20 * 3_600_000_000 else day_clock(since)
        lines: list[Line] = [
            [(f"{'life':<{LABEL}}", "muted"), (f"{begun}  ", "muted"), *life, ("  now", "muted")],
            *_facts(alert, page, width),
            *_told(spans, page, width),
        ]
        return lines


def _span_of(incident: Incident, page: Page) -> tuple[Micros, Micros]:
    """From its opening to now, or to its end."""
    end = None if incident.state in OPEN_STATES else incident.resolved_at or incident.closed_at
    return incident.opened_at, end or page.now


def _facts(alert: Alert, page: Page, width: int) -> list[Line]:
    labels = [f"{name}={value}" for name, value in alert.labels]
    shelf = (
        f"until {clock(alert.shelved_until)} by {alert.shelved_by}, {alert.shelf_reason}" if alert.shelved_until else ""
    )
    pairs = [
        ("says", alert.summary),
        ("source", f"{alert.source}, key {alert.key}"),
        ("labels", "   ".join(labels)),
        ("address", alert.url),
        ("shelved", shelf),
        ("silenced", alert.suppressed_by),
        ("flapping", f"{alert.toggles} changes" if alert.flapping else ""),
    ]
    lines: list[Line] = []
    for name, value in pairs:
        for row, part in enumerate(wrap(value, width - LABEL, 4, page.signs.cut) if value else ()):
            lines.append([(f"{'' if row else name:<{LABEL}}", "muted"), (part, "text")])
    return lines


def _told(spans: Sequence[Span], page: Page, width: int) -> list[Line]:
    """When it fired, in words, the newest first."""
    if not spans:
        return []
    total = sum((page.now if end is None else end) - begin for begin, end in spans)
    times = "once" if len(spans) == 1 else f"{len(spans)} times"
    lines: list[Line] = [[(f"{'fired':<{LABEL}}", "muted"), (f"{times}, {in_words(total)} in all", "text")]]
    for begin, end in reversed(spans[-_SPANS:]):
        lasted = f"for {short(page.now - begin)}, still firing" if end is None else f"for {short(end - begin)}"
        line: Line = [
            (" " * LABEL, "muted"),
            (f"{day_clock(begin)}  ", "muted"),
            (lasted, "text" if end is None else "muted"),
        ]
        if line_width(line) <= width:
            lines.append(line)
    return lines
