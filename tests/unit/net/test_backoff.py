"""When to try again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.net.backoff import EARLY_FOR, HEALTHY, LONGEST, LONGEST_ASKED, Backoff, retry_after


def test_the_longest_wait_doubles_from_half_a_second_to_five_and_to_thirty_once_the_outage_lasts() -> None:
    state, waits = Backoff(), []
    for at in (0.0, 1.0, 2.0, 4.0, 8.0, EARLY_FOR - 1, EARLY_FOR, EARLY_FOR + 30):
        state, wait = state.failed(at, lambda: 1.0)
        waits.append(wait)

    assert waits == [0.5, 1, 2, 4, 5, 5, 30, 30]


def test_nobody_waits_longer_for_a_server_than_it_was_away_already() -> None:
    at, state = 0.0, Backoff()
    while at < 2.0:  # it restarts
        state, wait = state.failed(at, lambda: 1.0)
        at += wait
    assert at - 2.0 <= 2.0
    for away in (3.0, 4.5):
        state, wait = state.failed(away, lambda: 1.0)
        assert wait <= away


def test_a_short_outage_is_forgotten_sooner_than_a_long_one() -> None:
    short = Backoff(4, failing_since=0.0).succeeded(2.0)
    long = Backoff(4, failing_since=0.0).succeeded(20.0)

    assert short.failed(12.0, lambda: 1.0)[1] == 0.5
    assert long.failed(30.0, lambda: 1.0)[1] == 5
    assert long.failed(100.0, lambda: 1.0)[1] == 0.5


def test_a_server_that_fails_every_second_request_is_failing() -> None:
    state, wait = Backoff(), 0.0
    for second in range(10):
        state, wait = state.failed(float(second), lambda: 1.0)
        state = state.succeeded(second + 0.5)

    assert wait == 5


def test_an_outage_after_another_is_young_again() -> None:
    state = Backoff(6, failing_since=0.0).succeeded(500.0)
    for _ in range(6):
        state, _ = state.failed(500.0 + HEALTHY, lambda: 1.0)

    assert state.failed(510.0 + HEALTHY, lambda: 1.0)[1] == 5


@given(st.integers(0, 10_000), st.floats(0, 1, exclude_max=True), st.none() | st.floats(-10, 1e9))
def test_no_wait_is_negative_or_longer_than_allowed(failures: int, chance: float, asked: float | None) -> None:
    _, wait = Backoff(failures).failed(0.0, lambda: chance, asked)

    assert 0 <= wait <= (LONGEST if asked is None else LONGEST_ASKED)
    assert asked is None or wait >= min(asked, LONGEST_ASKED)


def test_what_the_server_asks_comes_before_the_jitter() -> None:
    assert Backoff().failed(0.0, lambda: 0.5, 60.0)[1] == 60.25
    assert Backoff().failed(0.0, lambda: 0.5, 9000.0)[1] == 300


def test_it_forgets_after_two_healthy_minutes_and_not_before() -> None:
    state = Backoff(6).succeeded(100.0).succeeded(100.0 + HEALTHY / 2)

    assert state.failed(99.9 + HEALTHY, lambda: 1.0)[1] == 30
    assert state.failed(100.0 + HEALTHY, lambda: 1.0)[1] == 0.5


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("120", "", 120.0),
        (" 0 ", "", 0.0),
        ("9" * 400, "", 999_999_999.0),
        ("Tue, 24 Nov 2026 02:00:30 GMT", "Tue, 24 Nov 2026 02:00:00 GMT", 30.0),
        ("Tue, 24 Nov 2026 02:00:00 GMT", "Tue, 24 Nov 2026 02:00:30 -0000", 0.0),
        ("Tue, 24 Nov 2026 02:00:30 GMT", "", None),
        ("soon", "Tue, 24 Nov 2026 02:00:00 GMT", None),
        ("-5", "", None),
        ("٣", "", None),
        ("", "", None),
    ],
)
def test_retry_after_is_read_by_the_servers_own_clock(value: str, date: str, seconds: float | None) -> None:
    assert retry_after(value, date) == seconds
