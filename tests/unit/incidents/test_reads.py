"""What a verb rests on is what its deed looks at: found by watching each deed read."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest
from msgspec.structs import astuple, replace

from noc_tui.incidents.commands import Command, Refusal
from noc_tui.incidents.decide import ALL_DEEDS
from noc_tui.incidents.lifecycle import SAME, TRANSITIONS
from noc_tui.incidents.model import HOUR, MINUTE, Incident
from noc_tui.incidents.verbs import VERBS, normalise
from tests.unit.incidents.desk import ARGS, Desk

FIELDS: Final = frozenset(Incident.__struct_fields__)

FREE: Final = {
    "identity": {"id", "number"},
    # What alerts move: a flood of them must not stop a person. A resolve rests on the last one that came.
    "of the alerts": {
        *("alert_count", "alerts_firing", "alerts_shelved", "alerts_suppressed", "shelved_until", "suppressed_by"),
        *("last_alert_at", "cleared_at", "flapping", "toggles", "severity", "title_fixed"),
    },
    # What changes only together with the state.
    "of the state": {"held_since", "held_until", "held_reason", "prior_state", "closed_at"},
    # What is reckoned from the time of the deed and from fields that are rested on.
    "of the clocks": {"acked_at", "response_due", "resolution_due", "resolution_left", "resolved_at", "reopen_count"},
}
"""Fields that no verb needs to rest on, and why."""

COMMUTING: Final = {
    "label": {"labels"},  # two words are added in any order
    "unlabel": {"labels"},
    "resolve": {"cause"},  # given or kept; only a resolve sets it, and changes the state by that
    "merge": {"impact", "urgency", "priority", "priority_fixed"},  # the more urgent of two, in any order
    "unmerge": {"impact", "urgency", "priority", "priority_fixed", "title"},
    "unshelve": {"impact", "urgency", "priority", "priority_fixed", "title"},
    "undo": FIELDS,  # stopped by later changes to what it would restore, not by what was painted
    "redo": FIELDS,
}
"""Fields that a verb looks at and that another's change of does no harm to."""

VARIANTS: Final[dict[str, list[dict[str, Any]]]] = {
    "take": [{}, {"steal": True}],
    "assign": [{"to": "bo"}, {"to": "team:t2"}],
    "escalate": [{}, {"to": "team:t3"}, {"to": "carrier"}],
    "escalate_up": [{}, {"to": "cio"}],
    "hold": [{"reason": "p"}, {"reason": "p", "until": True}],
    "snooze": [{"until": True}, {"till_clear": True}],
    "resolve": [{"code": "f"}, {"code": "f", "cause": "rain"}],
    "shelve": [{"until": True, "reason": "noise"}],
}
"""Arguments that lead a deed along its ways; True stands for a time to come."""

_JUDGES: Final = frozenset(f"noc_tui.incidents.{name}" for name in ("deeds", "shelving", "clocks", "gathering"))
"""Modules whose looking is deciding; others compare or copy."""


class Watched(Incident, frozen=True, gc=False):
    """An incident that notes which of its fields a judge looks at, in `watching`."""

    def __getattribute__(self, name: str) -> Any:
        if seen and name in FIELDS and sys._getframe(1).f_globals.get("__name__") in _JUDGES:
            seen[-1].add(name)
        return super().__getattribute__(name)


seen: list[set[str]] = []


@contextmanager
def watching() -> Iterator[set[str]]:
    """Note what judges look at meanwhile."""
    seen.append(set())
    try:
        yield seen[-1]
    finally:
        seen.pop()


def situations(verb: str) -> Iterator[tuple[Desk, int]]:
    """An incident in each state that allows the verb, plain and with all that a person can put on it."""
    for state in TRANSITIONS.get(verb, {}):
        for dressed in (False, True):
            desk = Desk()
            number = desk.in_state("active" if dressed and state in ("resolved", "closed") else state)
            if dressed:
                _dress(desk, number, state)
            yield desk, number


def _dress(desk: Desk, number: int, state: str) -> None:
    if state not in ("merged", "new"):
        desk.ok("ana", "assign", number, to="cy")
        desk.ok("ana", "label", number, label="fibre")
    if state in ("new", "acked", "active", "held"):
        desk.ok("ana", "shelve", number, until=desk.now + HOUR, reason="noise")
        desk.ok("ana", "snooze", number, until=desk.now + HOUR)
        if state == "new":
            desk.ok("ana", "link", number, parent=desk.log())
    if state in ("resolved", "closed"):
        desk.ok("ana", "resolve", number, code="f")
    if state == "closed":
        desk.ok("ana", "close", number)


def looked_at(verb: str) -> set[str]:
    """The fields that a person's deed may look at before it decides."""
    found: set[str] = set()
    for desk, number in situations(verb):
        for variant in VARIANTS.get(verb, [ARGS.get(verb, {})]):
            args = {
                name: desk.now + MINUTE if value is True and name == "until" else value
                for name, value in variant.items()
            }
            if verb in ("link", "merge"):
                args["parent"] = desk.log()
            checked = normalise(VERBS[verb], args)
            assert isinstance(checked, dict), checked
            incident = Watched(*astuple(desk.at(number)))
            command = Command(id=b"c", verb=verb, incident=incident.id, args=checked, actor="ana")
            with watching() as names:
                result = ALL_DEEDS[verb](desk, incident, command)
            if not isinstance(result, Refusal):
                found |= names
    return found


ACTS: Final = sorted(verb.id for verb in VERBS.values() if not verb.makes and not verb.rule_only)


@pytest.mark.parametrize("verb", [verb for verb in ACTS if verb in TRANSITIONS])
def test_a_verb_rests_on_what_its_deed_looks_at(verb: str) -> None:
    free = set().union(*FREE.values(), COMMUTING.get(verb, set()))
    assert looked_at(verb) - free - {"state"} <= set(VERBS[verb].reads)


@pytest.mark.parametrize("verb", [verb for verb in ACTS if verb in TRANSITIONS])
def test_a_verb_that_leads_to_another_state_rests_on_the_state(verb: str) -> None:
    moves = any(to != SAME for to in TRANSITIONS[verb].values())
    assert not moves or "state" in VERBS[verb].reads


@pytest.mark.parametrize("verb", [verb for verb in ACTS if verb not in ("undo", "redo")])
def test_a_verb_rests_on_nothing_that_alerts_move(verb: str) -> None:
    allowed = {"last_alert_at"} if verb == "resolve" else set()
    assert not set(VERBS[verb].reads) & FREE["of the alerts"] - allowed


def test_a_verb_rests_on_fields_that_there_are() -> None:
    for verb in VERBS.values():
        assert set(verb.reads) <= FIELDS
        assert not set(verb.reads) & COMMUTING.get(verb.id, set())


def test_the_watch_sees() -> None:
    incident = Watched(id=b"", number=1, owner="bo", state="active")
    with watching() as names:
        assert isinstance(ALL_DEEDS["take"](Desk(), incident, Command(id=b"", verb="take", actor="ana")), Refusal)
    assert {"owner", "state"} <= names
    assert replace(incident, owner="cy").owner == "cy"
