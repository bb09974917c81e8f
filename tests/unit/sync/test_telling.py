"""What the link says of itself when it begins: how old what it holds is, by the word of whoever followed before it."""

from __future__ import annotations

import pytest

from noc_tui.incidents.model import HOUR, SECOND, Micros
from noc_tui.journal.beside import LinkStatus
from noc_tui.sync.effects import TellStatus
from noc_tui.sync.inputs import Moment, Started
from noc_tui.sync.machine import Link

NOW: Micros = 1_790_000_000_000_000
TICK = 50.0


def said_at_the_start(heard_at: Micros) -> LinkStatus:
    """The first thing that a link says."""
    effects = Link("https://noc.example", heard_at).step(Started(when=Moment(TICK, NOW)))
    (status,) = [effect.status for effect in effects if isinstance(effect, TellStatus)]
    return status


@pytest.mark.parametrize("ago", [0, 90 * SECOND, 2 * HOUR])
def test_what_is_held_is_as_old_as_the_last_word_heard_by_whoever_followed_before(ago: Micros) -> None:
    status = said_at_the_start(NOW - ago)
    assert status.ok_at == NOW - ago
    assert status.ok_tick == TICK - ago / SECOND


def test_a_clock_that_was_set_back_since_makes_nothing_younger_than_now() -> None:
    status = said_at_the_start(NOW + HOUR)
    assert (status.ok_at, status.ok_tick) == (NOW, TICK)


def test_what_was_never_heard_has_no_age() -> None:
    status = said_at_the_start(0)
    assert (status.state, status.ok_at, status.ok_tick) == ("connecting", 0, 0.0)
