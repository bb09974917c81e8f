"""`POST /v1/alerts`: our own form of an alert, one or many, each answered once it is in the store."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from noc_tui.server.limits import Limits
from noc_tui.store.errors import StoreFull
from tests.contract.server.doors import Entrance, broken, overloaded
from tests.contract.server.house import House, house


@pytest.fixture
def door(served: House) -> Entrance:
    """The door, for a token of role source."""
    return Entrance(served, "/v1/alerts")


def answers(answer: httpx.Response) -> list[dict[str, Any]]:
    """What a 200 says of each alert."""
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["answers"]
    return found


async def test_one_alert_opens_an_incident_under_the_tokens_source(door: Entrance) -> None:
    async with door.sender("mon") as post:
        (first,) = answers(await post(b'{"key":"k1","resource":"sw1","severity":"major","summary":"down"}'))
        (again,) = answers(await post(b'{"key":"k1","resource":"sw1","severity":"major","summary":"down"}'))
        (over,) = answers(await post(b'{"key":"k1","resource":"sw1","state":"cleared"}'))

    assert first == {"alert": "k1", "incident": "INC-000001", "outcome": "opened", "reason": None}
    assert (again["outcome"], over["outcome"]) == ("repeated", "cleared")
    (incident,) = door.board()
    assert (incident.source, incident.resource, incident.alerts_firing) == ("mon", "sw1", 0)


@pytest.mark.parametrize("form", ["array", "lines"])
async def test_many_are_answered_in_their_order_and_odd_ones_kept(door: Entrance, form: str) -> None:
    lines = [b'{"key":"a","resource":"r1"}', b'{"key":7}', b'{"key":"b","resource":"r2"}', b'"x"']
    body = b"[" + b",".join(lines) + b"]" if form == "array" else b"\n".join(lines) + b"\n\n"
    async with door.sender("mon") as post:
        found = answers(await post(body))

    assert [one["alert"] for one in found] == ["a", None, "b", None]
    assert [one["outcome"] for one in found] == ["opened", "quarantined", "opened", "quarantined"]
    assert found[1]["reason"] == "key must be text in quotes."
    assert set(door.quarantine()) == {
        ("mon", "key must be text in quotes.", b'{"key":7}'),
        ("mon", found[3]["reason"], b'"x"'),
    }


async def test_a_source_may_not_report_for_another_and_nothing_of_it_is_taken(door: Entrance) -> None:
    async with door.sender("mon") as post:
        refused = await post(b'[{"key":"a","resource":"r"},{"key":"b","source":"other"}]')
        own = await post(b'{"key":"c","source":"mon"}')

    assert (refused.status_code, refused.json()["code"]) == (403, "source")
    assert own.status_code == 200
    assert len(door.board()) == 1


async def test_an_operator_may_report_under_any_name(door: Entrance) -> None:
    async with door.house.client("bo", "operator") as bo:
        await bo.post({"key": "a"}, "/v1/alerts")
        await bo.post({"key": "b", "source": "other"}, "/v1/alerts")

    assert {incident.source for incident in door.board()} == {"script", "other"}


@pytest.mark.parametrize(
    ("body", "why"), [(b"", "no alert"), (b"\n \n", "no alert"), (b"[]", "no alert"), (b'[{"key":"a"', "cut off")]
)
async def test_a_body_without_alerts_is_refused(door: Entrance, body: bytes, why: str) -> None:
    async with door.sender("mon") as post:
        refused = await post(body)

    assert (refused.status_code, refused.json()["code"]) == (400, "bad")
    assert why in refused.json()["error"]


async def test_a_large_body_is_taken_whole(door: Entrance) -> None:
    alerts = [{"key": f"k{number}", "resource": "r", "labels": {"text": "x" * 300}} for number in range(1_000)]
    async with door.sender("mon") as post:
        found = answers(await post(json.dumps(alerts).encode()))

    assert [one["alert"] for one in found] == [alert["key"] for alert in alerts]


async def test_too_much_at_once_is_to_be_sent_again(door: Entrance) -> None:
    async with door.sender("mon") as post:
        with overloaded(door.house):
            refused = await post(b'{"key":"a"}')

    assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
    assert int(refused.headers["retry-after"]) > 0
    assert door.board() == []


async def test_a_full_disk_is_told_and_the_alert_is_to_be_sent_again(door: Entrance) -> None:
    async with door.sender("mon") as post:
        async with broken(door.house, StoreFull("noc.db")):
            refused = await post(b'{"key":"a"}')
        taken = await post(b'{"key":"a"}')

    assert (refused.status_code, taken.status_code) == (503, 200)
    assert "no room" in refused.json()["error"]


async def test_an_answer_is_given_when_another_process_can_read_what_it_says(door: Entrance) -> None:
    async with door.sender("mon") as post:
        answers(await post(b'{"key":"a"}'))
        assert door.rows("SELECT count(*) FROM alerts") == [(1,)]


async def test_senders_that_come_too_often_are_told(tmp_path: Path) -> None:
    few = Limits(rate=0.001, burst=1)
    async with house(tmp_path / "rated.db", few) as rated, Entrance(rated, "/v1/alerts").sender("mon") as post:
        first, second = await post(b'{"key":"a"}'), await post(b'{"key":"a"}')

    assert (first.status_code, second.status_code) == (200, 429)
