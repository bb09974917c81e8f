"""The life of one simulated incident: what raised it, and what people did about it and when."""

from __future__ import annotations

from math import log
from typing import Any, Final

import msgspec

from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import DAY, HOUR, MINUTE, RESOLUTION_CODES, SECOND, Micros, Report
from noc_tui.simulate.notes import CODES, REASONS, WAITING, WORKING, cause_of
from noc_tui.simulate.people import DESK, members
from noc_tui.simulate.reporting import cleared
from noc_tui.simulate.wording import Rand, one_of


class Deed(msgspec.Struct, frozen=True, gc=False):
    """What a person (or `rule`) did: a verb of `incidents.verbs` with its arguments, and when."""

    verb: str
    actor: str
    at: Micros
    args: dict[str, Any] = {}


class Plan(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """One incident's whole history: the `reports` that raise it, those that clear its alerts, and the `deeds`.

    Each is in time order, the first report opens the incident. `state` is the one it ends in.
    """

    reports: tuple[Report, ...]
    clears: tuple[Report, ...] = ()
    deeds: tuple[Deed, ...] = ()
    state: str = "new"

    @property
    def opened_at(self) -> Micros:
        """When the first report arrived."""
        return _at(self.reports[0])

    def steps(self) -> list[Report | Deed]:
        """Return reports, clears and deeds as one list in time order; at the same instant reports come first."""
        return sorted((*self.reports, *self.clears, *self.deeds), key=_at)


class Case(msgspec.Struct, frozen=True, gc=False):
    """What the deeds of one incident depend on: its alerts, the `team` that knows such resources, its priority.

    `clears` are those of alerts that flap. No deed is later than `ends`.
    """

    reports: tuple[Report, ...]
    team: str
    priority: int
    ends: Micros
    clears: tuple[Report, ...] = ()


_FIRST_LOOK: Final = (0, 2 * MINUTE, 4 * MINUTE, 11 * MINUTE, 35 * MINUTE, 90 * MINUTE)
"""By priority: the mean time until somebody acknowledges."""
_REPAIR: Final = (0, 90 * MINUTE, 3 * HOUR, 7 * HOUR, 19 * HOUR, 40 * HOUR)
"""By priority: the mean time from the acknowledgement until it is resolved."""
LONGEST: Final = 8 * DAY
"""No closed incident took longer to resolve."""
_AUTO_CLOSE: Final = 72 * HOUR
"""When the rule closes what is resolved, as in the default policy."""

_SNOOZES: Final = tuple(hours * HOUR for hours in (1, 2, 4, 8))


def closed_plan(case: Case, rand: Rand) -> Plan:
    """Return the history of an incident that is over: acknowledged, resolved with a cause, closed."""
    opened = _at(case.reports[-1])
    span = min(case.ends - opened, LONGEST)
    if rand() < 0.06:
        return _unattended(case, opened, span, rand)
    acked = opened + SECOND + int(min(_wait(_FIRST_LOOK[case.priority], rand), span * 0.2))
    repair = min(_wait(_REPAIR[case.priority], rand) + 3 * MINUTE, span * 0.55)
    resolved = acked + int(repair)
    actor = DESK[int(rand() * len(DESK))]
    codes = CODES[_label(case, "category")]
    code = codes[int(rand() * len(codes))]
    deeds = [Deed("ack", actor, acked)]
    if case.priority == 5:
        deeds.append(Deed("priority", actor, acked + int(repair * 0.05), {"priority": "5"}))
    busy = rand()
    if busy < 0.3:
        owner = _owner(case.team, actor, rand)
        deeds.append(Deed("take", owner, acked + int(repair * 0.1)))
        if busy < 0.15:
            deeds.append(Deed("note", owner, acked + int(repair * 0.5), {"text": one_of(WORKING, rand)}))
        actor = owner
    deeds.append(
        Deed("resolve", actor, resolved, {"code": code, "cause": cause_of(code, _label(case, "alertname"), rand)})
    )
    deeds.append(_closing(resolved, case.ends, rand))
    over = resolved - int(repair * 0.4 * rand())
    clears = tuple([cleared(report, over) for report in case.reports])
    return Plan(reports=case.reports, clears=clears, deeds=tuple(deeds), state="closed")


def new_plan(case: Case, _rand: Rand) -> Plan:
    """Return the history of an incident that nobody has looked at."""
    return Plan(reports=case.reports, clears=case.clears, state="new")


def acked_plan(case: Case, rand: Rand) -> Plan:
    """Return the history of an incident that was seen, sometimes noted or escalated; some alerts are over already."""
    deeds = _first_deeds(case, rand)
    if rand() < 0.2:
        deeds.append(_noting(case, deeds[-1], deeds[-1].actor, rand))
    clears = case.clears
    if not clears and rand() < 0.05:
        since = deeds[-1].at
        over = since + int((case.ends - since) * rand())
        clears = tuple([cleared(report, over) for report in case.reports])
    return Plan(reports=case.reports, clears=clears, deeds=tuple(deeds), state="acked")


def active_plan(case: Case, rand: Rand) -> Plan:
    """Return the history of an incident on which somebody works."""
    deeds = _first_deeds(case, rand)
    _take(case, deeds, rand)
    if rand() < 0.5:
        deeds.append(_noting(case, deeds[-1], deeds[-1].actor, rand))
    return Plan(reports=case.reports, clears=case.clears, deeds=tuple(deeds), state="active")


def held_plan(case: Case, rand: Rand) -> Plan:
    """Return the history of an incident that waits for somebody else, most until a known time."""
    deeds = _first_deeds(case, rand)
    if rand() < 0.7:
        _take(case, deeds, rand)
    actor = deeds[-1].actor
    reasons = REASONS[_label(case, "category")]
    reason = reasons[int(rand() * len(reasons))]
    args: dict[str, Any] = {"reason": reason, "note": one_of(WAITING[reason], rand)}
    if rand() < 0.8:
        args["until"] = _half_hour(case.ends + HOUR + int(rand() * rand() * 4 * DAY))
    deeds.append(Deed("hold", actor, _later(deeds[-1].at, case.ends, 30 * MINUTE, rand), args))
    if rand() < 0.08:
        deeds += _held_again(case, deeds[-1], args, rand)
    return Plan(reports=case.reports, clears=case.clears, deeds=tuple(deeds), state="held")


def snoozed_plan(case: Case, rand: Rand) -> Plan:
    """Return the history of an incident that is acknowledged and out of the way for some hours."""
    deeds = _first_deeds(case, rand)
    since = max(deeds[-1].at, case.ends - 4 * HOUR)
    at = since + int((case.ends - since) * rand())
    long_enough = [length for length in _SNOOZES if at + length > case.ends]
    until = at + long_enough[int(rand() * len(long_enough))]
    deeds.append(Deed("snooze", deeds[-1].actor, at, {"until": until}))
    return Plan(reports=case.reports, clears=case.clears, deeds=tuple(deeds), state="acked")


def _at(step: Report | Deed) -> Micros:
    return step.at or 0


def _label(case: Case, name: str) -> str:
    return next(value for label, value in case.reports[0].labels if label == name)


def _wait(mean: float, rand: Rand) -> float:
    return -mean * log(1.0 - rand())


def _later(since: Micros, ends: Micros, mean: Micros, rand: Rand) -> Micros:
    """Return an instant some time after `since`, always well before `ends`."""
    return since + int(min(_wait(mean, rand), (ends - since) * (0.3 + 0.3 * rand())))


def _half_hour(at: Micros) -> Micros:
    return -(-at // (30 * MINUTE)) * 30 * MINUTE


def _owner(team: str, actor: str, rand: Rand) -> str:
    people = members(team)
    return people[int(rand() * len(people))] if rand() < 0.3 else actor


def _unattended(case: Case, opened: Micros, span: Micros, rand: Rand) -> Plan:
    """It cleared before anybody looked; the rule resolved it after five quiet minutes."""
    over = opened + SECOND + int(min(_wait(4 * MINUTE, rand), span * 0.3))
    resolved = over + 5 * MINUTE + SECOND
    code = RESOLUTION_CODES["c"]
    deeds = (Deed("resolve", RULE, resolved, {"code": code}), _closing(resolved, case.ends, rand))
    clears = tuple([cleared(report, over) for report in case.reports])
    return Plan(reports=case.reports, clears=clears, deeds=deeds, state="closed")


def _closing(resolved: Micros, ends: Micros, rand: Rand) -> Deed:
    """The rule closes what nobody has closed in three days."""
    by_rule = resolved + _AUTO_CLOSE + SECOND + int(rand() * 40 * SECOND)
    if by_rule < ends and rand() < 0.6:
        return Deed("close", RULE, by_rule)
    return Deed("close", DESK[int(rand() * len(DESK))], _later(resolved, ends, 5 * HOUR, rand))


def _first_deeds(case: Case, rand: Rand) -> list[Deed]:
    """Acknowledged; lowered to P5 where that is its priority; escalated now and then."""
    at = _later(_at(case.reports[-1]) + SECOND, case.ends, _FIRST_LOOK[case.priority], rand)
    actor = DESK[int(rand() * len(DESK))]
    deeds = [Deed("ack", actor, at)]
    if case.priority == 5:
        at = _later(at, case.ends, MINUTE, rand)
        deeds.append(Deed("priority", actor, at, {"priority": "5"}))
    if rand() < 0.14:
        at = _later(at, case.ends, 20 * MINUTE, rand)
        deeds.append(Deed("escalate", actor, at, {"to": case.team}))
    return deeds


def _take(case: Case, deeds: list[Deed], rand: Rand) -> None:
    """Somebody takes it: of the team to which it was escalated, or of the desk."""
    last = deeds[-1]
    people = members(case.team) if last.verb == "escalate" else DESK
    owner = people[int(rand() * len(people))]
    deeds.append(Deed("take", owner, _later(last.at, case.ends, 15 * MINUTE, rand)))


def _noting(case: Case, last: Deed, actor: str, rand: Rand) -> Deed:
    return Deed("note", actor, _later(last.at, case.ends, 40 * MINUTE, rand), {"text": one_of(WORKING, rand)})


def _held_again(case: Case, last: Deed, args: dict[str, Any], rand: Rand) -> list[Deed]:
    """It was resumed too early and went on hold once more."""
    resumed = _later(last.at, case.ends, 2 * HOUR, rand)
    again = _later(resumed, case.ends, 20 * MINUTE, rand)
    return [Deed("resume", last.actor, resumed), Deed("hold", last.actor, again, args)]
