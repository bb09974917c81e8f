"""The table of access: every route with every role, cell by cell; and no route beside the table."""

from __future__ import annotations

import re
from typing import Any, Final, get_args

import pytest
from starlette.routing import Route

from noc_tui.server.access import TABLE
from noc_tui.server.app import HANDLERS
from noc_tui.server.contracts import CONTRACTS
from noc_tui.server.gate import Gate
from noc_tui.server.tokens import Role
from tests.architecture.tree import ROOT
from tests.contract.server.house import House, bearer, token

MAY: Final = """
                                    none   viewer   operator   source   admin
GET  /v1/journal                     .       x         x         .        x
POST /v1/commands                    .       .         x         .        x
GET  /v1/snapshot                    .       x         x         .        x
POST /v1/prior                       .       x         x         .        x
GET  /v1/history/{number}            .       x         x         .        x
GET  /v1/incidents                   .       x         x         .        x
GET  /v1/incidents/{incident}        .       x         x         .        x
GET  /v1/search                      .       x         x         .        x
GET  /v1/board                       .       x         x         .        x
GET  /v1/policy                      .       x         x         .        x
GET  /v1/me                          .       x         x         x        x
POST /v1/alerts                      .       .         x         x        x
POST /v1/alerts/alertmanager         .       .         .         x        .
POST /v2/enqueue                     .       .         .         x        .
GET  /metrics                        .       x         x         x        x
GET  /healthz                        x       x         x         x        x
GET  /readyz                         x       x         x         x        x
GET  /openapi.json                   x       x         x         x        x
"""
"""Who may what, as docs/security.md promises it: an x lets in."""

HEADS, *LINES = [line.split() for line in MAY.strip().splitlines()]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
CELLS: Final = [
    (method, path, who, mark == "x") for method, path, *marks in LINES for who, mark in zip(HEADS, marks, strict=True)
]

OPEN: Final = ("/healthz", "/readyz", "/openapi.json")
"""For anyone."""

BODIES: Final[dict[str, Any]] = {
    "/v1/commands": {"sent_at": 1, "commands": []},
    "/v1/prior": {"seq": 0},
    "/v1/alerts": {"source": "probe", "key": "k", "resource": "r", "severity": "minor", "summary": "s"},
    "/v1/alerts/alertmanager": {"version": "4", "status": "firing", "alerts": []},
}


@pytest.mark.parametrize(("method", "path", "who", "may"), CELLS)
async def test_a_cell_of_the_table(served: House, method: str, path: str, who: str, *, may: bool) -> None:
    mine = "" if who == "none" else token(served.store, "somebody", _role(who), "probe" if who == "source" else "")
    place = path.replace("{number}", "1").replace("{incident}", "1")
    body = BODIES.get(path, {})
    if path == "/v2/enqueue":
        payload = {"summary": "s", "source": "r", "severity": "error"}
        body = {"routing_key": mine or "nobody's", "event_action": "trigger", "payload": payload}
    query = {"/v1/board": {"at": "2020-01-01T00:00:00Z"}, "/v1/search": {"q": "fibre"}}.get(path)
    async with served.bare(bearer(mine) if mine else None) as http:
        answer = await http.request(method, place, params=query, json=body if method == "POST" else None)
    if path == "/v2/enqueue":
        assert answer.status_code == (202 if may else 400), answer.text
    elif may:
        assert answer.status_code in (200, 404), answer.text
    else:
        assert (answer.status_code, answer.json()["code"]) == ((401, "token") if who == "none" else (403, "role"))


def _role(who: str) -> Role:
    return next(role for role in ROLES if role == who)


def test_the_table_above_is_the_table() -> None:
    assert tuple(HEADS) == ("none", *ROLES)
    assert sorted((route.method, route.path) for route in TABLE) == sorted((line[0], line[1]) for line in LINES)


def test_the_table_is_documented() -> None:
    document = (ROOT / "docs/security.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([A-Z]+) (/\S+)` \| (\w+) \| (\w+) \| (\w+) \| (\w+) \|$", document, re.MULTILINE)
    documented = [
        (method, path, who, mark == "yes")
        for method, path, *marks in told
        for who, mark in zip(ROLES, marks, strict=True)
    ]
    assert sorted(documented) == sorted(cell for cell in CELLS if cell[2] != "none" and cell[1] not in OPEN)


async def test_every_route_of_the_server_goes_through_a_gate_of_the_table(served: House) -> None:
    assert {route.name for route in TABLE} == HANDLERS.keys() == CONTRACTS.keys()
    routes = served.app.routes
    assert all(isinstance(route, Route) and isinstance(route.app, Gate) for route in routes)
    found = {(route.path, frozenset(route.methods or ())) for route in routes if isinstance(route, Route)}
    assert found == {
        (route.path, frozenset((route.method, "HEAD") if route.method == "GET" else (route.method,))) for route in TABLE
    }


async def test_a_token_that_is_unknown_broken_expired_or_revoked_lets_nobody_in(served: House) -> None:
    gone = token(served.store, "kim")
    served.revoke("kim")
    over = token(served.store, "old", expires_at=served.desk.clock() - 1)
    for sent in ("x", "x.y", gone, over, "Ω.Ω", "a" * 5_000):
        async with served.bare() as http:
            answer = await http.get("/v1/me", headers=[(b"authorization", f"Bearer {sent}".encode())])
        assert (answer.status_code, answer.json()["code"]) == (401, "token")
        assert sent not in answer.text or sent == "x"


async def test_what_is_not_served_is_said_in_the_one_way(served: House) -> None:
    async with served.bare() as http:
        absent, wrong = await http.get("/v1/secrets"), await http.delete("/v1/journal")
    assert (absent.status_code, absent.json()["code"]) == (404, "absent")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "method")
    assert "GET" in wrong.headers["allow"]
