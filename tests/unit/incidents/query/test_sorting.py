"""The order that a query asks for."""

import pytest

from noc_tui.incidents.query import SortBy, fields
from tests.unit.incidents.query.asking import NOW, POOL, asking, incident


@pytest.mark.parametrize(
    ("sort", "fields", "order"),
    [
        ("", [{}, {}, {}], [0, 1, 2]),
        ("sort:p", [{"priority": 3}, {"priority": 1}, {"priority": 2}], [1, 2, 0]),
        ("sort:-p", [{"priority": 3}, {"priority": 1}, {"priority": 2}], [0, 2, 1]),
        ("sort:sev", [{"severity": "minor"}, {"severity": "critical"}], [1, 0]),
        ("sort:st", [{"state": "held"}, {"state": "new"}], [1, 0]),
        ("sort:code", [{}, {"resolution_code": "fixed"}], [1, 0]),
        ("sort:age", [{"opened_at": NOW - 9}, {"opened_at": NOW}], [1, 0]),
        ("sort:-age", [{"opened_at": NOW}, {"opened_at": NOW - 9}], [1, 0]),
        ("sort:first", [{"opened_at": NOW}, {"opened_at": NOW - 9}], [1, 0]),
        ("sort:sla", [{"response_due": NOW}, {}, {"response_due": NOW - 9}], [2, 0, 1]),
        ("sort:-sla", [{"response_due": NOW}, {}, {"response_due": NOW - 9}], [0, 2, 1]),
        ("sort:owner", [{"owner": "bo"}, {"owner": ""}, {"owner": "Ana"}], [2, 0, 1]),
        ("sort:-owner", [{"owner": "bo"}, {"owner": ""}, {"owner": "Ana"}], [0, 2, 1]),
        ("sort:count", [{"alert_count": 3}, {"alert_count": 0}], [1, 0]),
        ("sort:p,-count", [{"priority": 1, "alert_count": 1}, {"priority": 1, "alert_count": 7}], [1, 0]),
    ],
)
def test_incidents_are_put_in_order(sort: str, fields: list[dict[str, object]], order: list[int]) -> None:
    incidents = [incident(number=place, **each) for place, each in enumerate(fields)]
    assert [one.number for one in asking(sort).order(reversed(incidents))] == order


@pytest.mark.parametrize("name", [field.name for field in fields() if field.sorts])
def test_an_order_loses_nothing_and_turns_round(name: str) -> None:
    there, back = asking(f"sort:{name}"), asking(f"sort:-{name}")
    assert back.sort == (SortBy(name, down=True),)
    assert sorted(map(id, there.order(POOL))) == sorted(map(id, back.order(POOL))) == sorted(map(id, POOL))
    assert there.order(back.order(POOL)) == there.order(POOL)
