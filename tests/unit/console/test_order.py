"""Keys in order: a few changes by bisection, many by a merge, and the same in the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.arranging import Key
from noc_tui.console.order import Order

PLACES = st.dictionaries(st.integers(1, 150), st.none() | st.integers(0, 9), max_size=150)


@given(steps=st.lists(PLACES, max_size=4))
def test_keys_are_sorted_whatever_moves(steps: list[dict[int, int | None]]) -> None:
    order, meant = Order({}, []), dict[int, Key]()
    for step in steps:
        changes: dict[int, Key | None] = {n: None if by is None else (by, n) for n, by in step.items()}
        before = dict(meant)
        for number, key in changes.items():
            meant.pop(number, None)
            if key is not None:
                meant[number] = key
        assert order.place(changes) == (meant != before)
        assert order.keys == sorted(meant.values())
        assert order.of == meant
        assert all(order.keys[order.index(number) or 0] == key for number, key in meant.items())
    assert order.index(999) is None
