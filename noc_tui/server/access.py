"""Who may do what: one table of route, role and method. What is not in it is not served, and the default is no."""

from __future__ import annotations

from typing import Final

import msgspec

from noc_tui.server.tokens import Identity, Role

READERS: Final[frozenset[Role]] = frozenset(("viewer", "operator", "admin"))
ACTORS: Final[frozenset[Role]] = frozenset(("operator", "admin"))
SENDERS: Final[frozenset[Role]] = frozenset(("source", "operator", "admin"))
SOURCES: Final[frozenset[Role]] = frozenset(("source",))
EVERY_ROLE: Final[frozenset[Role]] = READERS | SENDERS
NOBODY: Final[frozenset[Role]] = frozenset()


class Route(msgspec.Struct, frozen=True):
    """One thing that the server does, and whose token may ask for it.

    `open` needs no token. `keyed` finds its token in the body and judges it itself, by these same roles. `unrated` is
    never answered by 429, and may bring more at once: its sender would drop what it has to say.
    """

    name: str
    method: str
    path: str
    roles: frozenset[Role]
    open: bool = False
    keyed: bool = False
    unrated: bool = False

    def admits(self, identity: Identity) -> bool:
        """Return whether the holder of a token may ask for it."""
        return identity.role in self.roles


TABLE: Final = (
    Route("journal", "GET", "/v1/journal", READERS),
    Route("commands", "POST", "/v1/commands", ACTORS),
    Route("snapshot", "GET", "/v1/snapshot", READERS),
    Route("prior", "POST", "/v1/prior", READERS),
    Route("history", "GET", "/v1/history/{number}", READERS),
    Route("incidents", "GET", "/v1/incidents", READERS),
    Route("incident", "GET", "/v1/incidents/{incident}", READERS),
    Route("search", "GET", "/v1/search", READERS),
    Route("board", "GET", "/v1/board", READERS),
    Route("policy", "GET", "/v1/policy", READERS),
    Route("alerts", "POST", "/v1/alerts", SENDERS),
    Route("alertmanager", "POST", "/v1/alerts/alertmanager", SOURCES, unrated=True),
    Route("pagerduty", "POST", "/v2/enqueue", SOURCES, keyed=True),
    Route("me", "GET", "/v1/me", EVERY_ROLE),
    Route("metrics", "GET", "/metrics", EVERY_ROLE),
    Route("healthz", "GET", "/healthz", NOBODY, open=True),
    Route("readyz", "GET", "/readyz", NOBODY, open=True),
    Route("openapi", "GET", "/openapi.json", NOBODY, open=True),
)
"""Every route of the server."""

ROUTES: Final = {route.name: route for route in TABLE}
