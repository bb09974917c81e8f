"""Who else is there, and who was quicker."""

from __future__ import annotations

from typing import Any

import pytest

from noc_tui.console.people import AWAY, LOOKING, WRITING, People
from noc_tui.console.rivals import Rival, in_short, outran, rival_of
from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import SECOND
from noc_tui.journal.beside import Presence
from noc_tui.journal.envelope import Event, encode_body
from tests.unit.console.boards import NOW


def at(actor: str, incident: int, doing: str = LOOKING, origin: str = "tty1") -> Presence:
    return Presence(actor=actor, origin=origin, incident=incident, doing=doing, at=NOW)


def test_others_stand_at_their_incidents_those_who_write_first() -> None:
    people = People("me")
    changed = people.heard([at("bo", 7), at("ana", 7, WRITING), at("me", 7), at("cy", 0)])
    assert changed == {7}
    assert people.on_row(7) == "ana*+1"
    assert people.words(7) == "ana is writing here, bo is looking at this"
    assert people.writing(7) == "ana is writing here"
    assert people.on_row(8) == people.words(8) == people.writing(8) == ""
    assert [one.actor for one in people.all()] == ["ana", "bo", "cy"]


def test_who_is_idle_stands_behind_the_others_and_not_on_the_row() -> None:
    people = People("me")
    people.heard([at("ana", 7, AWAY), at("bo", 7)])
    assert people.on_row(7) == "bo"
    assert people.words(7) == "bo is looking at this, ana has this open, idle"
    people.heard([at("ana", 7, AWAY), at("cy", 0, AWAY), at("cy", 8, origin="tty2")])
    assert people.on_row(7) == ""
    assert [(one.actor, one.incident, one.doing) for one in people.all()] == [("ana", 7, AWAY), ("cy", 8, LOOKING)]


def test_the_same_again_changes_nothing_and_a_move_changes_both_rows() -> None:
    people = People("me")
    people.heard([at("ana", 7)])
    assert people.heard([at("ana", 7)]) == set()
    assert people.heard([at("ana", 8)]) == {7, 8}
    assert people.heard([]) == {8}


def test_somebody_at_two_terminals_is_one_person() -> None:
    people = People("me")
    people.heard([at("ana", 7), at("ana", 7, WRITING, "tty2"), at("ana", 0, "", "tty3")])
    assert people.on_row(7) == "ana*"
    assert len(people.all()) == 1


def test_two_who_write_are_both_named() -> None:
    people = People("me")
    people.heard([at("ana", 7, WRITING), at("bo", 7, WRITING)])
    assert people.writing(7) == "ana and bo are writing here"


def event(revision: int, actor: str, kind: str = "incident.taken", **fields: Any) -> Event:
    patch = {"set": fields or {"state": "active", "owner": actor}}
    return Event(
        seq=revision,
        id=b"",
        kind=kind,
        at=NOW - SECOND // 5,
        received_at=NOW,
        actor=actor,
        command_id=b"c",
        revision=revision,
        body=encode_body(patch),
    )


TAKE = Command(id=b"t", verb="take", actor="me", at=NOW, expect={"state": 4, "owner": 4})


def test_the_rival_is_who_changed_last_what_the_command_rested_on() -> None:
    told = [event(7, "cy", "incident.noted", labels=["x"]), event(6, "ana"), event(5, "bo"), event(4, "dan")]
    rival = rival_of(TAKE, told)
    assert rival is not None and (rival.actor, rival.did) == ("ana", "took it")


@pytest.mark.parametrize(
    "told",
    [
        [],
        [event(4, "ana")],
        [event(5, "me")],
        [event(5, "ana", "incident.noted", labels=["x"])],
    ],
)
def test_what_was_seen_or_ones_own_or_something_else_is_no_rival(told: list[Event]) -> None:
    assert rival_of(TAKE, told) is None


def test_a_command_that_rests_on_nothing_has_no_rival() -> None:
    assert rival_of(Command(id=b"n", verb="note", actor="me", at=NOW), [event(5, "ana")]) is None


@pytest.mark.parametrize(
    ("lead", "said"),
    [
        (SECOND // 5, "ana took INC-000007 0.2 s before you."),
        (9_990_000, "ana took INC-000007 9.9 s before you."),
        (90 * SECOND, "ana took INC-000007 1 min 30 s before you."),
        (-SECOND, "ana took INC-000007 first."),
    ],
)
def test_a_race_is_told_by_how_much_it_was_lost(lead: int, said: str) -> None:
    assert outran(TAKE, Rival("ana", "took it", NOW - lead), "INC-000007") == said


def test_another_deed_is_told_as_the_timeline_tells_it() -> None:
    rival = Rival("rule", "resolved as fixed", NOW - 3 * SECOND)
    assert outran(TAKE, rival, "INC-000007") == "INC-000007: A rule resolved as fixed 3.0 s before you."
    assert in_short(TAKE, rival) == "A rule resolved as fixed 3.0 s before you"
