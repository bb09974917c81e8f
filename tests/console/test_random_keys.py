"""Random keys on a live board: nothing breaks, no other incident is touched than the one aimed at, modes exclude
each other, the focus is never lost, and in the end the board is as the store is."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from contextlib import closing
from typing import Any, Final

import msgspec
import pytest

from noc_tui.console.kept import Stroke
from noc_tui.console.keymap import STANDARD
from noc_tui.console.laying import is_head
from noc_tui.incidents.commands import Command
from noc_tui.store.board_reader import BoardReader
from tests.console.night import Night, ordinary
from tests.console.watching import Console, console_on
from tests.contract.desk import sound

STEPS: Final = 100
SOAK: Final = 20
"""Seeds of a soak, unless NOC_TUI_SOAK_SEEDS says how many."""
_LEAVE: Final = frozenset(("ctrl+q", "q", ":", "y", "N"))
"""Keys that leave the program, or the terminal to another one."""
_WORDS: Final = ("fan", "p:1..3", "2h", "bo", "team:t2", "42", "x", "", " ")


class Aim(msgspec.Struct, frozen=True):
    """What a verb would act on before a key, as the operator saw it; `line` is the screen's line of the cursor."""

    page: str
    numbers: tuple[int, ...]
    line: str = ""


class Monkey:
    """Presses keys at random on one console, and looks after each whether all is in order."""

    def __init__(self, console: Console, night: Night, seed: int) -> None:
        self.console, self.night = console, night
        self.chance = random.Random(seed)
        self.app: Any = console.app
        self.keys = sorted({key for sequence in STANDARD.bindings for key in sequence} - _LEAVE)
        self.aim = self._aim()
        self.painted = True
        self.written = 0
        self.log: list[str] = []
        take, write = self.app.taking._take, self.app._inbox.write

        def taken(stroke: Stroke) -> None:
            if self._idle():
                self.aim = self._aim()
            self.log.append(stroke.key)
            take(stroke)
            self.in_order()

        def wrote(commands: Sequence[Command]) -> None:
            self.judge(commands)
            write(commands)

        self.app.taking.player._take = taken
        self.app._inbox.write = wrote  # type: ignore[method-assign]  # to judge what is written before it is

    def _idle(self) -> bool:
        """Whether the next key is the first of what it means."""
        asks = self.app._prompting.asked is not None or self.app.hands.confirm is not None
        return not asks and not self.app.taking.keyboard.prefix

    def _aim(self) -> Aim:
        picks = self.app.session.picks
        numbers = self.app.hands.doer.targets()
        lines = [line for line in self.console.lines() if line.startswith(("▌", " ▌"))]
        one = lines[0] if len(lines) == 1 and not picks and self.app.hands.page == "board" else ""
        return Aim(self.app.hands.page, tuple(numbers), one)

    def judge(self, commands: Sequence[Command]) -> None:
        """What is written is about what was aimed at, and about nothing else."""
        self.written += len(commands)
        if commands[0].verb in ("undo", "redo", "log"):
            return
        rows = {row.id: row for row in self.app.session.board.rows.values()}
        about = {rows[command.incident].number for command in commands}
        assert about <= set(self.aim.numbers), f"{commands[0].verb} on {about}, aimed at {self.aim}: {self.log[-20:]}"
        if self.aim.line and len(about) == 1 and self.painted:
            resource = rows[commands[0].incident].resource
            assert resource[:6] in self.aim.line, f"{resource} is not under the cursor: {self.aim.line}"

    def in_order(self) -> None:
        """One mode at a time, and the keys go where it says."""
        app = self.app
        asked, confirm, prefix = app._prompting.asked, app.hands.confirm, app.taking.keyboard.prefix
        assert sum((asked is not None, confirm is not None, bool(prefix))) <= 1, self.log[-20:]
        assert app.session.prompting == (asked is not None)
        assert app.canvas._ask.has_class("off") == (asked is None)
        assert app.canvas.sheet.has_class("off") == (app.hands.page == "board")

    def has_focus(self) -> None:
        """Who is written to has the focus, and with it the terminal's cursor."""
        asked = self.app._prompting.asked
        wanted = self.app.canvas.prompt if asked is not None else self.app.board
        away = asked is None and self.app.hands.page != "board"  # a page has nothing to write on, and is no board
        assert self.app.focused is wanted or (away and self.app.focused is None), self.log[-20:]

    async def presses(self, step: int) -> None:
        """Press a key or a few, slowly or in a burst, and let the others do something."""
        if self.app._prompting.asked is not None and self.chance.random() < 0.6:
            self.console.send(*self.chance.choice(_WORDS), self.chance.choice(("enter", "enter", "escape")))
            self.painted = False
        elif self.chance.random() < 0.3:
            self.console.send(*self.chance.choices(self.keys, k=self.chance.randint(2, 9)))
            self.painted = False
        else:
            await self.console.pilot.pause()
            self.painted = True
            self.console.send(self.chance.choice(self.keys))
        await self.console.pilot.pause()
        self.has_focus()
        self._others(step)
        if step % 10 == 0:
            self.console.passes(2)
        if step % 40 == 39:
            sizes = ((80, 24), (120, 40), (40, 10), (200, 60))
            await self.console.pilot.resize_terminal(*self.chance.choice(sizes))

    def _others(self, step: int) -> None:
        """Alerts come and go, and ana works beside me."""
        self.night.ago(0)
        number = self.night.fires(f"live-{self.chance.randint(0, 30)}", severity=self.chance.choice(_SEVERITIES))
        if step % 7 == 0:
            self.night.desk.do(
                self.night.store, "note", self.night.id_of(number), actor="ana", origin="ana@tty1", text=f"{step}"
            )


_SEVERITIES: Final = ("critical", "major", "minor", "warning")


async def roam(night: Night, seed: int, steps: int, first: str = "") -> None:
    """Press so many keys, after these, and compare the board with its store at the end."""
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press(first)
        monkey = Monkey(console, night, seed)
        for step in range(steps):
            await monkey.presses(step)
        console.send("escape", "escape")
        await console.until(lambda: not console.app.hands.macros.playing, "no macro is under way")
        console.send(*["escape"] * 6)
        await console.lands()
        with closing(BoardReader(night.path)) as reader:
            kept = {row.number: row for page in reader.all_rows() for row in page}
        assert {number: row.revision for number, row in console.session.board.rows.items()} == {
            number: row.revision for number, row in kept.items()
        }
        assert dict(console.session.board.rows) == kept
        assert monkey.written, "keys led to something"
    night.close()
    assert sound(night.path)


@pytest.mark.parametrize("seed", range(2))
async def test_random_keys_touch_nothing_else(night: Night, seed: int) -> None:
    await roam(night, seed, STEPS)


@pytest.mark.parametrize("first", ["z g s j", "z g o z M", "z g a z a G"])
async def test_random_keys_in_groups_touch_nothing_else(night: Night, first: str) -> None:
    await roam(night, 7, STEPS, first)


async def test_a_verb_on_the_head_of_a_group_touches_nothing(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("z g s z M g g")
        head = console.app.board.cursor
        before = {number: row.revision for number, row in console.session.board.rows.items()}
        assert is_head(head)
        await console.press("a t r f p 1")
        assert "This is the head of" in console.text()
        await console.press(".")
        night.fires("live-1", severity="critical")
        await console.lands()
        assert console.app.board.cursor == head
        assert all(console.session.board.rows[number].revision == revision for number, revision in before.items())


async def test_a_group_is_folded_from_a_row_in_it_and_opened_from_its_head(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("z g s")
        row, layout = console.app.board.cursor, console.session.board.lines
        assert row is not None
        await console.press("h")
        assert is_head(console.app.board.cursor)
        assert layout.line_of(row) is None
        await console.press("l j")
        assert layout.line_of(row) is not None
        assert console.app.board.cursor in layout.members(layout.group_at(row) or "")


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 100 + min(200, int(os.environ.get("NOC_TUI_SOAK_SEEDS", SOAK)))))
async def test_random_keys_for_long(night: Night, seed: int) -> None:
    await roam(night, seed, 10 * STEPS)
