"""`POST /v1/alerts/alertmanager`: Alertmanager's webhook.

What it makes of an answer decides what is lost: it sends again after a 5xx, not after a 429 or a 400, and a group that
was refused comes back at every `group_interval` for ever. So whatever can be read is taken, what is odd in it is put
into quarantine, and too much at once is a 503.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noc_tui.server.asking import bad, desk_of, identity_of
from noc_tui.server.doors.parsing import parsed
from noc_tui.server.refusing import json_response
from noc_tui.sources.errors import Unreadable
from noc_tui.sources.webhook import parse


async def alertmanager(request: Request) -> Response:
    """Take the alerts of a webhook in; 400 for a body that is no webhook."""
    source = identity_of(request).source
    try:
        found = await parsed(request, parse, source)
    except Unreadable as error:
        raise bad(str(error)) from None
    odd = [(odd.reason, odd.body) for odd in found.odd]
    await desk_of(request).intake.take(found.reports, odd, source)
    return json_response({"taken": len(found.reports), "quarantined": len(odd)})
