"""The pages that fill the body instead of the board: detail, timeline, alerts, help; lines for a given size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from noc_tui.console import detail
from noc_tui.console.detail import Known
from noc_tui.console.row_text import Page
from noc_tui.console.sheets import help_sheet
from noc_tui.incidents.model import Incident
from widgets.line import Line, cut_end, cut_middle, line_width
from widgets.roles import RowState, Run

_FACTS: Final = 47
"""Cells of the facts beside the timeline (LOOK.md section 3)."""
_BESIDE: Final = 96


def indented(lines: Sequence[Line]) -> list[Line]:
    """Return lines at the left margin."""
    return [[("   ", "muted"), *line] if line else [] for line in lines]


def detail_page(incident: Incident, known: Known | None, page: Page, width: int, height: int) -> list[Line]:
    """Return the whole of an incident: facts left, timeline right; one under the other where it is narrow."""
    fresh = known if known is not None and known.number == incident.number else None
    beside = width >= _BESIDE
    room = _FACTS - 6 if beside else width - 6
    groups = [
        detail.title_lines(incident, fresh, page, room),
        detail.clock_lines(incident, page, room),
        detail.fact_lines(incident, fresh, page, room, detail.ALL),
        detail.alert_lines(incident, fresh, page, room, 12),
        detail.before_lines(fresh, page, room, 5),
        detail.child_lines(fresh, page, room, 12),
    ]
    left: list[Line] = []
    for group in groups:
        if group:
            left += [[], *group] if left else group
    right_room = width - _FACTS - 6 if beside else width - 6
    timeline: list[Line] = [
        [("Timeline", "bright"), (f"  {incident.revision}", "muted")],
        [],
        *detail.full_timeline(incident, fresh, page, right_room),
    ]
    if not beside:
        return indented([*left, [], *timeline])
    return [_beside(left, timeline, y, page) for y in range(max(len(left), len(timeline), height))]


def _beside(left: Sequence[Line], right: Sequence[Line], y: int, page: Page) -> list[Run]:
    runs: list[Run] = [("   ", "muted"), *(left[y] if y < len(left) else [])]
    runs.append((" " * max(0, _FACTS - line_width(runs)), "muted"))
    return [*runs, (page.signs.rule_beside, "rule"), ("  ", "muted"), *(right[y] if y < len(right) else [])]


def timeline_page(incident: Incident, known: Known | None, page: Page, width: int, _height: int) -> list[Line]:
    """Return an incident's timeline over the whole width."""
    fresh = known if known is not None and known.number == incident.number else None
    head = _head("Timeline", incident.revision, incident, page, width)
    return indented([head, [], *detail.full_timeline(incident, fresh, page, width - 6)])


def _head(name: str, count: int, incident: Incident, page: Page, width: int) -> list[Run]:
    """The first line of a page about one incident: how many of what, its resource, its summary as far as it fits."""
    resource = cut_middle(incident.resource, 32, page.signs.cut)
    head: list[Run] = [(name, "bright"), (f"  {count}   ", "muted"), (resource, "strong"), ("  ", "muted")]
    return [*head, (cut_end(incident.title, max(0, width - 6 - line_width(head)), page.signs.cut), "text")]


def alerts_page(incident: Incident, known: Known | None, page: Page, width: int, _height: int) -> list[Line]:
    """Return an incident's alerts, one a line, below a heading and a blank."""
    fresh = known if known is not None and known.number == incident.number else None
    alerts = fresh.alerts if fresh is not None else ()
    head = _head("Alerts", incident.alert_count, incident, page, width)
    return indented([head, [], *[detail.alert_line(alert, page, width - 6) for alert in alerts]])


def alerts_states(cursor: int) -> Mapping[int, RowState]:
    """Return the look of the alerts page's lines: the one under the cursor is lit."""
    return {cursor + 2: RowState.CURSOR}


def help_page(width: int, page: Page, unused: Sequence[str]) -> list[Line]:
    """Return the help sheet."""
    return indented(help_sheet(width, page.signs, page.keys, unused))
