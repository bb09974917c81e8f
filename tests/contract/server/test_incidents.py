"""What scripts ask: the same shapes as the command line prints, found by the same queries."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from noc_tui.incidents.model import Incident
from noc_tui.incidents.times import iso
from noc_tui.journal.exchange import History, Prior, PriorAsked, heard
from noc_tui.journal.ids import id_text
from noc_tui.journal.wire import INCIDENT_FIELDS
from tests.contract.desk import report
from tests.contract.server.house import Client, House
from tests.contract.server.test_journal import command


async def log(client: Client, title: str) -> bytes:
    """Log an incident; its id."""
    one = command(title=title)
    (outcome,) = (await client.push(one)).outcomes
    assert outcome.ok
    return one.incident


async def found(client: Client, **query: str) -> list[str]:
    """The titles of what is found, in order."""
    shapes: list[dict[str, Any]] = (await client.get("/v1/incidents", **query)).json()
    return [shape["title"] for shape in shapes]


async def test_incidents_are_found_by_a_query_and_sorted(ana: Client) -> None:
    for title in ("Router down", "Fan slow", "Router hot"):
        await log(ana, title)
    assert await found(ana, q="router") == ["Router down", "Router hot"]
    assert await found(ana, sort="age") == ["Router hot", "Fan slow", "Router down"]
    assert len(await found(ana, limit="2")) == 2
    (shape,) = (await ana.get("/v1/incidents", q="fan")).json()
    assert list(shape) == list(INCIDENT_FIELDS)


async def test_a_query_speaks_of_the_tokens_person(served: House, ana: Client) -> None:
    id = await log(ana, "Router down")
    await log(ana, "Fan slow")
    assert (await ana.push(replace(command("take", id), args={}))).outcomes[0].ok
    assert await found(ana, q="@me") == ["Router down"]
    async with served.client("ben") as ben:
        assert await found(ben, q="@me") == []


@pytest.mark.parametrize(
    "query", [{"q": "st:nonsense"}, {"sort": "up"}, {"limit": "-1"}, {"closed": "maybe"}, {"q": "a" * 3_000}]
)
async def test_what_cannot_be_asked_is_refused_in_words(ana: Client, query: dict[str, str]) -> None:
    answer = await ana.get("/v1/incidents", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad")
    assert answer.json()["error"].endswith(".")


async def test_one_incident_is_found_by_number_and_by_id(ana: Client) -> None:
    id = await log(ana, "Router down")
    shapes = [(await ana.get(f"/v1/incidents/{name}")).json() for name in ("1", "INC-000001", "inc-1", id_text(id))]
    assert all(shape == shapes[0] for shape in shapes)
    assert shapes[0]["title"] == "Router down"
    assert [event["kind"] for event in shapes[0]["events"]] == ["incident.created"]
    assert shapes[0]["alerts"] == []


@pytest.mark.parametrize(("name", "status"), [("99", 404), ("nonsense", 400), (id_text(bytes(range(16))), 404)])
async def test_an_incident_that_is_not_there_is_said_to_be_missing(ana: Client, name: str, status: int) -> None:
    answer = await ana.get(f"/v1/incidents/{name}")
    assert answer.status_code == status
    assert name in answer.json()["error"] or status == 400 or "INC-000099" in answer.json()["error"]


async def test_the_board_as_it_was(served: House, ana: Client) -> None:
    await log(ana, "Router down")
    await served.until(lambda: served.desk.tail.head.seq == 1)
    then = served.desk.tail.head.received_at
    await log(ana, "Fan slow")
    past = (await ana.get("/v1/board", at=iso(then))).json()
    assert [shape["title"] for shape in past] == ["Router down"]
    for odd in ("", "nonsense", "2099-01-01T00:00:00Z", "-x"):
        assert (await ana.get("/v1/board", at=odd)).status_code == 400


async def test_a_history_is_to_the_letter(served: House, ana: Client) -> None:
    served.desk.store.ingest([report("k1")])
    history = await ana.value(History, "/v1/history/1")
    stored = await served.desk.reader.whole_timeline(1)
    assert [heard(told) for told in history.events] == stored
    assert history.incident == await served.desk.reader.incident(1)
    assert [alert.key for alert in history.alerts] == ["k1"]
    assert (await ana.get("/v1/history/2")).status_code == 404


async def test_what_was_before_is_told_to_a_follower(served: House, ana: Client) -> None:
    id = await log(ana, "Router down")
    before = await served.desk.reader.incident(1)
    assert isinstance(before, Incident)
    assert (await ana.push(replace(command("ack", id), args={}))).outcomes[0].ok
    answer = await ana.post(PriorAsked(before.changed_seq, (id, bytes(16)), ("sim:none",)), "/v1/prior")
    prior = msgspec.json.decode(answer.content, type=Prior)
    assert prior.incidents == (before,)
    assert prior.alerts == ()


async def test_the_policy_is_as_the_command_line_prints_it(ana: Client) -> None:
    assert "matrix" in (await ana.get("/v1/policy")).json()
