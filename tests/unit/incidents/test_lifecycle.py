"""Every state and every verb: an event or a sentence that says why not (OPERATOR.md 1.5)."""

from __future__ import annotations

import re

import pytest

from noc_tui.incidents.commands import RULE, Command
from noc_tui.incidents.decide import ALL_DEEDS
from noc_tui.incidents.lifecycle import TRANSITIONS, leaves_state, refuse_state
from noc_tui.incidents.model import STATES, Incident, number_text
from noc_tui.incidents.verbs import VERBS
from tests.unit.incidents.desk import ARGS, Desk

PAIRS = [(state, verb) for state in STATES for verb in TRANSITIONS if verb != "settle"]

REFUSALS = {
    ("new", "unack"): "is not acknowledged yet.",
    ("new", "release"): "has nobody who works on it.",
    ("new", "hold"): "is not acknowledged yet; take it first, then hold it.",
    ("new", "resume"): "is not on hold.",
    ("new", "reopen"): "is open.",
    ("new", "close"): "is new; resolve it first.",
    ("new", "unmerge"): "is not merged into another.",
    ("acked", "ack"): "is acknowledged already.",
    ("acked", "release"): "has nobody who works on it.",
    ("acked", "close"): "is not resolved yet; resolve it first.",
    ("active", "ack"): "is acknowledged already, and worked on.",
    ("active", "unack"): "is being worked on; release it first.",
    ("active", "close"): "is being worked on; resolve it first.",
    ("held", "ack"): "is acknowledged already, and on hold.",
    ("held", "unack"): "is on hold; resume and release it first.",
    ("held", "release"): "is on hold; resume it first.",
    ("held", "hold"): "is on hold already.",
    ("held", "close"): "is on hold; resolve it first.",
    ("resolved", "ack"): "is resolved; reopen it first.",
    ("resolved", "resolve"): "is resolved already.",
    ("resolved", "resume"): "is not on hold.",
    ("closed", "take"): "is closed; reopen it first.",
    ("closed", "close"): "is closed already.",
    ("closed", "unmerge"): "is not merged into another.",
    ("merged", "unlink"): "is merged, not linked; unmerge it.",
}


@pytest.mark.parametrize(("state", "verb"), PAIRS)
def test_every_state_answers_every_verb(state: str, verb: str) -> None:
    desk = Desk()
    number = desk.in_state(state)
    desk.ok("ana", "label", number, label="fibre")
    parent = desk.raised("cause", resource="cause")
    if verb == "unlink" and state != "merged":
        if state == "closed":
            desk.ok("ana", "reopen", number, reason="still down")
        desk.ok("ana", "link", number, parent=parent)
        if state == "closed":
            desk.ok("ana", "resolve", number, code="f")
            desk.ok("ana", "close", number)
    if verb == "wake" and state not in ("resolved", "closed", "merged"):
        desk.ok("ana", "snooze", number, **ARGS["snooze"])
    if verb == "unshelve" and state in TRANSITIONS["shelve"]:
        desk.ok("ana", "shelve", number, **ARGS["shelve"])
    args = dict(ARGS.get(verb, {}))
    if verb == "label":
        args = {"label": "another"}
    if verb in ("link", "merge"):
        args["parent"] = parent
    before = len(desk.journal)
    outcome = desk.do("bo", verb, number, **args)
    if state in TRANSITIONS[verb]:
        allowed_but_pointless = {("resolved", "wake"), ("resolved", "unshelve"), ("active", "take")}
        assert outcome.ok != ((state, verb) in allowed_but_pointless), outcome.reason
        if outcome.ok:
            assert len(desk.journal) > before
            assert desk.at(number).state == (TRANSITIONS[verb][state] or state) or verb == "unmerge"
            return
    assert len(desk.journal) == before
    assert not outcome.ok
    assert number_text(number) in outcome.reason
    assert re.fullmatch(r"(INC-|ana |The )[^\n]*[a-z0-9]\.", outcome.reason), outcome.reason
    assert "_" not in outcome.reason


@pytest.mark.parametrize(("state", "verb"), REFUSALS)
def test_a_refusal_says_what_stands_in_the_way(state: str, verb: str) -> None:
    desk = Desk()
    number = desk.in_state(state)
    assert desk.refused("bo", verb, number, **ARGS.get(verb, {})) == f"{number_text(number)} {REFUSALS[state, verb]}"


@pytest.mark.parametrize("verb", ["ack", "take", "resolve", "link", "snooze", "close"])
def test_a_merged_incident_names_the_one_to_act_on(verb: str) -> None:
    desk = Desk()
    number = desk.in_state("merged")
    parent = number_text(desk.at(number).parent)
    args = dict(ARGS.get(verb, {}), **({"parent": 1} if verb == "link" else {}))
    assert desk.refused("bo", verb, number, **args) == f"{number_text(number)} is merged into {parent}; do it there."
    assert f"is merged into {parent} already." in desk.refused("bo", "merge", number, parent=1)


def test_a_state_of_a_newer_version_refuses_in_words() -> None:
    incident = Incident(id=b"i", number=7, state="mitigated")
    assert refuse_state("ack", incident) == "INC-000007 is mitigated, which this version does not know."
    assert not leaves_state("undo", incident)


def test_all_states_are_reached_from_new_and_active_from_all() -> None:
    reached = {state: _reached(state) for state in STATES}
    assert reached["new"] == set(STATES)
    assert all("active" in states for states in reached.values())


def _reached(start: str) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        state = waiting.pop()
        for table in TRANSITIONS.values():
            after = table.get(state, "") or state
            if after not in found:
                found.add(after)
                waiting.append(after)
    return found


def test_every_verb_has_its_deed_and_every_transition_its_verb() -> None:
    assert set(VERBS) - {"log"} == set(ALL_DEEDS)
    assert set(TRANSITIONS) == set(VERBS) - {"log", "undo", "redo"}
    for table in TRANSITIONS.values():
        assert set(table) <= set(STATES)
        assert {state for state in table.values() if state} <= set(STATES)


def test_what_a_verb_reads_is_a_field_and_its_words_are_words() -> None:
    for verb in VERBS.values():
        assert set(verb.reads) <= set(Incident.__struct_fields__)
        assert verb.help.endswith(".")
        assert verb.title == verb.title.strip() != ""
        assert len(verb.short) <= 9
        assert all(arg.ask for arg in verb.args) or verb.rule_only


def test_an_unknown_verb_and_an_unknown_incident_are_refused() -> None:
    desk = Desk()
    unknown = desk.send(Command(id=b"1", verb="explode", actor="ana"))
    assert (unknown.reason, unknown.code) == ("There is no verb 'explode'; `noc-tui do --help` lists them.", "bad")
    gone = desk.send(Command(id=b"2", verb="ack", incident=b"none", actor="ana"))
    assert (gone.reason, gone.code) == ("There is no such incident.", "gone")


def test_what_belongs_to_the_duties_is_refused_to_people() -> None:
    desk = Desk()
    number = desk.raised()
    assert desk.refused("ana", "settle", number, alert="mon:k") == "settle is done by the standing duties alone."
    assert desk.refused(RULE, "settle", number, alert="mon:k") == "That alert is not flapping."
