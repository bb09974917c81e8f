"""The board holds still while rows are picked or a question is open, in any order and in groups; then it moves."""

from __future__ import annotations

import pytest

from tests.console.night import Night, ordinary
from tests.console.watching import Console, console_on

LAYOUTS = (("", ""), ("z a", ""), ("z g s", ""), ("z g s", "z M"))
"""How the board is laid out, before the cursor is put on a row and after."""
HOLDS = {"*": "U", "/": "escape", ":": "escape"}
"""What holds the board, and what lets it go."""


def lines(console: Console) -> list[int | None]:
    """The keys of the board's lines from the top."""
    source = console.app.canvas.source
    return [source.key_at(line) for line in range(source.count())]


async def changes_come(console: Console, night: Night, leaves: int) -> None:
    """A switch breaks, one incident is resolved and closed, and so long passes that nobody is at the keys."""
    night.now = console.clock.now
    night.ago(0).fires("sw9", resource="sw9.ams1", summary="switch down", severity="critical", site="aaa1")
    night.does("ana", "resolve", leaves, code="f")
    night.does("ana", "close", leaves)
    await console.lands()
    console.passes(5)


@pytest.mark.parametrize("layout", LAYOUTS, ids=" ".join)
@pytest.mark.parametrize("hold", HOLDS)
async def test_no_row_moves_while_it_is_held(layout: tuple[str, str], hold: str, night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, (120, 40)) as console:
        leaves = night.numbers["queue"]
        await console.press(layout[0])
        console.app.go_to(leaves)
        await console.press(f"{layout[1]} {hold}")
        console.passes(5)
        before, cursor = lines(console), console.app.board.cursor
        await changes_come(console, night, leaves)
        assert lines(console) == before
        assert console.app.board.cursor == cursor
        await console.press(HOLDS[hold])
        console.passes(5)
        assert lines(console) != before
        assert leaves not in lines(console)
        assert console.app.board.cursor in lines(console)
        assert console.session.board.waiting == 0
