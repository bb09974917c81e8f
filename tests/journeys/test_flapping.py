"""J3: an interface that flaps, shelved with a reason: nine keys, not counting what is written."""

from __future__ import annotations

import json

import pytest

from noc_tui.incidents.model import HOUR, MINUTE, SECOND
from tests.console.night import Night
from tests.contract.desk import rows, sound
from tests.journeys.conftest import Sit
from tests.journeys.dress import DRESSED, Dress
from tests.journeys.terminal import Terminal, store_words

pytestmark = pytest.mark.pty

ALERT = r"Alerts  1 .*\n(.*\n)*▌  % .*interface down"
"""The page of alerts, with the cursor on its only one."""


def flapping(night: Night) -> int:
    """An interface that has changed 37 times in five minutes, beside other work; returns its incident."""
    other = night.ago(30 * MINUTE).fires("fan", resource="sw11.ams1", severity="critical")
    night.does("bo", "take", other)
    for turn in range(37):
        act = night.ago(5 * MINUTE - turn * 8 * SECOND)
        (act.clears if turn % 2 else act.fires)("flap", resource="ge-0-0-3.pe02.ams1", summary="interface down")
    night.close()
    return night.numbers["flap"]


def kinds(night: Night, number: int, actor: str = "me") -> list[str]:
    """The kinds of what somebody did to an incident, in order."""
    query = "SELECT kind FROM journal WHERE number = ? AND actor = ? ORDER BY seq"
    return [kind for (kind,) in rows(night.path, query, (number, actor))]


def start(terminal: Terminal, night: Night, theme: str = "dark") -> None:
    """Open the board, on which the 37 changes are one row."""
    terminal.start(*store_words(night.path, theme))
    terminal.sees(r"2(/| of )2")
    terminal.sees(r"interface down, flapping, 3\d chang")
    assert sum("interface down" in line.split("│")[0] for line in terminal.lines()) == 1


@DRESSED
def test_shelved_with_a_reason_in_nine_keys(night: Night, sit: Sit, dress: Dress) -> None:
    number = flapping(night)
    terminal = sit(dress.size)
    start(terminal, night, dress.theme)

    terminal.press("Tab", "Enter")
    terminal.sees(rf"INC-{number:06d}")
    terminal.press("l")
    terminal.sees(ALERT)
    terminal.press("s", "3")
    terminal.sees(r"shelve: why")
    terminal.write("opt dirty 4k")
    terminal.press("Enter")
    terminal.sees(r"Alert interface down of INC-\d+ .* shelved")
    terminal.sees(r"shelved by me")
    terminal.press("n")
    terminal.sees(r"^ note\b")
    terminal.write("field visit booked wo-9912")
    terminal.press("Enter")
    terminal.sees(r"noted\.")
    terminal.press("q")

    terminal.sees(r"DETAIL")
    terminal.sees(r"shelved 1")
    assert terminal.pressed == 9
    assert terminal.typed == 38
    assert dress.kept_by(terminal)
    assert kinds(night, number) == ["shelf.added", "incident.noted"]
    ((body, at),) = rows(night.path, "SELECT body, at FROM journal WHERE kind = 'shelf.added'")
    shelf = json.loads(body)
    assert shelf["reason"] == "opt dirty 4k"
    assert abs(shelf["alert"]["set"]["shelved_until"] - at - HOUR) < MINUTE
    assert sound(night.path)


def test_a_page_stays_with_its_incident_when_a_shelf_takes_the_row_away(night: Night, sit: Sit) -> None:
    number = flapping(night)
    terminal = sit()
    start(terminal, night)
    terminal.press("Tab", "Enter", "l")
    terminal.sees(ALERT)
    terminal.press("s", "3")
    terminal.sees(r"shelve: why")
    terminal.write("noise")
    terminal.press("Enter")
    terminal.sees(r"ALERTS .* 1/2 .*shelved 1")  # the row has left the board's view

    terminal.press("n")
    terminal.sees(r"^ note\b")
    terminal.write("seen")
    terminal.press("Enter")
    terminal.sees(r"noted\.")

    assert kinds(night, number) == ["shelf.added", "incident.noted"]


def test_a_shelf_longer_than_the_most_is_refused(night: Night, sit: Sit) -> None:
    number = flapping(night)
    terminal = sit()
    start(terminal, night)
    terminal.press("Tab", "Enter", "l")
    terminal.sees(ALERT)
    terminal.press("s", "u")
    terminal.sees(r"until")
    terminal.write("24h")
    terminal.press("Enter")
    terminal.sees(r"shelve: why")
    terminal.write("for good")
    terminal.press("Enter")

    terminal.sees(r"8h|8 h")
    assert kinds(night, number) == []
