"""Fixed lines: only those that changed are drawn."""

from tests.unit.widgets.listing import Desk, Listing
from widgets.ink import Palette
from widgets.line import Line
from widgets.roles import BRIGHT, MUTED, TEXT, RowState

ONE: Line = [("one", TEXT)]
TWO: Line = [("two", TEXT)]


async def test_only_the_changed_line_is_drawn() -> None:
    desk = Desk(Listing([1]))
    async with desk.run_test(size=(20, 10)) as pilot:
        desk.bar.show([ONE, TWO])
        await pilot.pause()
        before = desk.bar.lines_rendered

        desk.bar.show([ONE, [("2", TEXT)]])
        await pilot.pause()

        assert desk.bar.lines_rendered == before + 1
        assert [desk.bar.strip_at(y).text.rstrip() for y in range(2)] == ["one", "2"]


async def test_showing_the_same_again_draws_nothing() -> None:
    desk = Desk(Listing([1]))
    async with desk.run_test(size=(20, 10)) as pilot:
        desk.bar.show([ONE, TWO])
        await pilot.pause()
        before = desk.bar.lines_rendered

        desk.bar.show([list(ONE), tuple(TWO)])
        await pilot.pause()

        assert desk.bar.lines_rendered == before
        assert desk.bar.shown == (tuple(ONE), tuple(TWO))


async def test_missing_lines_are_blank_and_surplus_ones_are_not_shown() -> None:
    desk = Desk(Listing([1]))
    async with desk.run_test(size=(20, 10)) as pilot:
        desk.bar.show([ONE, TWO, ONE])
        await pilot.pause()
        desk.bar.show([ONE])
        await pilot.pause()

        assert desk.bar.strip_at(1).text == " " * 20


async def test_a_line_may_stand_on_another_ground() -> None:
    desk = Desk(Listing([1]))
    async with desk.run_test(size=(20, 10)) as pilot:
        desk.bar.show([[("a", MUTED)], [("b", MUTED)]], {1: RowState.CURSOR})
        await pilot.pause()

        grounds = [next(iter(desk.bar.strip_at(y))).style for y in range(2)]
        assert grounds == [
            desk.palette.style(MUTED, RowState.RAISED),
            desk.palette.style(BRIGHT, RowState.CURSOR),
        ]


async def test_other_colours() -> None:
    desk = Desk(Listing([1]))
    async with desk.run_test(size=(20, 10)) as pilot:
        desk.bar.show([ONE])
        light = Palette("light")
        desk.bar.repalette(light)
        await pilot.pause()

        assert next(iter(desk.bar.strip_at(0))).style == light.style(TEXT, RowState.RAISED)


async def test_a_part_of_a_line_can_be_painted() -> None:
    desk = Desk(Listing([1]))
    async with desk.run_test(size=(20, 10)) as pilot:
        desk.bar.show([ONE])
        await pilot.pause()

        crop = desk.bar.outer_size.region.crop_size((2, 1))

        assert [strip.text for strip in desk.bar.render_lines(crop)] == ["on"]
        assert desk.bar.render_line(0).text.rstrip() == "one"
