"""What ends at a time ends, once, and only when it is due; on a real store with a clock that is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from noc_tui.duties.timers import AGAIN, AT_ONCE, MOST, Timers
from noc_tui.incidents.commands import RULE
from noc_tui.incidents.model import HOUR, MINUTE, SECOND, Incident
from noc_tui.incidents.policy import Policy
from noc_tui.store.board_reader import BoardReader
from noc_tui.store.due import COUNTS_LAG
from noc_tui.store.opening import Store
from tests.contract.desk import Desk, report, rows, sound

POLICY = Policy()


class Shift:
    """A desk with an open store and its timers."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.store: Store = desk.open()
        self.timers = Timers(self.store, lambda: desk.now, desk.new_id)

    def later(self, micros: int) -> int:
        """Let time pass, run a round, and return how much has ended."""
        self.desk.now += micros
        return self.timers.run()

    def raised(self, *keys: str, **fields: Any) -> None:
        """Report alerts as firing."""
        self.store.ingest([report(key, **fields) for key in keys])

    def cleared(self, *keys: str) -> None:
        """Report alerts as over."""
        self.store.ingest([report(key, firing=False) for key in keys])

    def do(self, verb: str, incident: bytes, **fields: Any) -> None:
        """Do something as a person."""
        outcome = self.desk.do(self.store, verb, incident, **fields)
        assert outcome.ok, outcome

    def incident(self, number: int = 1) -> Incident:
        """An incident on the board."""
        reader = BoardReader(self.desk.path)
        found = {one.number: one for part in reader.all_rows() for one in part}
        reader.close()
        return found[number]

    def kinds(self, count: int = 1) -> list[str]:
        """The kinds of the last events."""
        events = rows(self.desk.path, "SELECT kind FROM journal ORDER BY seq DESC LIMIT ?", (count,))
        return [kind for (kind,) in reversed(events)]

    def receipts(self) -> int:
        """How many commands have been answered."""
        found: int = rows(self.desk.path, "SELECT count(*) FROM receipts")[0][0]
        return found


@pytest.fixture
def shift(tmp_path: Path) -> Iterator[Shift]:
    shift = Shift(Desk(tmp_path))
    yield shift
    shift.timers.close()
    shift.store.close()
    assert sound(shift.desk.path)


def test_an_empty_store_has_nothing_to_end(shift: Shift) -> None:
    assert shift.later(HOUR) == 0


def test_a_snooze_ends_at_its_time_and_needs_eyes(shift: Shift) -> None:
    shift.do("snooze", shift.desk.log(shift.store), until=shift.desk.now + MINUTE)
    assert shift.later(MINUTE - 1) == 0
    assert shift.later(1) == 1
    assert (shift.incident().snoozed_until, shift.incident().attention) == (None, True)
    assert shift.kinds() == ["incident.woken"]
    assert shift.later(HOUR) == 0


def test_a_hold_with_a_time_ends_and_one_without_stays(shift: Shift) -> None:
    for until in (shift.desk.now + MINUTE, None):
        incident = shift.desk.log(shift.store)
        shift.do("take", incident)
        shift.do("hold", incident, reason="customer", until=until)
    assert shift.later(HOUR) == 1
    assert (shift.incident(1).state, shift.incident(2).state) == ("active", "held")


def test_shelves_end_each_at_its_own_time(shift: Shift) -> None:
    shift.raised("a", "b", resource="pe1")
    for key, minutes in (("a", 1), ("b", 2)):
        until = shift.desk.now + minutes * MINUTE
        shift.do("shelve", shift.incident().id, alert=f"sim:{key}", until=until, reason="noisy")
    assert [shift.later(MINUTE), shift.later(MINUTE), shift.later(MINUTE)] == [1, 1, 0]
    assert (shift.incident().alerts_shelved, shift.incident().shelved_until) == (0, None)


def test_the_shelf_of_an_alert_that_has_cleared_ends_too(shift: Shift) -> None:
    shift.raised("a")
    shift.do("shelve", shift.incident().id, until=shift.desk.now + MINUTE, reason="noisy")
    shift.cleared("a")
    assert shift.later(MINUTE) == 1
    assert rows(shift.desk.path, "SELECT shelved_until FROM alerts") == [(None,)]


def test_a_shelf_is_ended_where_its_incident_was_merged_into(shift: Shift) -> None:
    shift.raised("a", "b")
    shift.do("shelve", shift.incident(1).id, until=shift.desk.now + MINUTE, reason="noisy")
    shift.do("merge", shift.incident(1).id, parent=2)
    assert shift.later(MINUTE) == 1
    assert (shift.kinds(), shift.incident(2).alerts_shelved) == (["shelf.removed"], 0)


def test_a_shelf_of_a_closed_incident_is_left_in_peace(shift: Shift) -> None:
    shift.raised("a")
    incident = shift.incident().id
    shift.do("shelve", incident, until=shift.desk.now + MINUTE, reason="noisy")
    shift.do("resolve", incident, code="f")
    shift.do("close", incident)
    before = shift.receipts()
    assert shift.later(HOUR) == 0
    assert shift.receipts() == before


def test_what_has_cleared_untouched_resolves_after_the_quiet_time(shift: Shift) -> None:
    shift.raised("a", "b")
    shift.do("ack", shift.incident(2).id)
    shift.cleared("a", "b")
    assert shift.later(POLICY.quiet - 1) == 0
    assert shift.later(1) == 1
    assert (shift.incident(1).state, shift.incident(1).resolution_code) == ("resolved", "cleared by itself")
    assert shift.incident(2).state == "acked"


def test_a_raise_in_the_quiet_time_begins_it_anew(shift: Shift) -> None:
    shift.raised("a")
    shift.cleared("a")
    assert shift.later(POLICY.quiet // 2) == 0
    shift.raised("a")
    shift.cleared("a")
    assert [shift.later(POLICY.quiet // 2), shift.later(POLICY.quiet // 2)] == [0, 1]


def test_what_was_resolved_long_ago_closes(shift: Shift) -> None:
    shift.do("resolve", shift.desk.log(shift.store), code="f")
    assert shift.later(POLICY.auto_close - 1) == 0
    assert shift.later(1) == 1
    assert shift.kinds() == ["incident.closed"]


def flap(shift: Shift) -> None:
    for _ in range(POLICY.flap_toggles // 2):
        shift.raised("a")
        shift.desk.now += SECOND
        shift.cleared("a")
        shift.desk.now += SECOND


def test_flapping_ends_when_the_alert_has_been_steady(shift: Shift) -> None:
    flap(shift)
    assert shift.incident().flapping
    shift.store.write_counters()
    assert shift.later(POLICY.flap_quiet) == 0
    assert shift.later(COUNTS_LAG) == 1
    assert (shift.incident().flapping, shift.incident().alerts_firing, shift.kinds()) == (False, 0, ["alert.settled"])
    assert shift.later(COUNTS_LAG) == 0


def test_a_toggle_that_is_only_counted_keeps_an_alert_flapping(shift: Shift) -> None:
    flap(shift)
    shift.desk.now += POLICY.flap_quiet - SECOND
    shift.raised("a")
    shift.store.write_counters()
    before = shift.receipts()
    assert shift.later(COUNTS_LAG + SECOND) == 0
    assert shift.receipts() == before


def test_what_is_refused_is_not_asked_for_every_second(shift: Shift) -> None:
    flap(shift)
    shift.raised("a")
    shift.store.write_counters()
    shift.desk.now += POLICY.flap_quiet
    shift.cleared("a")  # in this process's memory alone, as if the live file could not be written
    before = shift.receipts()
    assert [shift.later(COUNTS_LAG), shift.later(SECOND), shift.later(SECOND)] == [0, 0, 0]
    assert shift.receipts() == before + 1
    assert shift.later(AGAIN) == 1


def test_a_round_is_bounded_and_the_next_ones_bring_the_rest(shift: Shift) -> None:
    count = MOST + AT_ONCE + 1
    ids = [shift.desk.new_id() for _ in range(count)]
    for start in range(0, count, AT_ONCE):
        part = ids[start : start + AT_ONCE]
        shift.store.append([shift.desk.command("log", id, title="Link down") for id in part])
        shift.store.append([shift.desk.command("snooze", id, until=shift.desk.now + MINUTE) for id in part])
    assert [shift.later(MINUTE), shift.later(0), shift.later(0)] == [MOST, AT_ONCE + 1, 0]


def test_it_is_a_rule_that_ends_things(shift: Shift) -> None:
    shift.do("snooze", shift.desk.log(shift.store), until=shift.desk.now + MINUTE)
    shift.later(MINUTE)
    last = rows(shift.desk.path, "SELECT actor, origin, at FROM journal ORDER BY seq DESC LIMIT 1")
    assert last == [(RULE, "agent", shift.desk.now)]


def test_a_clock_that_went_back_holds_nothing_up(shift: Shift) -> None:
    shift.do("snooze", shift.desk.log(shift.store), until=shift.desk.now + MINUTE)
    shift.desk.now += MINUTE
    shift.desk.log(shift.store)
    assert shift.later(-HOUR) == 1


def test_every_question_is_answered_by_an_index(shift: Shift) -> None:
    asked: list[tuple[str, Any]] = []

    def listen(_c: object, _cursor: object, statement: str, parameters: Any, _context: object, _many: bool) -> None:
        asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        shift.timers.run()
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    plans = [
        str(rows(shift.desk.path, f"EXPLAIN QUERY PLAN {text}", values)) for text, values in asked if "FROM" in text
    ]
    assert len(plans) == 6
    for plan in plans:
        assert "SCAN incidents" not in plan and "SCAN alerts" not in plan, plan
