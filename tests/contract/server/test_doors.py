"""Whatever is sent to a door, it is answered, and never by a fault of ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.contract.desk import sound
from tests.contract.server.house import bearer, house, token
from tests.unit.sources.test_pagerduty import FULL, inside, members
from tests.unit.sources.test_webhook import json_values, names, pushed

native = st.dictionaries(
    st.sampled_from(("source", "key", "severity", "resource", "summary", "state", "starts_at", "labels", "x")),
    st.text() | json_values,
)
webhooks = st.builds(lambda alerts: {"alerts": alerts}, st.lists(st.dictionaries(names, json_values) | json_values))
events = st.builds(
    lambda head, payload: FULL | head | {"payload": FULL["payload"] | payload},
    st.dictionaries(members, json_values),
    st.dictionaries(inside, json_values),
)
anything = st.binary() | st.builds(lambda value: json.dumps(value).encode(), json_values)
bodies = {
    "/v1/alerts": anything | native.map(lambda one: json.dumps(one).encode()),
    "/v1/alerts/alertmanager": anything | webhooks.map(lambda one: json.dumps(one).encode()),
    "/v2/enqueue": anything | events.map(lambda one: json.dumps(one).encode()),
}
good: dict[str, Any] = {
    "/v1/alerts": {"key": "k", "resource": "r"},
    "/v1/alerts/alertmanager": {"alerts": [pushed()]},
    "/v2/enqueue": FULL,
}
ANSWERS = {"/v1/alerts": {200, 400, 403}, "/v1/alerts/alertmanager": {200, 400}, "/v2/enqueue": {202, 400}}


@pytest.mark.parametrize("path", bodies)
async def test_any_body_is_answered_and_the_store_stays_sound(tmp_path: Path, path: str) -> None:
    async with house(tmp_path / "noc.db") as served:
        key = token(served.store, "mon", "source", "mon")
        sent: list[bytes] = []
        collect(bodies[path], sent)
        async with served.bare(bearer(key) | {"x-routing-key": key}) as http:
            for body in sent:
                answer = await http.post(path, content=body.replace(FULL["routing_key"].encode(), key.encode()))
                assert answer.status_code in ANSWERS[path], (body, answer.text)
                assert isinstance(answer.json(), dict)
            assert (await http.post(path, json=good[path] | {"routing_key": key})).is_success
        assert served.told == []
    assert sound(served.store)


def collect(strategy: st.SearchStrategy[bytes], into: list[bytes]) -> None:
    """Put examples of a strategy into a list."""

    @settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
    @given(strategy)
    def each(body: bytes) -> None:
        into.append(body)

    each()
