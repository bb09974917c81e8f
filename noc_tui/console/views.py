"""The shipped views: named looks at the board, one key away (OPERATOR.md 2.3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from noc_tui.incidents import ordering
from noc_tui.incidents.clocks import quarter_at
from noc_tui.incidents.model import OPEN_STATES, Incident, Micros
from noc_tui.incidents.policy import Policy

Shows = Callable[[Incident, Policy, str, Micros], bool]
"""Whether an incident is in the view: (incident, policy, me, now)."""


class View(msgspec.Struct, frozen=True):
    """A view: its key after `g`, its name, and what it shows; None shows the board with hidden rows left out."""

    key: str
    name: str
    shows: Shows | None = None


def _mine(incident: Incident, policy: Policy, me: str, now: Micros) -> bool:
    return incident.state in OPEN_STATES and incident.owner == me


def _unowned(incident: Incident, policy: Policy, me: str, now: Micros) -> bool:
    return incident.state in OPEN_STATES and not incident.owner and not _out_of_view(incident, now)


def _short_of_time(incident: Incident, policy: Policy, me: str, now: Micros) -> bool:
    quarter = quarter_at(policy, incident)
    return quarter is not None and quarter <= now


def _waiting(incident: Incident, policy: Policy, me: str, now: Micros) -> bool:
    return ordering.is_held(incident, now) or ordering.is_snoozed(incident, now)


def _cleared(incident: Incident, policy: Policy, me: str, now: Micros) -> bool:
    return ordering.is_cleared(incident)


def _shelved(incident: Incident, policy: Policy, me: str, now: Micros) -> bool:
    return incident.state in OPEN_STATES and incident.alerts_shelved > 0 and (incident.shelved_until or 0) > now


def _suppressed(incident: Incident, policy: Policy, me: str, now: Micros) -> bool:
    return incident.state in OPEN_STATES and incident.alerts_suppressed > 0


def _snoozed(incident: Incident, policy: Policy, me: str, now: Micros) -> bool:
    return incident.state in OPEN_STATES and ordering.is_snoozed(incident, now)


def _all(incident: Incident, policy: Policy, me: str, now: Micros) -> bool:
    return True


def _out_of_view(incident: Incident, now: Micros) -> bool:
    return ordering.is_shelved(incident, now) or ordering.is_suppressed(incident)


VIEWS: Final = (
    View("1", "default"),
    View("2", "mine", _mine),
    View("3", "unowned", _unowned),
    View("4", "short of time", _short_of_time),
    View("5", "waiting", _waiting),
    View("6", "cleared", _cleared),
    View("7", "all", _all),
    View("s", "shelved", _shelved),
    View("x", "suppressed", _suppressed),
    View("z", "snoozed", _snoozed),
)
BY_KEY: Final = {view.key: view for view in VIEWS}
DEFAULT: Final = VIEWS[0]
