"""J2: 500 alerts of one cut fibre and six others, taken in while the operator works: six keys.

Its declaration of a major incident and its first message are not here: there is neither yet.
"""

from __future__ import annotations

import re
from typing import Any, Final

import pytest

from noc_tui.incidents.model import SECOND
from noc_tui.store.opening import wall_clock
from tests.console.night import Night, ordinary
from tests.contract.cli.running import as_program
from tests.contract.desk import rows, sound
from tests.journeys.conftest import Sit
from tests.journeys.dress import DRESSED, Dress
from tests.journeys.storm import CIRCUIT, OTHERS, Storm, fibre_cut, storm
from tests.journeys.terminal import Terminal, store_words

pytestmark = pytest.mark.pty

ALERTS: Final = 500
CROWD: Final = 20_000
"""Incidents that are open besides."""


def found(night: Night, query: str, *values: Any) -> Any:
    """The one value that a query finds in the store."""
    ((value,),) = rows(night.path, query, values)
    return value


def work(terminal: Terminal, coming: Storm) -> None:
    """J2 from `Tab` to `q`, while alerts come."""
    terminal.press("Tab")
    terminal.sees(rf"▌.*{CIRCUIT}")
    coming.pours(80)
    terminal.press("Enter")
    terminal.sees("DETAIL")
    terminal.sees(CIRCUIT)
    coming.pours(80)
    terminal.press("t")
    terminal.sees(rf"{CIRCUIT} taken\.")
    coming.pours(80)
    terminal.press("e")
    terminal.sees(rf"{CIRCUIT} escalated")
    coming.pours(80)
    terminal.press("q")
    terminal.sees(rf"▌.*{CIRCUIT}")
    coming.passes()
    terminal.sees(rf"{CIRCUIT} .*▸{ALERTS}")


def assert_done(night: Night, before: int) -> None:
    """One incident has all of the fibre's alerts, and what was pressed; every alert is in the journal."""
    number = found(night, "SELECT number FROM incidents WHERE resource = ?", CIRCUIT)
    state = "SELECT alert_count || ' ' || owner || ' ' || team || ' ' || attention FROM incidents WHERE number = ?"
    assert found(night, state, number) == f"{ALERTS} me t2 0"
    assert found(night, "SELECT count(*) FROM incidents") == before + 1 + len(OTHERS)
    raised = "SELECT count(*) FROM journal WHERE kind = 'alert.raised' AND received_at > ?"
    assert found(night, raised, night.now) == ALERTS + len(OTHERS)
    done = "SELECT kind, number FROM journal WHERE actor = 'me' AND received_at > ? ORDER BY seq"
    assert rows(night.path, done, (night.now,)) == [("incident.taken", number), ("incident.escalated", number)]


@DRESSED
def test_one_cause_is_one_row_and_six_keys(night: Night, sit: Sit, dress: Dress) -> None:
    ordinary(night)
    night.close()
    before = found(night, "SELECT count(*) FROM incidents")
    terminal = sit(dress.size)
    terminal.start(*store_words(night.path, dress.theme))
    terminal.sees(r"mx2\.ams1")

    with storm(night.path, fibre_cut(ALERTS, wall_clock() - SECOND)) as coming:
        coming.pours(100)
        terminal.sees(rf"{CIRCUIT} .*▸\d+")
        work(terminal, coming)
        terminal.press("Tab")
        terminal.sees(rf"▌.*{re.escape(OTHERS[0][0])}")

    assert terminal.pressed == 6
    assert_done(night, before)
    assert dress.kept_by(terminal)
    assert sound(night.path)


@pytest.mark.slow
@DRESSED
def test_the_same_keys_on_a_board_of_twenty_thousand(night: Night, sit: Sit, dress: Dress) -> None:
    ran = as_program("simulate", "--store", str(night.path), "--open", str(CROWD), "--closed", "500")
    assert ran.status == 0, ran.err
    night.now = wall_clock()
    before = found(night, "SELECT count(*) FROM incidents")
    terminal = sit(dress.size)
    terminal.start(*store_words(night.path, dress.theme))
    terminal.sees(r" \d{5}(/| of )\d{5} ")

    with storm(night.path, fibre_cut(ALERTS, wall_clock() - SECOND)) as coming:
        coming.pours(100)
        terminal.press("/")
        terminal.sees("FILTER")
        terminal.write(CIRCUIT)
        terminal.press("Enter")
        terminal.sees(rf"{CIRCUIT} .*▸\d+")
        terminal.pressed = 0
        work(terminal, coming)

    assert terminal.pressed == 5
    assert_done(night, before)
    assert dress.kept_by(terminal)
