"""What is written again covers every cell that changed, and little else."""

from hypothesis import given
from hypothesis import strategies as st

from widgets.changed import changed_cells
from widgets.line import Line, fit
from widgets.roles import Role

WIDTH = 24
ROLES: tuple[Role, ...] = ("text", "muted", "bright")

lines = st.lists(
    st.tuples(st.sampled_from(("a", "ab", "12", "  ", "xyz", "…", "日")), st.sampled_from(ROLES)), max_size=8
)


def cells(line: Line) -> list[tuple[str, str]]:
    """One entry a cell, as far as the line reaches."""
    shown = []
    for text, role in line:
        for sign in text:
            shown += [(sign, role)] * (1 if sign.isascii() or sign == "…" else 2)
    return (shown + [(" ", "")] * WIDTH)[:WIDTH]


@given(lines, lines)
def test_every_cell_that_changed_is_covered(old: Line, new: Line) -> None:
    begin, end = changed_cells(old, new, WIDTH)
    before, after = cells(old), cells(new)
    changed = [at for at in range(WIDTH) if before[at] != after[at]]
    assert all(begin <= at < end for at in changed)


def test_a_ticking_clock_writes_its_last_digit() -> None:
    old: Line = [(fit("live 2s", 10), "muted"), ("10:20:31Z", "bright")]
    new: Line = [(fit("live 2s", 10), "muted"), ("10:20:32Z", "bright")]
    assert changed_cells(old, new, WIDTH) == (17, 18)


def test_equal_lines_write_nothing() -> None:
    assert changed_cells([("a", "text")], [("a", "text")], WIDTH) == (0, 0)


def test_a_longer_line_is_written_to_its_end() -> None:
    assert changed_cells([("ab", "text")], [("abc", "text")], WIDTH) == (2, WIDTH)
