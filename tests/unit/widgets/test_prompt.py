"""The line to write on, at the keys."""

from collections.abc import AsyncIterator

import pytest
from textual import events
from textual.geometry import Offset
from textual.pilot import Pilot

from tests.unit.widgets.listing import Desk, Listing
from widgets.ink import Palette
from widgets.prompt import Prompt
from widgets.roles import MARK
from widgets.signs import ASCII

WIDTH = 40


@pytest.fixture
async def pilot() -> AsyncIterator[Pilot[None]]:
    desk = Desk(Listing([1, 2]))
    async with desk.run_test(size=(WIDTH, 10)) as pilot:
        desk.prompt.open("/", "p:1")
        desk.prompt.focus()
        await pilot.pause()
        yield pilot


@pytest.fixture
def desk(pilot: Pilot[None]) -> Desk:
    assert isinstance(pilot.app, Desk)
    return pilot.app


def drawn(desk: Desk) -> str:
    """The line as painted."""
    return desk.prompt.strip_at(0).text


def marked(desk: Desk) -> list[str]:
    """What stands in grey blocks."""
    return [s.text for s in desk.prompt.strip_at(0) if s.style == desk.palette.style(MARK)]


async def test_writes_and_tells_what_is_written(pilot: Pilot[None], desk: Desk) -> None:
    await pilot.press("2", "space", "a")
    await pilot.pause()

    assert desk.prompt.text == "p:12 a"
    assert desk.said[-1] == ("changed", "p:12 a")
    assert drawn(desk).startswith(" /  p:12 a ")


async def test_the_caret_is_a_block_and_the_terminals_cursor(pilot: Pilot[None], desk: Desk) -> None:
    await pilot.press("left")

    assert marked(desk) == [" / ", "1"]
    assert desk.cursor_position == Offset(4 + 2, 9)
    assert desk.prompt.caret == 2


async def test_keys_that_change_nothing_tell_nothing(pilot: Pilot[None], desk: Desk) -> None:
    await pilot.press("left", "right", "home", "ctrl+e", "delete", "up", "down", "tab")
    await pilot.pause()

    assert [said for said in desk.said if said[0] == "changed"] == []


@pytest.mark.parametrize(("key", "said"), [("enter", "submitted"), ("escape", "cancelled"), ("ctrl+c", "cancelled")])
async def test_ends(pilot: Pilot[None], desk: Desk, key: str, said: str) -> None:
    await pilot.press(key)
    await pilot.pause()

    assert desk.said[-1] == (said, "p:1")


async def test_says_what_is_wrong_and_where_until_the_next_key(pilot: Pilot[None], desk: Desk) -> None:
    desk.prompt.show_error("priority needs a value", 2)
    await pilot.pause()
    assert drawn(desk) == " /  p:1        priority nee… at column 2"
    assert ":" in marked(desk)

    await pilot.press("2")
    assert "priority" not in drawn(desk)
    assert ":" not in marked(desk)


async def test_a_long_text_scrolls_with_the_caret(pilot: Pilot[None], desk: Desk) -> None:
    desk.prompt.open("/", "x" * 50 + "end")
    await pilot.pause()
    assert drawn(desk).rstrip().endswith("xend")

    await pilot.press("home")
    assert drawn(desk).startswith(" /  xxx")
    assert "end" not in drawn(desk)


async def test_wide_signs_keep_the_caret_where_it_belongs(pilot: Pilot[None], desk: Desk) -> None:
    desk.prompt.open("", "東京")
    await pilot.pause()

    assert desk.cursor_position == Offset(4, 9)
    assert drawn(desk).startswith("東京 ")


async def test_takes_a_paste_in_one_line(pilot: Pilot[None], desk: Desk) -> None:
    desk.prompt.post_message(events.Paste("rm -rf\nx\x1b[201~"))
    await pilot.pause()

    assert desk.prompt.text == "p:1rm -rf x�[201~"


async def test_keys_it_does_not_know_go_on_to_the_host(pilot: Pilot[None], desk: Desk) -> None:
    await pilot.press("f5", "ctrl+g")

    assert desk.prompt.text == "p:1"


async def test_other_colours_and_a_second_line(pilot: Pilot[None], desk: Desk) -> None:
    desk.prompt.repalette(Palette("mono"), ASCII)
    await pilot.pause()

    assert next(iter(desk.prompt.strip_at(0))).style == Palette("mono").style(MARK)
    assert desk.prompt.strip_at(1).text == " " * WIDTH


async def test_messages_name_their_prompt(desk: Desk) -> None:
    message = Prompt.Changed(desk.prompt, "a")

    assert message.control is desk.prompt
    assert message.can_replace(Prompt.Changed(desk.prompt, "b"))
    assert not message.can_replace(Prompt.Submitted(desk.prompt, "b"))
