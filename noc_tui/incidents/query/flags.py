"""What an incident may be said to be: the words behind `is:`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from noc_tui.incidents import ordering
from noc_tui.incidents.clocks import quarter_at
from noc_tui.incidents.model import DAY, OPEN_STATES, STATES, Incident
from noc_tui.incidents.query.tree import QueryContext

Test = Callable[[Incident, QueryContext], bool]


class FlagWord(msgspec.Struct, frozen=True):
    """A word for `is:`, what it means, and whether time alone can make it true or false."""

    name: str
    help: str
    test: Test
    turns: bool = False
    aliases: tuple[str, ...] = ()


def _in_state(state: str) -> FlagWord:
    return FlagWord(state, f"Its state is {state}.", lambda incident, _: incident.state == state)


def _is_held(incident: Incident, context: QueryContext) -> bool:
    return ordering.is_held(incident, context.now)


def _is_mine(incident: Incident, context: QueryContext) -> bool:
    return bool(context.me) and incident.owner.casefold() == context.me.casefold()


def _is_waiting(incident: Incident, context: QueryContext) -> bool:
    return ordering.is_held(incident, context.now) or ordering.is_snoozed(incident, context.now)


def _is_short(incident: Incident, context: QueryContext) -> bool:
    quarter = quarter_at(context.policy, incident)
    return quarter is not None and quarter <= context.now


def _is_unacked(incident: Incident, context: QueryContext) -> bool:
    return incident.state in OPEN_STATES and ordering.needs_eyes(incident, context.now)


def _is_back(incident: Incident, _: QueryContext) -> bool:
    return incident.reopen_count > 0 or incident.recurrence_of > 0


def _is_stale(incident: Incident, context: QueryContext) -> bool:
    return incident.state in OPEN_STATES and incident.alerts_firing > 0 and incident.updated_at <= context.now - STALE


def _has_children(incident: Incident, context: QueryContext) -> bool:
    return incident.number in context.parents()


STALE: Final = DAY
"""A standing alarm that nobody and nothing has touched for so long is stale (EEMUA 191)."""

FLAGS: Final = (
    FlagWord("open", "Somebody still has to do something.", lambda incident, _: incident.state in OPEN_STATES),
    *(_in_state(state) for state in STATES if state != "held"),
    FlagWord("held", "It waits for somebody else.", _is_held, turns=True),
    FlagWord("unacked", "It needs somebody's eyes.", _is_unacked, turns=True, aliases=("attention",)),
    FlagWord("mine", "You have it.", _is_mine),
    FlagWord("unowned", "Nobody has it.", lambda incident, _: not incident.owner),
    FlagWord("major", "It is a major incident.", lambda incident, _: incident.major),
    FlagWord("waiting", "It is held or snoozed.", _is_waiting, turns=True),
    FlagWord("short", "Less than a quarter of its clock is left.", _is_short, turns=True),
    FlagWord(
        "breached",
        "Its clock has run out.",
        lambda incident, context: ordering.is_breached(incident, context.now),
        turns=True,
        aliases=("late",),
    ),
    FlagWord("flapping", "It comes and goes.", lambda incident, _: incident.flapping, aliases=("flap",)),
    FlagWord("cleared", "It is open and all its alerts are over.", lambda incident, _: ordering.is_cleared(incident)),
    FlagWord(
        "snoozed",
        "A person has put it away for a while.",
        lambda incident, context: ordering.is_snoozed(incident, context.now),
        turns=True,
    ),
    FlagWord(
        "shelved",
        "All its firing alerts are shelved.",
        lambda incident, context: ordering.is_shelved(incident, context.now),
        turns=True,
    ),
    FlagWord(
        "suppressed",
        "All its firing alerts are hidden by a rule.",
        lambda incident, _: ordering.is_suppressed(incident),
    ),
    FlagWord("group", "It gathers more than one alert.", lambda incident, _: incident.alert_count > 1),
    FlagWord("parent", "Others hang on it.", _has_children, turns=True),
    FlagWord("child", "It hangs on a parent.", lambda incident, _: incident.parent > 0),
    FlagWord("escalated", "Management has been told.", lambda incident, _: incident.level > 0),
    FlagWord("touched", "A person has done something about it.", lambda incident, _: incident.touched),
    FlagWord("stale", "Its alerts fire, and nothing has happened for a day.", _is_stale, turns=True),
    FlagWord("back", "It was resolved before and came back.", _is_back),
)

FLAG_BY_NAME: Final = {name: flag for flag in FLAGS for name in (flag.name, *flag.aliases)}
"""Every flag by its name and its aliases."""
