"""J6: a bulk resolve that was wrong, taken back: two keys, not counting the mistake."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from noc_tui.incidents.model import MINUTE
from tests.console.night import Night
from tests.contract.desk import rows, sound
from tests.journeys.conftest import Sit
from tests.journeys.dress import DRESSED, Dress
from tests.journeys.terminal import Terminal, store_words

pytestmark = pytest.mark.pty

BOARD = "number, state, owner, priority, response_due, resolution_due, snoozed_until, acked_at, resolved_at, cleared_at"


def thirty_seven(night: Night) -> int:
    """37 incidents that ana has seen; all have cleared but one, whose number is returned."""
    for index in range(37):
        site = "lon2" if index == 20 else "par3"
        number = night.ago(20 * MINUTE).fires(f"k{index}", resource=f"ge{index}.pe07.{site}", site=site)
        night.does("ana", "ack", number)
    for index in range(37):
        if index != 20:
            night.ago(10 * MINUTE).clears(f"k{index}", resource=f"ge{index}.pe07.par3", site="par3")
    night.close()
    return night.numbers["k20"]


def incidents(path: Path) -> list[tuple[Any, ...]]:
    """What matters of all incidents."""
    return rows(path, f"SELECT {BOARD} FROM incidents ORDER BY number")


def counted(path: Path, kind: str) -> int:
    """How many events of a kind the journal has."""
    ((count,),) = rows(path, "SELECT count(*) FROM journal WHERE kind = ?", (kind,))
    assert isinstance(count, int)
    return count


def resolve_all(terminal: Terminal, path: Path, odd: int, theme: str = "dark") -> None:
    """Make the mistake: resolve all that is shown; the strip names the one that is still firing."""
    terminal.start(*store_words(path, theme))
    terminal.sees(r"37(/| of )37")
    terminal.press("*", "r", "f")
    said = terminal.sees(r"resolve 37 .*still firing: (INC-\d+)")
    assert int(said[1].removeprefix("INC-")) == odd
    terminal.press("Enter")
    terminal.sees(r"37 resolved as fixed\.")
    terminal.pressed = 0


@DRESSED
def test_undo_restores_what_was_before(night: Night, sit: Sit, dress: Dress) -> None:
    odd = thirty_seven(night)
    before = incidents(night.path)
    terminal = sit(dress.size)
    resolve_all(terminal, night.path, odd, dress.theme)
    assert counted(night.path, "incident.resolved") == 37

    terminal.press("u")
    terminal.sees(r"undo resolve 37 .*37 of 37 unchanged")
    terminal.press("Enter")
    terminal.sees(r"37 undone\.")

    assert terminal.pressed == 2
    assert incidents(night.path) == before
    assert counted(night.path, "incident.undone") == 37
    assert counted(night.path, "incident.resolved") == 37, "the audit shows both"
    assert dress.kept_by(terminal)
    assert sound(night.path)


def test_undo_works_after_a_restart(night: Night, sit: Sit) -> None:
    odd = thirty_seven(night)
    before = incidents(night.path)
    terminal = sit()
    resolve_all(terminal, night.path, odd)
    terminal.press("Ctrl-q")
    assert terminal.ends() == 0

    terminal.start(*store_words(night.path))
    terminal.sees(r"Resolved  37")
    terminal.press("u")
    while terminal.sees(r"37 of 37 unchanged|press u again")[0] == "press u again":
        terminal.press("Ctrl-g")
        terminal.sees(r"owner")
        terminal.press("u")
    terminal.press("Enter")
    terminal.sees(r"37 undone\.")

    assert incidents(night.path) == before


def test_undo_leaves_what_others_changed_since(night: Night, sit: Sit) -> None:
    odd = thirty_seven(night)
    terminal = sit()
    resolve_all(terminal, night.path, odd)
    for key in ("k1", "k2", "k3"):
        night.ago(0).does("ana", "reopen", night.numbers[key], reason="still dark")
    night.close()
    terminal.sees(r"P2 0/3 ")

    terminal.press("u")
    terminal.sees(r"34 of 37 unchanged")
    terminal.press("Enter")
    said = terminal.sees(r"34 of 37 undone\..*")

    assert re.search("ana", said[0]), "it says who changed the others"
    assert counted(night.path, "incident.undone") == 34
    reopened = [number for number, state, *_ in incidents(night.path) if state == "active"]
    assert reopened == sorted(night.numbers[key] for key in ("k1", "k2", "k3"))
