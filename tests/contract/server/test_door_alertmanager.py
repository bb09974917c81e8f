"""`POST /v1/alerts/alertmanager`: what Alertmanager sends is taken, whatever is odd in it."""

from __future__ import annotations

import pytest

from noc_tui.server.limits import Limits
from noc_tui.store.errors import StoreFull
from tests.contract.server.doors import Entrance, broken, overloaded
from tests.contract.server.house import House, house
from tests.unit.sources.test_webhook import group, pushed


@pytest.fixture
def door(served: House) -> Entrance:
    """The door."""
    return Entrance(served, "/v1/alerts/alertmanager")


async def test_from_firing_to_resolved(door: Entrance) -> None:
    async with door.sender("am") as post:
        raised = await post(group(pushed(), pushed(fingerprint="f2", labels={"alertname": "B", "instance": "b:1"})))
        again = await post(group(pushed()))
        cleared = await post(group(pushed(status="resolved", endsAt="2026-11-24T02:00:00Z")))

    assert (raised.status_code, raised.json()) == (200, {"taken": 2, "quarantined": 0})
    assert (again.status_code, cleared.status_code) == (200, 200)
    first, second = door.board()
    assert (first.source, first.resource, first.site, first.severity) == ("am", "core-sw1", "par3", "critical")
    assert (first.alert_count, first.alerts_firing, second.alerts_firing) == (1, 0, 1)
    assert door.rows("SELECT kind, count(*) FROM journal WHERE kind LIKE 'alert.%' GROUP BY kind ORDER BY kind") == [
        ("alert.cleared", 1),
        ("alert.raised", 2),
    ]


async def test_an_odd_alert_is_kept_apart_and_the_answer_is_still_good(door: Entrance) -> None:
    async with door.sender("am") as post:
        answer = await post(group(pushed(), pushed(labels={}), "x", truncatedAlerts=3))

    assert (answer.status_code, answer.json()) == (200, {"taken": 1, "quarantined": 3})
    assert len(door.board()) == 1
    reasons = [reason for _, reason, _ in door.quarantine()]
    assert [source for source, _, _ in door.quarantine()] == ["am"] * 3
    for part in ("no labels", "cannot be read", "left 3 alerts"):
        assert sum(part in reason for reason in reasons) == 1


@pytest.mark.parametrize("body", [b"", b"{nope", b"[]", b"{}", group(pushed())[:-1]])
async def test_what_is_no_webhook_is_refused(door: Entrance, body: bytes) -> None:
    async with door.sender("am") as post:
        refused = await post(body)

    assert (refused.status_code, refused.json()["code"]) == (400, "bad")


async def test_too_much_at_once_and_a_full_disk_are_sent_again(door: Entrance) -> None:
    """After a 429 it would not: only a 5xx makes it try again."""
    async with door.sender("am") as post:
        with overloaded(door.house):
            busy = await post(group(pushed()))
        async with broken(door.house, StoreFull("noc.db")):
            full = await post(group(pushed(), "x"))
        taken = await post(group(pushed()))

    assert (busy.status_code, full.status_code, taken.status_code) == (503, 503, 200)
    assert int(busy.headers["retry-after"]) > 0
    assert int(full.headers["retry-after"]) > 0
    assert len(door.board()) == 1


async def test_it_is_never_told_that_it_comes_too_often(door: Entrance) -> None:
    few = Limits(rate=0.001, burst=1)
    async with (
        house(door.house.store.with_name("rated.db"), few) as rated,
        Entrance(rated, door.path).sender("am") as post,
    ):
        answers = [await post(group(pushed())) for _ in range(5)]

    assert {answer.status_code for answer in answers} == {200}


async def test_a_group_of_thousands_is_taken_whole(door: Entrance) -> None:
    many = [pushed(fingerprint=f"f{number}", labels={"alertname": "A", "x": str(number)}) for number in range(4_000)]
    async with door.sender("am") as post:
        answer = await post(group(*many))

    assert (answer.status_code, answer.json()) == (200, {"taken": 4_000, "quarantined": 0})


@pytest.mark.parametrize("role", ["viewer", "operator", "admin"])
async def test_only_a_source_brings_a_webhook(door: Entrance, role: str) -> None:
    async with door.house.client("bo", role) as bo:  # type: ignore[arg-type]  # each of them is a role
        assert (await bo.http.post(door.path, content=group(pushed()))).status_code == 403
    async with door.house.bare() as nobody:
        assert (await nobody.post(door.path, content=group(pushed()))).status_code == 401
