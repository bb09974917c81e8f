"""Phrases fill their slots within the stated bounds; the tables that use them are complete."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import CATEGORIES, HOLD_REASONS, RESOLUTION_CODES
from noc_tui.simulate.faults import FAULTS
from noc_tui.simulate.notes import CAUSES, CODES, REASONS, WAITING, WORKING, cause_of
from noc_tui.simulate.people import DESK, OPERATORS, TEAMS, members, specialists_for
from noc_tui.simulate.places import ROLES
from noc_tui.simulate.wording import NAMES, Phrase


@given(seed=st.integers(0, 2**32))
def test_numbers_stay_within_their_bounds(seed: int) -> None:
    rand = Random(seed).random
    whole, fraction, percent = Phrase("{3..9} {0.2..2.4} {81..93} %").say(rand).removesuffix(" %").split()
    assert 3 <= int(whole) <= 9
    assert 0.2 <= float(fraction) <= 2.4
    assert 81 <= int(percent) <= 93


def test_a_name_is_one_of_its_list_and_open_slots_stay() -> None:
    rand = Random(1).random
    assert Phrase("{peer}").say(rand) in NAMES["peer"]
    assert Phrase("{instance} of {who}").say(rand) == "{instance} of {who}"


def test_an_unknown_name_is_refused_when_the_phrase_is_written() -> None:
    with pytest.raises(KeyError):
        Phrase("down since {yesterday}")


def test_every_role_has_a_fault_of_each_severity() -> None:
    assert set(FAULTS) == {role.id for role in ROLES}
    for role, by_severity in FAULTS.items():
        for severity in ("warning", "minor", "major", "critical"):
            assert by_severity[severity], (role, severity)
        assert all(fault.category in CATEGORIES for faults in by_severity.values() for fault in faults)


def test_every_code_and_reason_has_words_that_go_with_it() -> None:
    assert set(CAUSES) == set(RESOLUTION_CODES.values())
    assert set(WAITING) == set(HOLD_REASONS.values())
    categories = {fault.category for faults in FAULTS.values() for kinds in faults.values() for fault in kinds}
    assert set(CODES) == set(REASONS) == categories


def test_notes_are_clean_words() -> None:
    rand = Random(7).random
    said = [phrase.say(rand) for phrase in WORKING]
    said += [phrase.say(rand) for phrases in (*CAUSES.values(), *WAITING.values()) for phrase in phrases]
    assert all(text.isprintable() and "{" not in text and not text.endswith(".") for text in said)


def test_what_was_fixed_goes_with_the_alert() -> None:
    rand = Random(7).random
    assert "certificate" in cause_of("fixed", "certificate", rand)
    assert "fan" in cause_of("fixed", "fan", rand)
    assert cause_of("fixed", "storm control", rand).isprintable()


def test_every_role_has_specialists_to_escalate_to() -> None:
    assert len({operator.name for operator in OPERATORS}) == len(OPERATORS)
    assert TEAMS[0] == "t1"
    assert {"ana", "bo", "cy", "me"} == set(DESK) == set(members("t1"))
    for role in ROLES:
        assert members(specialists_for(role.id))
        assert specialists_for(role.id) != "t1"
