"""What a set is made of, and what of it differs: told before a large set is acted on (OPERATOR.md 2.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from noc_tui.console.session import Session
from noc_tui.incidents.model import Incident, number_text
from noc_tui.incidents.ordering import is_cleared

_SHOWN = 3
_RARE = 4
"""One in so many, or fewer, are outliers."""


def set_words(session: Session, numbers: Sequence[int]) -> str:
    """Return what a set is made of, what differs first: `36 par3, 1 lon2 differs: INC-020799`.

    Without an outlier by priority, state and site: `59 P1, 842 new, 12 sites; 2301 not cleared`.
    """
    rows = _rows(session, numbers)
    firing = _firing(rows)
    if firing:
        odd = f"{len(firing)} still firing: {_names(firing)}; {len(rows) - len(firing)} cleared"
    elif elsewhere := _elsewhere(rows):
        odd = _by_site(rows, elsewhere)
    else:
        return _made_of(rows, len(numbers))
    urgent = [row for row in rows if row.priority == 1]
    return f"{odd}; {len(urgent)} P1" if urgent else odd


def name_of(session: Session, number: int) -> str:
    """Return number and resource of an incident as sentences name it."""
    row = session.row(number)
    return f"{number_text(number)} {row.resource}".strip() if row else number_text(number)


def _rows(session: Session, numbers: Sequence[int]) -> list[Incident]:
    return [row for number in numbers if (row := session.row(number)) is not None]


def _firing(rows: Sequence[Incident]) -> list[Incident]:
    """The few that still fire, where the others have cleared."""
    firing = [row for row in rows if row.alert_count and not is_cleared(row)]
    return firing if 0 < len(firing) <= len(rows) // _RARE else []


def _elsewhere(rows: Sequence[Incident]) -> list[Incident]:
    """Those at another site than most of them; none where no site has the most."""
    sites = Counter(row.site for row in rows)
    if not sites:
        return []
    common, most = sites.most_common(1)[0]
    return [row for row in rows if row.site != common] if most * 2 > len(rows) else []


def _by_site(rows: Sequence[Incident], elsewhere: Sequence[Incident]) -> str:
    common = Counter(row.site for row in rows).most_common(1)[0][0]
    sites = Counter(row.site or "no site" for row in elsewhere).most_common()
    told = ", ".join(f"{count} {site}" for site, count in sites[:_SHOWN])
    told += f", {len(sites) - _SHOWN} more sites" if len(sites) > _SHOWN else ""
    differs = "differs" if len(elsewhere) == 1 else "differ"
    return f"{len(rows) - len(elsewhere)} {common or 'no site'}, {told} {differs}: {_names(elsewhere)}"


def _names(rows: Sequence[Incident]) -> str:
    more = f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else ""
    return ", ".join(number_text(row.number) for row in rows[:_SHOWN]) + more


def _made_of(rows: Sequence[Incident], total: int) -> str:
    urgent = sum(row.priority == 1 for row in rows)
    new = sum(row.state == "new" for row in rows)
    firing = sum(row.alert_count > 0 and not is_cleared(row) for row in rows)
    sites = {row.site for row in rows if row.site}
    where = next(iter(sites)) if len(sites) == 1 else f"{len(sites)} sites" if sites else ""
    parts = [f"{urgent} P1" if urgent else "", f"{new} new" if new else "", where]
    told = ", ".join(part for part in parts if part) or f"{total} incidents"
    return f"{told}; {firing} not cleared" if firing else told
