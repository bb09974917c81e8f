"""`POST /v2/enqueue`: PagerDuty's Events API v2, so that whatever can page PagerDuty feeds us by another address.

Every answer has the form of theirs, the refusals too: senders look for `status` and `dedup_key`, and show `errors`.
The routing key is a token of role source. Which key it was is nowhere kept: the event is stripped of it first.
"""

from __future__ import annotations

import secrets
from typing import Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from noc_tui.server.access import ROUTES
from noc_tui.server.asking import desk_of
from noc_tui.server.connection import KNOWN
from noc_tui.server.desk import Desk
from noc_tui.server.doors.parsing import parsed
from noc_tui.server.refusing import Refused, json_response
from noc_tui.server.token_file import TokenError
from noc_tui.server.tokens import Identity
from noc_tui.sources.pagerduty import faults, read, report_of
from noc_tui.store.errors import StoreError

_UNKNOWN_KEY: Final = "Invalid routing key"
_THROTTLED: Final = "Requests for this service are arriving too quickly.  Please retry later."
_KEY_HEADER: Final = "x-routing-key"
"""Where some older clients put the routing key."""
_RETRY: Final = {"retry-after": "5"}
"""For a sender that met trouble of ours."""


async def pagerduty(request: Request) -> Response:
    """Take one event in: 202 once it is durable, 400 for what is wrong with it, 429 or 5xx to be sent again."""
    try:
        return await _enqueued(request)
    except Refused as refused:
        return _refused(refused)
    except StoreError as error:
        return _answer(503, "error", str(error), headers=_RETRY)
    except TokenError as error:
        desk_of(request).told(str(error))
        return _answer(503, "error", "The server cannot read its routing keys just now.", headers=_RETRY)


async def _enqueued(request: Request) -> Response:
    desk = desk_of(request)
    event = await parsed(request, read, request.headers.get(_KEY_HEADER, ""))
    if event is None:
        return _answer(400, "Unrecognized object", "Event object format is unrecognized", ["JSON parse error"])
    wrong = faults(event)
    identity = _identity(desk, event.routing_key)
    if identity is None:
        return _invalid(wrong or [_UNKNOWN_KEY])
    if (known := request.scope.get(KNOWN)) is not None:
        known()
    desk.rates.check(identity.name)
    event = event.without_key()
    if wrong:
        await desk.intake.take((), [("; ".join(wrong), msgspec.json.encode(event.fields))], identity.source)
        return _invalid(wrong)
    key = event.key or secrets.token_hex(16)
    if event.action != "acknowledge":  # which is a person's deed, and that person is none of ours
        await desk.intake.take([report_of(event, key, identity.source)], (), identity.source)
    return json_response({"status": "success", "message": "Event processed", "dedup_key": key}, 202)


def _identity(desk: Desk, token: str) -> Identity | None:
    identity = desk.tokens.person(token, desk.clock())
    return identity if identity is not None and ROUTES["pagerduty"].admits(identity) else None


def _invalid(errors: list[str]) -> Response:
    return _answer(400, "invalid event", "Event object is invalid", errors)


def _refused(refused: Refused) -> Response:
    if refused.status == 429:
        return _answer(429, "throttle exceeded", _THROTTLED, headers=refused.headers)
    if refused.status >= 500:
        return _answer(refused.status, "error", str(refused), headers=refused.headers)
    return _answer(refused.status, "invalid event", "Event object is invalid", [str(refused)], refused.headers)


def _answer(
    status: int,
    word: str,
    message: str,
    errors: list[str] | None = None,
    headers: dict[str, str] | None = None,
) -> Response:
    told = {"status": word, "message": message} | ({"errors": errors} if errors else {})
    return json_response(told, status, headers)
