"""What a seed means: how bad the network, the disks, the clocks and the administrator are in that run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from tests.simulation.chance import Chance

CONSOLES: Final = 3
SECONDS: Final = 40.0
"""How long (virtual) a run is disturbed, before all is healed."""


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The weather of one run; probabilities are per message or per durable step."""

    loss: float
    """Of a request or an answer on its way."""
    doubled: float
    late: float
    """An answer comes after its request was given up."""
    slow: float
    """The longest way of a message in seconds."""
    page_lag: float
    """Seconds that a page is longer on its way at most, as where one road is worse than the others."""
    push_lag: float
    """The same for the answer to a push."""
    disk: float
    """The longest time that a disk takes in seconds."""
    crash: float
    power: float
    """A crash of a console is a power cut of its machine."""
    full: int
    """How often a console's disk is full for a while."""
    presses: int
    scripts: float
    """How many of them come from a script beside the console, which pushes by itself."""
    alerts: int
    wishes: int
    """How often somebody wishes to see an incident's whole history."""
    cuts: int
    """How often a console is cut off."""
    outages: int
    """How often the authority's process dies."""
    backups: int
    restores: int
    again: float
    """The administrator sees that it was the wrong backup, and restores another one soon."""
    bump: float
    """A restored store has a new epoch."""
    replaced: bool
    archived: bool
    beating: bool
    """The server gives signs of life while it holds a poll."""
    skew: float
    """Seconds that clocks are wrong at most, either way."""
    poison: bool
    """The server stumbles over some commands."""
    limit: int
    """Events in one page at most."""
    stalls: int = 0
    """How often the authority's process stands still for some seconds, and then takes what has come meanwhile."""


Weather = Mapping[str, Any]
"""Fields of a plan that are not left to the seed."""
FAIR: Final[Weather] = {}
FORGETFUL: Final[Weather] = {"restores": 4, "backups": 12, "bump": 0.0, "replaced": False, "slow": 1.0, "limit": 3}
"""An administrator who restores often, from young backups, and never says that it is another epoch."""
STORMY: Final[Weather] = {**FORGETFUL, "crash": 0.05, "power": 0.9, "loss": 0.02, "slow": 0.2}
"""The same, and the power fails."""
SLUGGISH: Final[Weather] = {**FORGETFUL, "slow": 0.3, "late": 1.0, "disk": 2.0, "restores": 8, "presses": 60}
"""The same, and disks take their time: what is asked of one history is answered in the next one's."""
HESITANT: Final[Weather] = {**FORGETFUL, "slow": 0.2, "late": 1.0, "loss": 0.2, "again": 1.0, "push_lag": 6.0}
"""Hardly ever the right backup at once, and answers to pushes come late."""
WINDING: Final[Weather] = {**FORGETFUL, "slow": 0.2, "late": 1.0, "page_lag": 6.0, "restores": 8, "presses": 60}
"""Pages come late."""
HALTING: Final[Weather] = {"stalls": 8, "slow": 0.2, "loss": 0.02, "presses": 60, "outages": 1}
"""A machine that stands still again and again: what is sent meanwhile is long on its way."""

WEATHERS: Final[dict[str, Weather]] = {
    "fair": FAIR,
    "forgetful": FORGETFUL,
    "stormy": STORMY,
    "sluggish": SLUGGISH,
    "hesitant": HESITANT,
    "winding": WINDING,
    "halting": HALTING,
}


def plan_of(chance: Chance, weather: Weather) -> Plan:
    """Draw the plan of a run."""
    calm = chance.happens(0.15)
    restores = chance.one_of((0, 0, 1, 1, 2, 3))
    plan = Plan(
        loss=0.0 if calm else chance.one_of((0.0, 0.02, 0.1, 0.2, 0.4)),
        doubled=0.0 if calm else chance.one_of((0.0, 0.05, 0.2)),
        late=0.0 if calm else chance.one_of((0.0, 0.3)),
        slow=chance.one_of((0.02, 0.2, 1.0, 3.0)),
        page_lag=chance.one_of((0.0, 0.0, 0.0, 4.0)),
        push_lag=chance.one_of((0.0, 0.0, 0.0, 4.0)),
        disk=chance.one_of((0.005, 0.005, 0.5)),
        crash=0.0 if calm else chance.one_of((0.0, 0.01, 0.05)),
        power=chance.one_of((0.0, 0.5)),
        full=chance.one_of((0, 0, 0, 3)),
        presses=10 + chance.upto(40),
        scripts=chance.one_of((0.0, 0.2)),
        alerts=5 + chance.upto(25),
        wishes=chance.upto(6),
        cuts=0 if calm else chance.upto(4),
        outages=0 if calm else chance.upto(3),
        backups=1 + chance.upto(4),
        restores=restores,
        again=chance.one_of((0.0, 0.0, 0.5)),
        bump=chance.one_of((0.0, 0.5, 1.0)),
        replaced=restores > 0 and chance.happens(0.1),
        archived=chance.happens(0.15),
        beating=chance.happens(0.2),
        skew=chance.one_of((0.0, 2.0, 3_600.0)),
        poison=chance.happens(0.15),
        limit=chance.one_of((3, 20, 1_000)),
    )
    return replace(plan, **weather)
