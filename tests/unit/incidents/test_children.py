"""Which children follow a parent that is resolved, and that each of them can be taken back."""

from __future__ import annotations

import pytest

from noc_tui.incidents.children import CHOICES, following, open_children, question
from noc_tui.incidents.model import Incident
from tests.unit.incidents.desk import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def family(desk: Desk) -> tuple[int, list[int]]:
    """Return a parent with a firing, a cleared, a logged, a resolved and a merged child."""
    parent = desk.raised("parent")
    fires, cleared, resolved, merged = (desk.raised(key) for key in ("fires", "cleared", "resolved", "merged"))
    logged = desk.log()
    for child in (fires, cleared, logged, resolved):
        desk.ok("ana", "link", child, parent=parent)
    desk.cleared("cleared")
    desk.ok("ana", "resolve", resolved, code="f")
    desk.ok("ana", "merge", merged, parent=parent)
    return parent, [fires, cleared, logged]


def numbers(incidents: list[Incident]) -> list[int]:
    return [incident.number for incident in incidents]


def test_those_that_are_open_may_follow(desk: Desk) -> None:
    parent, still = family(desk)
    children = desk.children(parent)[::-1]
    assert numbers(open_children(children)) == sorted(still)
    assert numbers(following(children, "all")) == numbers(following(children, "a")) == sorted(still)
    assert numbers(following(children, "cleared")) == numbers(following(children, "c")) == [still[1]]
    assert following(children, "none") == following(children, "n") == []


def test_what_is_no_choice_is_said(desk: Desk) -> None:
    with pytest.raises(ValueError, match="'some' is no choice; it is one of all, cleared, none"):
        following([], "some")


def test_the_question_offers_what_there_is(desk: Desk) -> None:
    parent, (fires, cleared, logged) = family(desk)
    assert question(desk.children(parent)) == "and 3 children? a all  c 1 cleared  n none"
    desk.ok("ana", "resolve", cleared, code="f")
    assert question(desk.children(parent)) == "and 2 children? a all  n none"
    desk.ok("ana", "resolve", fires, code="f")
    assert question(desk.children(parent)) == "and its child? a yes  n no"
    desk.ok("ana", "resolve", logged, code="f")
    assert question(desk.children(parent)) == ""
    assert set(CHOICES) == {"a", "c", "n"}


def test_each_that_followed_is_taken_back_by_itself(desk: Desk) -> None:
    parent, still = family(desk)
    chosen = [parent, *numbers(following(desk.children(parent), "all"))]
    commands = {number: desk.ok("ana", "resolve", number, code="f") for number in chosen}
    assert {desk.at(number).state for number in chosen} == {"resolved"}
    desk.ok("bo", "close", still[0])
    del commands[still[0]]
    for number, command in commands.items():
        desk.undo("ana", command, number)
    assert {desk.at(number).state for number in commands} == {"new"}


def test_a_child_that_is_closed_closes_no_parent(desk: Desk) -> None:
    parent, still = family(desk)
    for child in still:
        desk.ok("ana", "resolve", child, code="f")
        desk.ok("ana", "close", child)
    assert desk.at(parent).state == "new"
