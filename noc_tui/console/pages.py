"""The pages that fill the body instead of the board and scroll as a whole: detail and help; lines for a given size."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from noc_tui.console import detail
from noc_tui.console.detail import Known
from noc_tui.console.paging import indented
from noc_tui.console.row_text import Page
from noc_tui.console.sheets import help_sheet
from noc_tui.console.wrapping import ALL
from noc_tui.incidents.model import Incident
from widgets.line import Line, line_width
from widgets.roles import Run

_FACTS: Final = 47
"""Cells of the facts beside the timeline (LOOK.md section 3)."""
_BESIDE: Final = 96
_UNDER: Final = 40
"""Lines of the timeline under the facts, where there is no room beside them."""


def detail_page(incident: Incident, known: Known | None, page: Page, width: int, height: int) -> list[Line]:
    """Return the whole of an incident: facts left, timeline right; one under the other where it is narrow."""
    fresh = known if known is not None and known.number == incident.number else None
    beside = width >= _BESIDE
    room = _FACTS - 6 if beside else width - 6
    groups = [
        detail.title_lines(incident, fresh, page, room),
        detail.clock_lines(incident, page, room),
        detail.fact_lines(incident, fresh, page, room, ALL),
        detail.alert_lines(incident, fresh, page, room, 12),
        detail.before_lines(fresh, page, room, 5),
        detail.child_lines(fresh, page, room, 12),
        detail.near_lines(incident, fresh, page, room, 5),
    ]
    left: list[Line] = []
    for group in groups:
        if group:
            left += [[], *group] if left else group
    right_room = width - _FACTS - 6 if beside else width - 6
    most = max(len(left), height) if beside else _UNDER
    timeline = detail.timeline_in_full(incident, fresh, page, right_room, most)
    if not beside:
        return indented([*left, [], *timeline])
    return [_beside(left, timeline, y, page) for y in range(max(len(left), len(timeline), height))]


def _beside(left: Sequence[Line], right: Sequence[Line], y: int, page: Page) -> list[Run]:
    runs: list[Run] = [("   ", "muted"), *(left[y] if y < len(left) else [])]
    runs.append((" " * max(0, _FACTS - line_width(runs)), "muted"))
    return [*runs, (page.signs.rule_beside, "rule"), ("  ", "muted"), *(right[y] if y < len(right) else [])]


def help_page(width: int, page: Page, unused: Sequence[str], sought: str = "") -> list[Line]:
    """Return the help sheet, or of its keys those that say a text."""
    return indented(help_sheet(width, page.signs, page.keys, unused, sought))
