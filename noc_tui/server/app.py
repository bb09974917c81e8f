"""The server's ASGI application: the table of access joined to what answers, and nothing else."""

from __future__ import annotations

from typing import Final

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute

from noc_tui.server import (
    command_routes,
    health,
    incident_routes,
    journal_routes,
    openapi,
    search_routes,
    snapshot_routes,
    whose,
)
from noc_tui.server.access import TABLE
from noc_tui.server.desk import Desk
from noc_tui.server.doors import alertmanager, native, pagerduty
from noc_tui.server.gate import Gate, Handler
from noc_tui.server.refusing import Refused, refusal

HANDLERS: Final[dict[str, Handler]] = {
    "journal": journal_routes.journal,
    "commands": command_routes.commands,
    "snapshot": snapshot_routes.snapshot,
    "prior": incident_routes.prior,
    "history": incident_routes.history,
    "incidents": incident_routes.incidents,
    "incident": incident_routes.incident,
    "search": search_routes.search,
    "board": incident_routes.board,
    "policy": incident_routes.policy,
    "alerts": native.alerts,
    "alertmanager": alertmanager.alertmanager,
    "pagerduty": pagerduty.pagerduty,
    "me": whose.me,
    "metrics": health.metrics,
    "healthz": health.healthz,
    "readyz": health.readyz,
    "openapi": openapi.openapi,
}
"""What answers each route of the table."""


def make_app(desk: Desk) -> Starlette:
    """Return the application over a desk."""
    routes = [
        StarletteRoute(route.path, Gate(route, HANDLERS[route.name], desk), methods=[route.method], name=route.name)
        for route in TABLE
    ]
    app = Starlette(routes=routes, exception_handlers={HTTPException: _not_served})
    app.router.redirect_slashes = False
    app.state.desk = desk
    app.state.intake = desk.intake
    app.state.tokens = desk.tokens
    app.state.clock = desk.clock
    return app


async def _not_served(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:
        headers = getattr(error, "headers", None)
        return refusal(Refused(405, "method", f"{request.method} is not what this route does.", headers))
    return refusal(Refused(404, "absent", "There is no such route; /openapi.json tells which there are."))
