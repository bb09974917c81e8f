"""What the link says of itself when it begins: how old what it holds is, by the word of whoever followed before it."""

from __future__ import annotations

import pytest

from noc_tui.incidents.model import HOUR, SECOND, Micros
from noc_tui.journal.beside import LinkStatus
from noc_tui.sync.effects import TellStatus
from noc_tui.sync.inputs import Moment, RetryWished, Started
from noc_tui.sync.machine import Link
from noc_tui.sync.telling import TELL_EVERY
from tests.unit.sync.linked import at, following, page

NOW: Micros = 1_790_000_000_000_000
TICK = 50.0


def said_at_the_start(heard_at: Micros, role: str = "") -> LinkStatus:
    """The first thing that a link says."""
    effects = Link("https://noc.example", heard_at, role).step(Started(when=Moment(TICK, NOW)))
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


def test_the_role_of_our_token_is_as_it_was_kept_until_the_server_tells_another() -> None:
    assert said_at_the_start(0, "viewer").role == "viewer"
    linked = following()
    told = []
    for role in ("viewer", "", "operator"):
        linked.tick += TELL_EVERY
        linked.comes(page(at(10), role=role))
        told.append(linked.status().role)
    assert told == ["viewer", "viewer", "operator"], "an older server tells none"


def test_another_token_may_have_another_role() -> None:
    linked = following()
    for role, known in (("viewer", "viewer"), (None, "viewer"), ("", "")):
        linked.tick += TELL_EVERY
        linked.feed(RetryWished, role=role)
        linked.comes(page(at(10)))
        assert linked.link.sides.telling.role == known


def test_what_was_never_heard_has_no_age() -> None:
    status = said_at_the_start(0)
    assert (status.state, status.ok_at, status.ok_tick) == ("connecting", 0, 0.0)
