"""The description of the server in OpenAPI 3.1, made of the table of access and of the contracts."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from noc_tui import __version__
from noc_tui.server.access import TABLE, Route
from noc_tui.server.contracts import CONTRACTS, Answer, Contract, Parameter, Refusal
from noc_tui.server.refusing import JSON

_REFERENCE: Final = "#/components/schemas/{name}"
_REFUSALS: Final = {
    400: "The request cannot be understood.",
    401: "A token is missing, unknown, expired or revoked.",
    403: "The token's role may not do this.",
    408: "The body did not come in time.",
    413: "The body is too large.",
    415: "The body is sent compressed.",
    429: "Requests come too fast.",
    503: "It cannot be done just now.",
}
"""What a route may answer instead, by status."""


async def openapi(request: Request) -> Response:
    """Answer the description."""
    return Response(_encoded(), media_type=JSON)


@cache
def _encoded() -> bytes:
    return msgspec.json.encode(description())


def description() -> dict[str, Any]:
    """Return the description of all routes."""
    kinds = [Refusal, *(kind for contract in CONTRACTS.values() for kind in _kinds(contract))]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=_REFERENCE)
    reference = dict(zip(map(repr, kinds), schemas, strict=True))
    paths: dict[str, dict[str, Any]] = {}
    for route in TABLE:
        operation = _operation(route, CONTRACTS[route.name], reference)
        paths.setdefault(route.path, {})[route.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "noc-tui", "version": __version__, "description": "Incidents of a NOC, and their journal."},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer", "description": "ID.SECRET"}},
        },
    }


def _kinds(contract: Contract) -> list[Any]:
    kinds = [answer.kind for answer in contract.answers.values()]
    return [kind for kind in (contract.body, *kinds) if kind is not None]


def _operation(route: Route, contract: Contract, reference: dict[str, Any]) -> dict[str, Any]:
    body = reference[repr(contract.body)] if contract.body is not None else contract.body_schema
    answers = {str(status): _answer(answer, reference) for status, answer in contract.answers.items()}
    for status, says in _REFUSALS.items():
        if not (route.open and status in (401, 403)):
            answers.setdefault(str(status), _answer(Answer(says, Refusal), reference))
    operation: dict[str, Any] = {
        "operationId": route.name,
        "summary": contract.says,
        "responses": answers,
        "parameters": [_parameter(parameter) for parameter in contract.parameters],
        "security": [] if route.open or route.keyed else [{"token": []}],
    }
    if route.roles:
        operation["description"] = f"For {', '.join(sorted(route.roles))}."
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {JSON: {"schema": body}}}
    return operation


def _answer(answer: Answer, reference: dict[str, Any]) -> dict[str, Any]:
    schema = reference[repr(answer.kind)] if answer.kind is not None else answer.schema
    return {"description": answer.says, "content": {answer.media: {"schema": schema}}}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "description": parameter.says,
        "schema": parameter.schema,
    }
