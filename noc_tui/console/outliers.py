"""Which of a set differ from the rest: they are named first before a large set is acted on (OPERATOR.md 2.2)."""

from __future__ import annotations

from collections.abc import Sequence

from noc_tui.console.session import Session
from noc_tui.incidents.model import Incident, number_text
from noc_tui.incidents.ordering import is_cleared

_SHOWN = 3


def outliers(session: Session, numbers: Sequence[int]) -> list[Incident]:
    """Return those of a set that differ most from the rest: still firing among cleared ones, or at another site."""
    rows = [row for number in numbers if (row := session.row(number)) is not None]
    firing = [row for row in rows if row.alert_count and not is_cleared(row)]
    if 0 < len(firing) <= len(rows) // 4:
        return firing
    sites: dict[str, list[Incident]] = {}
    for row in rows:
        sites.setdefault(row.site, []).append(row)
    common = max(sites.values(), key=len, default=[])
    if len(common) * 2 <= len(rows):
        return []
    return [row for row in rows if row.site != common[0].site][:_SHOWN]


def name_of(session: Session, number: int) -> str:
    """Return number and resource of an incident as sentences name it."""
    row = session.row(number)
    return f"{number_text(number)} {row.resource}".strip() if row else number_text(number)
