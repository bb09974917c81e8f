"""What is due when: the earliest first, each once, and the heap never much larger than what it is about."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.agenda import Agenda
from noc_tui.incidents.model import HOUR, MINUTE

TIMES = st.integers(0, 20).map(lambda minute: minute * 3 * MINUTE)
"""Some near each other, some further apart than a heap reaches."""
PUTS = st.lists(st.tuples(st.integers(1, 6), st.none() | TIMES), max_size=60)


@given(puts=PUTS, now=TIMES)
def test_what_is_due_comes_once_and_in_its_order(puts: list[tuple[int, int | None]], now: int) -> None:
    agenda, meant = Agenda(), dict[int, int]()
    for number, at in puts:
        agenda.put(number, at)
        meant.pop(number, None)
        if at is not None:
            meant[number] = at
        assert agenda.first() == min(((due, n) for n, due in meant.items()), default=None)
    assert list(agenda.take_due(now)) == [n for due, n in sorted((due, n) for n, due in meant.items()) if due <= now]
    assert list(agenda.take_due(now)) == []


def test_a_number_struck_out_can_be_due_again() -> None:
    agenda = Agenda()
    agenda.put(1, 5)
    assert list(agenda.take_due(5)) == [1]
    agenda.put(1, 5)
    assert agenda.first() == (5, 1)


def test_what_is_due_much_later_costs_no_entry() -> None:
    agenda = Agenda()
    for number in range(1_000):
        agenda.note(number, number * HOUR)
    agenda.arrange()
    assert len(agenda) == 1
    assert list(agenda.take_due(2 * HOUR)) == [0, 1, 2]
    assert agenda.first() == (3 * HOUR, 3)
    assert len(agenda) == 1


def test_the_same_again_adds_nothing() -> None:
    agenda = Agenda()
    for _ in range(1_000):
        agenda.put(1, 5)
        assert agenda.first() == (5, 1)
    assert len(agenda) == 1


def test_a_storm_of_changes_does_not_grow_it() -> None:
    agenda = Agenda()
    sizes = set()
    for change in range(10_000):
        agenda.put(change % 100, change)
        sizes.add(len(agenda))
    assert max(sizes) <= 2 * 100 + 65
