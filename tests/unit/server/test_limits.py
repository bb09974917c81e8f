"""The rate that one asker is held to, by a clock that the test moves; and what is packed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request

from noc_tui.server.limits import Rates
from noc_tui.server.refusing import Refused
from noc_tui.server.zipping import takes_gzip


class Clock:
    """Seconds."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def passes(rates: Rates, name: str) -> bool:
    """Whether one more request passes."""
    try:
        rates.check(name)
    except Refused:
        return False
    return True


@given(st.lists(st.floats(0, 3), max_size=60))
def test_nobody_asks_more_often_than_the_burst_and_the_rate_allow(gaps: list[float]) -> None:
    clock = Clock()
    rates = Rates(2.0, 5.0, clock)
    passed = 0
    for gap in gaps:
        clock.now += gap
        passed += passes(rates, "ana")
        assert passed <= 5 + 2 * clock.now + 1e-6


def test_one_does_not_use_up_what_is_anothers() -> None:
    rates = Rates(1.0, 2.0, Clock())
    assert [passes(rates, "ana") for _ in range(3)] == [True, True, False]
    assert passes(rates, "ben")


def test_after_the_time_that_was_told_one_passes() -> None:
    clock = Clock()
    rates = Rates(0.4, 1.0, clock)
    assert passes(rates, "ana")
    with pytest.raises(Refused) as refused:
        rates.check("ana")
    clock.now += int(refused.value.headers["retry-after"])
    assert passes(rates, "ana")


def test_many_names_cost_no_memory() -> None:
    rates = Rates(1.0, 1.0, Clock())
    for number in range(2 * Rates.KEPT):
        rates.check(str(number))
    assert len(rates._buckets) == Rates.KEPT


@pytest.mark.parametrize(
    ("offered", "takes"),
    [("gzip", True), ("br, GZIP;q=0.5", True), ("gzip;q=0", False), ("gzip; q=0.0", False), ("", False), ("br", False)],
)
def test_packed_is_what_is_taken_packed(offered: str, *, takes: bool) -> None:
    request = Request({"type": "http", "headers": [(b"accept-encoding", offered.encode())]})
    assert takes_gzip(request) is takes
