"""How little is painted and read for a key, and what colour says."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from noc_tui.console.fetching import Fetcher
from noc_tui.incidents.model import SECOND, Incident
from tests.console.night import Night, breaks_out, calm, ordinary
from tests.console.watching import Console, console_on
from widgets.lines import Lines
from widgets.tokens import TOKENS

TALL = (120, 40)


def bars(console: Console) -> tuple[Lines, ...]:
    """The lines around the board that a key need not touch."""
    canvas = console.app.canvas
    return canvas.top, canvas.news, canvas.heads, canvas.status


async def drawn(console: Console, act: Callable[[], object]) -> tuple[int, int]:
    """How many lines of the board, and of the bars around it, are drawn because of `act`."""
    board = console.app.board
    before, around = board.lines_rendered, sum(bar.lines_rendered for bar in bars(console))
    act()
    await console.pilot.pause()
    return board.lines_rendered - before, sum(bar.lines_rendered for bar in bars(console)) - around


def keys(console: Console, *names: str) -> Callable[[], object]:
    """What presses these keys."""
    return lambda: console.send(*names)


async def test_a_step_of_the_cursor_draws_two_lines_of_the_board_and_none_around(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, TALL) as console:
        assert await drawn(console, keys(console, "j")) == (2, 0)
        assert await drawn(console, keys(console, "k")) == (2, 0)


async def test_a_passing_cursor_reads_no_row(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary(night)
    breaks_out(night)
    read: list[int] = []
    real = Fetcher.known

    async def counted(fetcher: Fetcher, incident: Incident) -> object:
        read.append(incident.number)
        return await real(fetcher, incident)

    async with console_on(night.path, night.now, TALL) as console:
        await console.until(lambda: not console.reading, "the first row to be read")
        monkeypatch.setattr(Fetcher, "known", counted)
        await console.press("j j j j j j j j j j")
        await console.settles()
        assert console.app.board.cursor == read[-1]
        assert len(read) <= 2, "what the cursor passed over is not read"


async def test_an_ack_paints_its_row_alone(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, TALL) as console:
        board = console.app.board
        before = board.lines_rendered
        await console.press("a")
        await console.lands()
        assert "acknowledged" in console.text()
        assert board.lines_rendered - before <= 3, "on its way, done, and as it is now"


async def test_a_second_that_changes_nothing_draws_nothing(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, TALL) as console:
        console.ticks()
        await console.pilot.pause()
        assert await drawn(console, console.ticks) == (0, 0)


async def test_a_minute_that_nobody_is_there_draws_little_but_the_clock(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, TALL) as console:
        console.clock.now += 31 * SECOND
        console.ticks()
        await console.pilot.pause()
        clock = console.app.canvas.clock
        rows = around = 0
        before = clock.lines_rendered
        for _ in range(60):
            console.clock.now += SECOND
            lines = await drawn(console, console.ticks)
            rows, around = rows + lines[0], around + lines[1]

        assert clock.lines_rendered - before == 60
        assert rows <= 8, "what is younger than an hour says so by the minute, the others by ten"
        assert around <= 1, "no seconds are counted down"


async def test_a_key_tells_times_exactly_again(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, TALL) as console:
        console.ticks()
        await console.pilot.pause()
        exact = console.text()
        console.clock.now += 40 * SECOND
        console.ticks()
        await console.pilot.pause()
        calm = console.text()
        console.clock.now -= 40 * SECOND
        await console.press("j k")
        console.ticks()
        await console.pilot.pause()

        assert calm != exact
        assert console.text() == exact


async def test_rows_say_that_they_may_be_old_together_with_the_top_bar(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, (80, 24)) as console:
        assert "?" not in console.text().replace("? help", "")
        console.clock.now += 70 * SECOND
        console.app.paint()  # as for any news, before the second's tick
        await console.pilot.pause()

        assert "STALE" in console.text()
        assert re.search(r"!3 +\S*N +\?8m", console.text())


async def test_a_letter_of_a_filter_draws_what_it_changes(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now, TALL) as console:
        await console.press("/")
        await console.type("fan")
        rows, around = await drawn(console, keys(console, "x"))
        assert rows <= 6, "a band's head, the row that was found, the foot"
        assert around <= 2, "the status line says how many"


# Colour says: nobody has this yet, or its time is running out


def inks(console: Console) -> set[int]:
    """The colours on the screen, by their indices."""
    found: set[int] = set()
    for strip in console.strips():
        for segment in strip:
            style = segment.style
            colours = (style.color, style.bgcolor) if style is not None else ()
            found |= {colour.number for colour in colours if colour is not None and colour.number is not None}
    return found


LOUD = ("p1", "p2", "p3", "p4", "alarm", "alarm_row", "alarm_cursor", "warn")


async def test_a_quiet_network_is_a_grey_screen(night: Night) -> None:
    calm(night)
    async with console_on(night.path, night.now, TALL) as console:
        tokens = TOKENS["dark"]._asdict()
        assert inks(console) & {tokens[name] for name in LOUD} == set()


async def test_a_p1_that_nobody_has_is_the_only_alarm(night: Night) -> None:
    ordinary(night)
    breaks_out(night)
    async with console_on(night.path, night.now, TALL) as console:
        tokens = TOKENS["dark"]
        assert {tokens.alarm, tokens.alarm_row} <= inks(console)
        await console.press("g g")
        for _ in range(2):
            await console.press("a")
            await console.lands()
            await console.press("j")
        assert console.session.board.counts.unacked[1] == 0
        console.clock.now += 2_000_000
        console.ticks()
        await console.pilot.pause()
        assert tokens.alarm not in inks(console)
        assert tokens.alarm_row not in inks(console)


async def test_mono_uses_no_colour_at_all(night: Night) -> None:
    ordinary(night)
    breaks_out(night)
    async with console_on(night.path, night.now, TALL, theme="mono") as console:
        assert inks(console) == set()
        assert any(segment.style.reverse for strip in console.strips() for segment in strip if segment.style)
