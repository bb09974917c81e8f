"""Whose token it is: what a console asks before it keeps one, and when it looks after its link."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noc_tui import __version__
from noc_tui.server.asking import desk_of, identity_of
from noc_tui.server.refusing import json_response


async def me(request: Request) -> Response:
    """Answer the person and the role of the token that came, our version, and our clock."""
    identity = identity_of(request)
    return json_response(
        {
            "name": identity.name,
            "role": identity.role,
            "source": identity.source,
            "version": __version__,
            "time": desk_of(request).clock(),
        }
    )
