"""A field over 16 KiB is cut by whatever door it came, and the event tells what it was (DESIGN.md 8.4)."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from noc_tui.incidents.text import FIELD_LIMIT
from tests.unit.incidents import checks
from tests.unit.incidents.desk import Desk

LONG = "é" * FIELD_LIMIT
WAS = {"length": 2 * FIELD_LIMIT, "sha256": sha256(LONG.encode()).hexdigest()}


@pytest.fixture
def desk() -> Desk:
    return Desk()


def last(desk: Desk) -> dict[str, Any]:
    """What the last event tells."""
    return desk.journal[-1].data


@pytest.mark.parametrize("field", ["resource", "summary", "service", "site", "url", "suppressed_by"])
def test_of_a_report(desk: Desk, field: str) -> None:
    desk.raised(**{field: LONG})
    assert last(desk)["cut"] == {field: WAS}
    assert all(len(event.body) < 4 * FIELD_LIMIT for event in desk.journal)
    events = len(desk.journal)
    desk.raised(**{field: LONG})
    assert len(desk.journal) == events, "the same again is a repeat"
    checks.all_hold(desk)


def test_of_a_label(desk: Desk) -> None:
    desk.raised(labels=(("a", "1"), ("tier", LONG), (LONG, "x")))
    assert last(desk)["cut"] == {"labels.tier": WAS}
    assert [len(part) for pair in desk.of().labels for part in pair] == [1, 1, 4, FIELD_LIMIT // 2, FIELD_LIMIT // 2, 1]


def test_of_a_command(desk: Desk) -> None:
    number = desk.log(title=LONG)
    assert desk.at(number).title == LONG[: FIELD_LIMIT // 2]
    assert last(desk)["cut"] == {"title": WAS}
    desk.ok("ana", "note", number, text=LONG)
    assert (last(desk)["text"], last(desk)["cut"]) == (LONG[: FIELD_LIMIT // 2], {"text": WAS})
    desk.ok("ana", "resolve", number, code="f", note=LONG, cause="short")
    assert last(desk)["cut"] == {"note": WAS}
    checks.all_hold(desk)


def test_nothing_else_is(desk: Desk) -> None:
    fits = "x" * FIELD_LIMIT
    number = desk.raised(summary=fits)
    desk.ok("ana", "note", number, text=fits)
    assert last(desk)["text"] == fits
    assert all("cut" not in event.data for event in desk.journal)
