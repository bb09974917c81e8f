"""`POST /v2/enqueue`: PagerDuty's Events API v2, answer for answer."""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import httpx
import pytest
import pytest_asyncio

from noc_tui.incidents.commands import Command
from noc_tui.journal.ids import make_id
from noc_tui.server.limits import Limits
from noc_tui.server.tokens import tokens_of
from noc_tui.store.errors import StoreFull
from tests.contract.server.doors import Entrance, broken, overloaded
from tests.contract.server.house import House, house, token

PROCESSED = {"status": "success", "message": "Event processed"}
INVALID = {"status": "invalid event", "message": "Event object is invalid"}
PAYLOAD = {"summary": "disk at 99%", "source": "db-03", "severity": "critical"}

Send = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def door(served: House) -> Entrance:
    """The door."""
    return Entrance(served, "/v2/enqueue")


@pytest.fixture
def key(served: House) -> str:
    """The routing key of a sender."""
    return token(served.store, "pd", "source", "pd")


@pytest_asyncio.fixture
async def send(door: Entrance, key: str) -> AsyncIterator[Send]:
    """Sends an event of the sender; by default a trigger."""
    async with door.house.bare() as http:

        async def sent(action: str = "trigger", **parts: Any) -> httpx.Response:
            event = {"routing_key": key, "event_action": action, "dedup_key": "k", "payload": PAYLOAD} | parts
            return await http.post("/v2/enqueue", json={k: v for k, v in event.items() if v is not None})

        yield sent


async def test_trigger_and_resolve(door: Entrance, send: Send) -> None:
    raised = await send()
    (incident,) = door.board()
    assert (raised.status_code, raised.json()) == (202, PROCESSED | {"dedup_key": "k"})
    assert raised.headers["content-type"] == "application/json"
    assert (incident.title, incident.resource, incident.severity) == ("disk at 99%", "db-03", "critical")
    assert (incident.source, incident.alerts_firing) == ("pd", 1)

    cleared = await send("resolve", payload=None)
    assert (cleared.status_code, cleared.json()) == (202, PROCESSED | {"dedup_key": "k"})
    assert door.board()[0].alerts_firing == 0


async def test_a_trigger_again_is_a_repeat_and_no_event(door: Entrance, send: Send) -> None:
    for _ in range(5):
        assert (await send()).status_code == 202

    assert door.rows("SELECT count(*) FROM journal") == [(2,)]


async def test_without_a_dedup_key_each_trigger_is_an_alert_of_its_own(door: Entrance, send: Send) -> None:
    keys = [(await send(dedup_key=None)).json()["dedup_key"] for _ in range(2)]

    assert all(re.fullmatch("[0-9a-f]{32}", found) for found in keys)
    assert door.rows("SELECT key FROM alerts ORDER BY key") == [(found,) for found in sorted(keys)]
    await send("resolve", dedup_key=keys[0])
    assert door.board()[0].alerts_firing == 1


@pytest.mark.parametrize("action", ["acknowledge", "resolve"])
async def test_what_nobody_triggered_is_accepted_and_dropped(door: Entrance, send: Send, action: str) -> None:
    answer = await send(action, dedup_key="never", payload=None)

    assert (answer.status_code, answer.json()) == (202, PROCESSED | {"dedup_key": "never"})
    assert door.rows("SELECT count(*) FROM journal") == [(0,)]


async def test_an_acknowledgement_there_is_nobodys_here(door: Entrance, send: Send) -> None:
    await send()
    answer = await send("acknowledge", payload=None)

    assert (answer.status_code, answer.json()) == (202, PROCESSED | {"dedup_key": "k"})
    (incident,) = door.board()
    assert (incident.state, incident.owner, incident.attention) == ("new", "", True)


async def test_a_trigger_after_a_resolve_is_a_new_occurrence(door: Entrance, send: Send) -> None:
    await send()
    await send("resolve")
    await send()

    assert door.rows("SELECT raises FROM alerts") == [(2,)]
    assert door.board()[0].alerts_firing == 1


async def test_a_trigger_after_a_person_resolved_it_calls_for_a_person_again(door: Entrance, send: Send) -> None:
    """Many that page never tell of the end: what they say again has happened again."""
    await send()
    (incident,) = door.board()
    now = door.house.desk.clock()
    resolve = Command(
        id=make_id(now, b"0" * 10), verb="resolve", incident=incident.id, args={"code": "f"}, actor="ana", at=now
    )
    (outcome,) = await door.house.desk.appender.append([resolve])
    assert outcome.ok, outcome

    await send()

    (again,) = door.board()
    assert (again.number, again.state, again.attention, again.reopen_count) == (incident.number, "new", True, 1)


async def test_two_senders_do_not_see_each_others_keys(door: Entrance, send: Send) -> None:
    other = token(door.house.store, "pd2", "source", "pd2")
    await send()
    await send(routing_key=other)
    await send("resolve", routing_key=other)

    assert door.rows("SELECT ref, firing FROM alerts ORDER BY ref") == [("pd2:k", 0), ("pd:k", 1)]


async def test_the_summary_may_be_longer_and_the_severity_anothers(door: Entrance, send: Send) -> None:
    answer = await send(payload=PAYLOAD | {"summary": "s" * 3_000, "severity": "major"})

    assert answer.status_code == 202
    assert door.board()[0].severity == "major"


async def test_what_is_wrong_is_told_in_their_words_and_kept_without_the_key(
    door: Entrance, send: Send, key: str
) -> None:
    answer = await send(payload={"summary": f"s {key}", "severity": "nope"})

    errors = [
        "'payload.source' is missing or blank",
        "'payload.severity' is invalid (must be one of the following: 'critical', 'warning', 'error' or 'info')",
    ]
    assert (answer.status_code, answer.json()) == (400, INVALID | {"errors": errors})
    ((source, reason, body),) = door.quarantine()
    assert (source, reason) == ("pd", "; ".join(errors))
    assert json.loads(body)["payload"] == {"summary": "s ***", "severity": "nope"}
    assert b"routing_key" not in body


async def test_the_routing_key_is_in_no_file_of_the_store(door: Entrance, send: Send, key: str) -> None:
    secret = key.partition(".")[2].encode()
    await send(payload=PAYLOAD | {"custom_details": {"key": key}}, client=key)
    await send(payload=7, dedup_key=f"x{key}")

    files = [path for path in door.house.store.parent.iterdir() if path.name.startswith("noc.db")]
    assert len(files) > 3
    assert [path.name for path in files if secret in path.read_bytes()] == []


@pytest.mark.parametrize("body", [b"", b"{nope", b"[]", b"7", b"\xff", b"{" * 10_000])
async def test_what_is_no_event_is_unrecognized(door: Entrance, body: bytes) -> None:
    async with door.house.bare() as http:
        answer = await http.post("/v2/enqueue", content=body)

    assert (answer.status_code, answer.json()) == (
        400,
        {
            "status": "Unrecognized object",
            "message": "Event object format is unrecognized",
            "errors": ["JSON parse error"],
        },
    )


async def test_a_key_that_lets_nobody_in(door: Entrance, send: Send, key: str) -> None:
    viewer = token(door.house.store, "vi", "viewer")
    old = tokens_of(door.house.store).create("old", "source", "old", 1, 0)
    unknown = {"errors": ["Invalid routing key"]}

    for wrong in ("0" * 32, viewer, old, key[:-1], f"{key}x"):
        answer = await send(routing_key=wrong)
        assert (answer.status_code, answer.json()) == (400, INVALID | unknown)
    tokens_of(door.house.store).revoke("pd")
    assert (await send()).json() == INVALID | unknown
    assert (await send(routing_key=None)).json() == INVALID | {"errors": ["'routing_key' cannot be blank"]}
    assert door.rows("SELECT count(*) FROM journal") == [(0,)]
    assert door.quarantine() == []


async def test_the_key_may_come_in_a_header(door: Entrance, key: str) -> None:
    async with door.house.bare({"x-routing-key": key}) as http:
        answer = await http.post("/v2/enqueue", json={"event_action": "trigger", "payload": PAYLOAD})

    assert answer.status_code == 202
    assert len(door.board()) == 1


async def test_an_event_that_is_too_large_is_refused(send: Send) -> None:
    answer = await send(payload=PAYLOAD | {"custom_details": "x" * 600_000})

    assert answer.status_code == 413
    assert answer.json()["status"] == "invalid event"


async def test_one_of_their_largest_is_taken(door: Entrance, send: Send) -> None:
    answer = await send(payload=PAYLOAD | {"custom_details": {"text": "x" * 511_000}})

    assert answer.status_code == 202
    assert len(door.board()) == 1


async def test_trouble_of_ours_is_sent_again(door: Entrance, send: Send) -> None:
    with overloaded(door.house):
        busy = await send()
    async with broken(door.house, StoreFull("noc.db")):
        full = await send()
    tokens = door.house.store.with_name("noc.db-tokens")
    tokens.chmod(0o644)
    unsafe = await send()
    tokens.chmod(0o600)
    taken = await send()

    assert [answer.status_code for answer in (busy, full, unsafe, taken)] == [503, 503, 503, 202]
    for answer in (busy, full, unsafe):
        assert answer.json().keys() == {"status", "message"}
        assert int(answer.headers["retry-after"]) > 0


async def test_a_sender_that_comes_too_often_is_throttled_in_their_words(door: Entrance) -> None:
    async with (
        house(door.house.store.with_name("rated.db"), Limits(rate=0.001, burst=1)) as rated,
        rated.bare() as http,
    ):
        event = {
            "routing_key": token(rated.store, "pd", "source", "pd"),
            "event_action": "trigger",
            "payload": PAYLOAD,
        }
        first, second = [await http.post("/v2/enqueue", json=event) for _ in range(2)]

    assert (first.status_code, second.status_code) == (202, 429)
    assert second.json() == {
        "status": "throttle exceeded",
        "message": "Requests for this service are arriving too quickly.  Please retry later.",
    }
    assert int(second.headers["retry-after"]) > 0
