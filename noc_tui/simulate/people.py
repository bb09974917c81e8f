"""Who works at the simulated desk: operators, their teams, and to whom a team escalates."""

from __future__ import annotations

from typing import Final

import msgspec


class Operator(msgspec.Struct, frozen=True):
    """One person on the roster; `level` is the tier of support, 1 being the desk itself."""

    name: str
    team: str
    level: int = 1


OPERATORS: Final = (
    Operator("ana", "t1"),
    Operator("bo", "t1"),
    Operator("cy", "t1"),
    Operator("me", "t1"),
    Operator("dan", "netsec", 2),
    Operator("eva", "transmission", 2),
    Operator("finn", "access", 2),
    Operator("gita", "core", 2),
    Operator("hugo", "voice", 2),
    Operator("iris", "facility", 2),
    Operator("jon", "systems", 2),
)
"""The roster, the desk first."""

DESK: Final = tuple(operator.name for operator in OPERATORS if operator.level == 1)
"""The names of those who sit at the desk."""

TEAMS: Final = tuple(dict.fromkeys(operator.team for operator in OPERATORS))
"""Every team, the desk's own (`t1`) first."""

_TEAM_OF_ROLE: Final = {
    "cr": "core", "pe": "core", "br": "core", "rr": "core", "link": "transmission",
    "olt": "access", "bng": "access", "ap": "access", "cust": "access",
    "fw": "netsec", "vpn": "netsec",
    "sbc": "voice", "voice-gw": "voice",
    "ups": "facility", "hvac": "facility", "rack": "facility", "feed": "facility",
}  # fmt: skip


def specialists_for(role: str) -> str:
    """Return the team to which the desk escalates trouble with a resource of this role."""
    return _TEAM_OF_ROLE.get(role, "systems")


def members(team: str) -> tuple[str, ...]:
    """Return the names of a team's members."""
    return tuple(operator.name for operator in OPERATORS if operator.team == team)
