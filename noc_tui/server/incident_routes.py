"""What scripts and panes ask: incidents found, one incident, the board as it was, an incident's history, the policy."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import partial

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from noc_tui.incidents.listing import SORT_NAMES, in_order
from noc_tui.incidents.model import Incident, Micros, number_text
from noc_tui.incidents.policy import Policy, policy_to
from noc_tui.incidents.query import Compiled, QueryContext, QueryError, compile_query
from noc_tui.incidents.times import TimeError, parse_time
from noc_tui.journal.exchange import Cursor, History, PriorAsked, told
from noc_tui.journal.ids import id_from_text
from noc_tui.journal.wire import alert_json, event_json, incident_json, incidents_json
from noc_tui.server.asking import bad, body_as, desk_of, flag_in, identity_of, number_in
from noc_tui.server.desk import Desk
from noc_tui.server.refusing import JSON, Refused, json_response
from noc_tui.server.zipping import zipped
from noc_tui.store.history import LARGEST, MOST, ClosedIncidents, TooLarge
from noc_tui.store.past_board import past_board
from noc_tui.store.prior import prior_of

ALERTS = 100_000
"""More alerts than one incident ever gathers."""
_FAR = 1 << 62
_QUERY = 2_048
"""Characters of a query at most."""
SECONDS = 5.0
"""How long a question to the history may take."""
_EASTMOST = 1_080
"""Minutes that a zone is from UTC at most; the largest in use are 14 hours."""


async def incidents(request: Request) -> Response:
    """Answer what the board would show, as `noc-tui list --json` does."""
    desk, query = desk_of(request), request.query_params
    now, policy = desk.clock(), await asyncio.to_thread(desk.store.policy)
    asked = _query_of(request, now, policy)
    sort = query.get("sort", "")
    if sort and sort not in SORT_NAMES:
        raise bad(f"sort is one of {', '.join(SORT_NAMES)}.")
    limit = number_in(query, "limit", 1 << 62)
    only = query.get("closed") == "only"
    every = only or flag_in(query, "closed")
    if asked is not None and asked.query.at is not None:
        raise bad("at: looks back, and this is the board of now: ask /v1/board, with at beside q.")
    over = await _over(desk, asked, limit, sort) if every else []
    states = () if only else ("new", "acked", "active", "held", "resolved")
    found = [incident async for chunk in desk.reader.incidents_where(states=states) for incident in chunk]
    make = partial(_listed, found, over, policy, now, _Wanted(asked, sort, every, limit))
    return await zipped(request, await asyncio.to_thread(make), JSON)


async def _over(desk: Desk, asked: Compiled | None, limit: int, sort: str) -> list[Incident]:
    """What has left the board, as much of it as is asked for."""
    history = ClosedIncidents(desk.store.path, SECONDS)
    try:
        async with desk.looking_back:
            return await asyncio.to_thread(history.find, asked, min(limit, LARGEST if limit < _FAR else MOST), sort)
    except TooLarge:
        raise bad(f"The history was not looked through within {SECONDS:g} s: ask for less of it, or fewer.") from None


async def incident(request: Request) -> Response:
    """Answer one incident with its alerts and its timeline, as `noc-tui show --json` does."""
    desk = desk_of(request)
    found = await _found(desk, request.path_params["incident"])
    shape = incident_json(found)
    shape["events"] = [event_json(event) for event in await desk.reader.whole_timeline(found.number)]
    shape["alerts"] = [alert_json(alert) for alert in await desk.reader.alerts(found.number, ALERTS)]
    return json_response(shape)


async def board(request: Request) -> Response:
    """Answer the board as it was, as `noc-tui board --at --json` does."""
    desk, now = desk_of(request), desk_of(request).clock()
    try:
        at = parse_time(request.query_params.get("at", ""), now, UTC, "past")
    except TimeError as error:
        raise bad(f"{error}.") from None
    if at > now:
        raise bad("at has not come yet; the board is known up to now.")
    _query_of(request, at, Policy())  # what is mistyped is told before anything is read
    async with desk.folding:
        rows, policy = await past_board(desk.reader, at)
    asked = _query_of(request, at, policy)
    make = partial(_listed, rows, [], policy, at, _Wanted(asked))
    return await zipped(request, await asyncio.to_thread(make), JSON)


async def history(request: Request) -> Response:
    """Answer all that the journal tells of an incident, its events to the letter."""
    desk = desk_of(request)
    found = await _found(desk, request.path_params["number"])
    events = await desk.reader.whole_timeline(found.number)
    alerts = await desk.reader.alerts(found.number, ALERTS)
    head = await desk.reader.head()
    cursor = Cursor(head.epoch, head.seq, head.hash)
    return json_response(History(found, tuple(map(told, events)), tuple(alerts), cursor))


async def policy(request: Request) -> Response:
    """Answer the policy, as `noc-tui policy show` does."""
    return json_response(policy_to(await asyncio.to_thread(desk_of(request).store.policy)))


async def prior(request: Request) -> Response:
    """Answer how incidents and alerts were right after an event."""
    asked = await body_as(request, PriorAsked)
    if not 0 <= asked.seq < _FAR:
        raise bad("seq is that of an event.")
    desk = desk_of(request)
    return json_response(await asyncio.to_thread(prior_of, desk.store.path, asked, desk.alert_places))


class _Wanted(msgspec.Struct, frozen=True):
    """How what was found is to be listed; `every`: also what the board would not show."""

    query: Compiled | None = None
    sort: str = ""
    every: bool = False
    limit: int = _FAR


def _listed(found: list[Incident], over: list[Incident], policy: Policy, now: Micros, wanted: _Wanted) -> bytes:
    """What has left the board (`over`) comes behind it, unless an order is asked for."""
    mixed = bool(wanted.sort or (wanted.query is not None and wanted.query.sort))
    rows = [*found, *over] if mixed else found
    shown = in_order(rows, policy, now, query=wanted.query, every=wanted.every, sort=wanted.sort)
    return bytes(json_response(incidents_json((shown if mixed else [*shown, *over])[: wanted.limit])).body)


def _query_of(request: Request, now: Micros, policy: Policy) -> Compiled | None:
    text = request.query_params.get("q", "")
    if not text.strip():
        return None
    if len(text) > _QUERY:
        raise bad(f"A query has at most {_QUERY} characters.")
    parents = ClosedIncidents(desk_of(request).store.path, SECONDS).parents
    context = QueryContext(
        me=identity_of(request).name, now=now, zone=_zone_of(request), policy=policy, parents=parents
    )
    try:
        return compile_query(text, context)
    except QueryError as error:
        raise bad(f"{error}.") from None


def _zone_of(request: Request) -> tzinfo:
    """Return the zone in which times of a query are meant, given by its minutes east of UTC."""
    text = request.query_params.get("offset", "0")
    if not re.fullmatch(r"-?[0-9]{1,4}", text, re.ASCII) or abs(int(text)) > _EASTMOST:
        raise bad(f"offset is minutes east of UTC, at most {_EASTMOST} either way.")
    return timezone(timedelta(minutes=int(text)))


async def _found(desk: Desk, said: str) -> Incident:
    """Return the incident of a number (42, INC-42, INC-000042) or an id (UUID)."""
    numbered = re.fullmatch(r"(?:inc-)?0*(\d{1,12})", said, re.IGNORECASE | re.ASCII)
    if numbered:
        found = await desk.reader.incident(int(numbered[1]))
        name = number_text(int(numbered[1]))
    else:
        try:
            id = id_from_text(said)
        except ValueError:
            raise bad("An incident is named by its number, such as 42 or INC-000042, or by its id.") from None
        found = await desk.reader.incident_by_id(id)
        name = f"with the id {said}"
    if found is None:
        raise Refused(404, "absent", f"There is no incident {name}.")
    return found
