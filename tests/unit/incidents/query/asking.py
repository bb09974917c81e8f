"""What the tests of the filter language ask of, and the incidents that they look through."""

import random
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from noc_tui.incidents.model import CATEGORIES, HOUR, LEVELS, MINUTE, SEVERITIES, STATES, Incident
from noc_tui.incidents.query import Compiled, QueryContext, compile_query
from noc_tui.incidents.query.fields import FIELDS
from noc_tui.incidents.query.flags import FLAGS
from noc_tui.incidents.times import parse_rfc3339

NOW = parse_rfc3339("2026-11-24T03:12:44Z")
"""A Tuesday; 04:12:44 in Paris."""
PARENTS = frozenset((1, 2, 3, 7))
"""Incidents on which others hang."""
CONTEXT = QueryContext(me="ana", now=NOW, zone=ZoneInfo("Europe/Paris"), parents=lambda: PARENTS)


def asking(text: str) -> Compiled:
    """The query, compiled."""
    return compile_query(text, CONTEXT)


def finds(text: str, **fields: object) -> bool:
    """Whether the query finds an incident with these fields."""
    return asking(text).predicate(incident(**fields))


def incident(**fields: object) -> Incident:
    """An incident with these fields."""
    known: dict[str, object] = {"id": b"\0" * 14 + b"\x3f\x9a", "number": 42, "opened_at": NOW, **fields}
    return Incident(**known)  # type: ignore[arg-type]  # the fields are named by the tests


_NAMES = ("", "ana", "Bo", "t1")
_PLACES = ("", "pe07.par3", "PE01.lon1", "Straße 7", "core net")
_TITLES = ("core BGP down", "power lost, no redundancy", "PSU b failed")
_MOMENTS = (None, *range(NOW - 3 * HOUR, NOW + 3 * HOUR, 20 * MINUTE))
_FEW = (0, 0, 1, 2, 3)
_CHOICES: dict[str, Sequence[object]] = {
    "number": range(51),
    "title": _TITLES,
    "state": STATES,
    "attention": (True, False),
    "priority": range(1, 6),
    "impact": LEVELS,
    "urgency": LEVELS,
    "severity": SEVERITIES,
    "category": CATEGORIES,
    "major": (True, False),
    "flapping": (True, False),
    "tier": (1, 2, 3),
    "opened_at": _MOMENTS[1:10],
    "updated_at": range(NOW - 20 * MINUTE, NOW, MINUTE),
    "resolution_code": ("", "fixed", "no fault found"),
    "labels": ((), ("ana",), ("t1", "Bo")),
    **dict.fromkeys(("service", "resource", "site", "cause"), _PLACES),
    **dict.fromkeys(("owner", "team", "source"), _NAMES),
    **dict.fromkeys(("level", "parent", "recurrence_of", "reopen_count"), _FEW),
    **dict.fromkeys(("alert_count", "alerts_firing", "alerts_shelved", "alerts_suppressed"), _FEW),
    **dict.fromkeys(("last_alert_at", "resolved_at", "closed_at", "response_due", "resolution_due"), _MOMENTS),
    **dict.fromkeys(("snoozed_until", "shelved_until", "held_until"), _MOMENTS),
}


def _pool() -> Iterator[Incident]:
    chance = random.Random(7)
    for _ in range(200):
        yield incident(**{name: chance.choice(values) for name, values in _CHOICES.items()})


POOL = tuple(_pool())
"""Incidents of every kind, the same in every run."""

EXAMPLES = (
    *(field.example for field in FIELDS),
    *(f"is:{flag.name}" for flag in FLAGS),
    *("core", "Bgp", "bgp*down", "*", "4", "inc-42", "INC-0000", "~3f", '"power lost"', "stras*7", "@bo", "#t1"),
    *("p:1..3", "p<3", "p!=2", "st:new,acked,held", "st:new", "sev<major", "impact:high,low", "type:other"),
    *("age>1h", "age>2h", "age:1h..2h", "age<20m", "changed<5m", "sla<0", "sla>1h", "sla:-1h..1h", "tier:1"),
    *("owner:none", "owner:*", "owner:me,bo", "owner!=bo", "team:t*", "res:pe", "res:pe0", "res=pe07.par3"),
    *("site:*par*", "label:none", "label:a*,t1", "first:today", "first:-2h..-1h", "last:..now", "count:1..2"),
    *('res~"^pe0"', 'title~"b[gf]p|psu"', "label~a", "has:owner", "has:parent", "has:label", "has:code", "has:alerts"),
    *("number>10", "number>20", "parent:none", "resolved:-1h..", "code:none", "major:no", "mine:yes", "svc=none"),
)
"""Queries of every kind that ask one thing."""

QUERIES = st.recursive(
    st.sampled_from(EXAMPLES),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(" ".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({' OR '.join(parts)})"),
        inner.map(lambda part: f"-({part})"),
        inner.map(lambda part: f"NOT ({part} AND {part})"),
    ),
    max_leaves=5,
)
"""Queries of every kind; none is an error."""
