"""Clocks that jump, differ or stand still: nothing ends twice or never, order stays, no age is younger than true."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

import pytest

from noc_tui.console.link import LATE, Link, data_age
from noc_tui.duties.timers import Timers
from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import DAY, HOUR, MINUTE, SECOND, Micros
from noc_tui.incidents.times import TimeError, iso, micros_of, parse_rfc3339, parse_time
from noc_tui.journal.beside import AgentStatus, LinkStatus
from noc_tui.store.clocks import ticks
from noc_tui.store.opening import open_store
from tests.architecture.tree import ROOT
from tests.contract.desk import START, Desk, report, rows, sound
from tests.faults.budget import Budget

NIGHTS: Final = pytest.mark.parametrize("nights", [2, pytest.param(150, marks=pytest.mark.slow)])
ENDS: Final = {"snooze": "incident.woken", "hold": "incident.resumed"}
BERLIN: Final = ZoneInfo("Europe/Berlin")


class Wild:
    """A wall clock that somebody sets to and fro: `tell` is what it says, `true` the time that has passed."""

    def __init__(self, chance: Random) -> None:
        self.true: Micros = START
        self.off: Micros = 0
        self._chance = chance

    def tell(self) -> Micros:
        """What the clock says."""
        return self.true + self.off

    def passes(self) -> None:
        """Let a little time pass; now and then the clock is set an hour to or fro, a second at a leap, or right."""
        self.true += self._chance.randrange(1, 8 * MINUTE)
        if self._chance.random() < 0.25:
            self.off = self._chance.choice([0, HOUR, -HOUR, SECOND, -SECOND, 5 * MINUTE])


@NIGHTS
def test_with_a_clock_that_jumps_all_ends_once_and_none_before_its_time(
    tmp_path: Path, budget: Budget, nights: int
) -> None:
    for night in budget.turns(nights):
        chance, place = Random(night), tmp_path / str(night)
        place.mkdir()
        desk, clock = Desk(place, night), Wild(chance)
        dues: dict[tuple[int, str], Micros] = {}
        with closing(open_store(desk.path, clock=clock.tell)) as store:
            # two agents on hosts of their own had the lease in turn: each with a clock of its own
            agents = [Timers(store, clock_of, desk.new_id) for clock_of in clocks(clock)]
            for number in range(1, 25):
                clock.passes()
                desk.now = clock.tell()
                incident, verb = desk.log(store), chance.choice(list(ENDS))
                assert desk.do(store, "take", incident).ok
                until = store.head().received_at + chance.randrange(MINUTE, 2 * HOUR)
                words = {"reason": "parts"} if verb == "hold" else {}
                outcome = desk.do(store, verb, incident, until=until, **words)
                assert outcome.ok, outcome
                dues[number, ENDS[verb]] = until
                chance.choice(agents).run()
            for _ in range(60):
                clock.passes()
                chance.choice(agents).run()
            clock.true += DAY
            for agent in agents:
                agent.run()
                agent.run()
                agent.close()
        kinds = tuple(ENDS.values())
        query = f"SELECT number, kind, received_at FROM journal WHERE kind IN {kinds}"
        ended = rows(desk.path, query)
        assert Counter((number, kind) for number, kind, _ in ended) == Counter(dues.keys())
        assert [(number, kind) for number, kind, at in ended if at < dues[number, kind]] == []
        times = [at for (at,) in rows(desk.path, "SELECT received_at FROM journal ORDER BY seq")]
        assert times == sorted(times)
        assert sound(desk.path)


def clocks(clock: Wild) -> list[Callable[[], Micros]]:
    """The clocks of three hosts: one right, one behind, one ahead."""
    return [clock.tell, lambda: clock.tell() - 10 * MINUTE, lambda: clock.tell() + 10 * MINUTE]


def test_an_end_that_is_asked_for_early_or_twice_is_refused(desk: Desk) -> None:
    with closing(desk.open()) as store:
        incident = desk.log(store)
        assert desk.do(store, "snooze", incident, until=desk.now + HOUR).ok
        early = desk.do(store, "wake", incident, actor=RULE)
        desk.now += HOUR
        outcomes = [desk.do(store, "wake", incident, actor=RULE) for _ in range(2)]
    assert [outcome.ok for outcome in (early, *outcomes)] == [False, True, False]
    assert rows(desk.path, "SELECT count(*) FROM journal WHERE kind = 'incident.woken'") == [(1,)]


def test_an_alert_from_the_future_and_one_of_the_past_stand_in_the_order_they_came(desk: Desk) -> None:
    with closing(desk.open()) as store:
        for key, at in (("ahead", desk.now + HOUR), ("behind", desk.now - HOUR), ("right", desk.now)):
            store.ingest([report(key, starts_at=at)])
            desk.now += SECOND
    found = rows(desk.path, "SELECT alert FROM journal WHERE kind = 'alert.raised' ORDER BY seq")
    assert [alert for (alert,) in found] == ["sim:ahead", "sim:behind", "sim:right"]
    assert sound(desk.path)


def heard(at: Micros, tick: float) -> LinkStatus:
    """A link that had an answer at this time, and at this tick."""
    return LinkStatus(state="following", url="https://noc.example", ok_at=at, ok_tick=tick)


@pytest.mark.parametrize("jump", [0, HOUR, -HOUR])
def test_the_age_of_a_copy_is_true_whatever_the_wall_clock_does(jump: Micros) -> None:
    now, tick = [START], [1_000.0]
    link = Link("https://noc.example", lambda: now[0], lambda: tick[0])
    link.heard(heard(START, 1_000.0), 1)
    now[0] += jump
    tick[0] += 4.0
    assert link.age == 4 * SECOND
    assert link.word == "late"


def test_a_laptop_that_slept_shows_how_old_its_board_is() -> None:
    tick = [1_000.0]
    link = Link("https://noc.example", lambda: START, lambda: tick[0])
    link.heard(heard(START, 1_000.0), 1)
    assert link.word == "live"
    tick[0] += 8 * 3600
    assert (link.age, link.word) == (8 * HOUR, "offline")


def test_the_ticks_go_on_while_the_host_sleeps() -> None:
    words = "import time; from noc_tui.agent.remote import _moment as m; print(m().tick - time.monotonic())"
    asleep = ["unshare", "--time", "--boottime", "86400", sys.executable, "-c", words]
    ran = subprocess.run(asleep, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    if ran.returncode:
        pytest.skip(f"no clock can be shifted here: {ran.stderr.strip()}")
    slept = time.clock_gettime(time.CLOCK_BOOTTIME) - time.monotonic()
    assert abs(float(ran.stdout) - slept - 86_400) < 5
    assert abs(ticks() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 5


@pytest.mark.parametrize("jump", [HOUR, -HOUR])
def test_an_agent_that_died_before_the_clock_was_set_is_not_taken_for_fresh(jump: Micros) -> None:
    dead = AgentStatus(pid=1, host="noc1", started_at=START - HOUR, beat_at=START)
    assert data_age(dead, START + SECOND) == SECOND
    age = data_age(dead, START + SECOND + jump)
    assert age is not None
    assert age > LATE


def test_a_leap_second_is_an_instant_like_others() -> None:
    leap = parse_rfc3339("2016-12-31T23:59:60Z")
    assert leap == parse_rfc3339("2017-01-01T00:00:00Z") == parse_rfc3339("2016-12-31T23:59:59Z") + SECOND
    assert iso(leap) == "2017-01-01T00:00:00.000000Z"


def test_where_summer_time_begins_and_ends_a_time_is_one_instant_or_is_asked_about() -> None:
    before = micros_of(datetime(2026, 3, 28, 23, tzinfo=UTC))
    assert parse_time("03:30", before, BERLIN, "future") == micros_of(datetime(2026, 3, 29, 1, 30, tzinfo=UTC))
    with pytest.raises(TimeError):
        parse_time("02:30", before, BERLIN, "future")
    autumn = micros_of(datetime(2026, 10, 24, 23, tzinfo=UTC))
    with pytest.raises(TimeError, match="02:30 second"):
        parse_time("02:30", autumn, BERLIN, "future")
    first, second = (parse_time(f"02:30 {which}", autumn, BERLIN, "future") for which in ("first", "second"))
    assert second - first == HOUR
