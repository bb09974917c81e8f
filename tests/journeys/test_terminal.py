"""The terminal is dragged, stopped, hung up and typed on at random: the program keeps what was pressed and leaves it
as it was."""

from __future__ import annotations

import os
import random
import signal
from pathlib import Path
from typing import Final

import psutil
import pytest

from noc_tui.console.keymap import STANDARD
from noc_tui.incidents.model import MINUTE
from tests.console.night import Night, ordinary
from tests.contract.desk import rows, sound
from tests.journeys.conftest import Sit
from tests.journeys.terminal import Terminal, sent_by, store_words

pytestmark = pytest.mark.pty

LEFT: Final = (b"\x1b[?1049l", b"\x1b[?25h")
"""What gives the screen and the cursor back."""
ENTERED: Final = b"\x1b[?1049h"
TURNED_ON: Final = (1000, 1003, 1015, 1006, 2004)
"""Private modes that a full-screen program turns on: the mouse's and that of pasted text."""
SIZES: Final = ((80, 24), (300, 100), (40, 10), (120, 40), (81, 25), (200, 60), (160, 29), (96, 30), (80, 24))


def as_it_was(terminal: Terminal, mode: list[object]) -> bool:
    """Whether the terminal was given back: its own screen, its cursor, its modes, its line settings."""
    raw = bytes(terminal.raw)
    assert raw.rfind(LEFT[0]) > raw.rfind(ENTERED), "the program's screen was left"
    assert raw.rfind(LEFT[1]) > raw.rfind(b"\x1b[?25l"), "the cursor is shown"
    for number in TURNED_ON:
        on, off = b"\x1b[?%dh" % number, b"\x1b[?%dl" % number
        assert raw.rfind(off) >= raw.rfind(on), f"mode {number} is off"
    assert terminal.mode() == mode
    return True


def begin(night: Night, terminal: Terminal) -> list[object]:
    """Open the board on an ordinary night; returns the line settings of before."""
    ordinary(night)
    night.close()
    mode = terminal.mode()
    terminal.start(*store_words(night.path))
    terminal.sees(r"mx2\.ams1")
    return mode


def test_random_keys_never_crash_it(night: Night, sit: Sit) -> None:
    chance = random.Random(20)
    names = {"enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "Shift-Tab", "space": "Space"}
    names |= {"pagedown": "PgDn", "pageup": "PgUp", "home": "Home", "end": "End", "up": "Up", "down": "Down"}
    all_keys = sorted({key for sequence in STANDARD.bindings for key in sequence} - {"ctrl+q"})
    keys = [names.get(key, f"Ctrl-{key[-1]}" if key.startswith("ctrl+") else key) for key in all_keys]
    terminal = sit((100, 30), EDITOR="", VISUAL="")
    mode = begin(night, terminal)

    for burst in range(40):
        pressed = "".join(sent_by(chance.choice(keys)) for _ in range(50))
        terminal.write(pressed.replace("q", "j") + 2 * sent_by("Ctrl-c"))  # q twice, and :q, leave
        terminal.sees(r"\d\d:\d\d:\d\dZ")
        terminal.reads_on()
        assert terminal.process.poll() is None, f"ended after {burst} bursts:\n{terminal.text()}"
    terminal.press("Ctrl-q")

    assert terminal.ends() == 0, terminal.text()
    assert as_it_was(terminal, mode)
    assert sound(night.path)


def test_a_storm_of_sizes_leaves_a_whole_screen(night: Night, sit: Sit) -> None:
    terminal = sit()
    mode = begin(night, terminal)
    for columns, lines in SIZES * 3:
        terminal.resize(columns, lines)
        terminal.press("j")
    terminal.press("g", "g")
    terminal.sees(r"\A +P1 0/0 .*Z\n(.*\n)    P  S   age .*\n(.*\n){20}.*NORMAL")
    terminal.press("Ctrl-q")

    assert terminal.ends() == 0
    assert as_it_was(terminal, mode)


@pytest.mark.parametrize("number", [signal.SIGTERM])
def test_a_signal_ends_it_cleanly(number: signal.Signals, night: Night, sit: Sit) -> None:
    terminal = sit()
    mode = begin(night, terminal)
    terminal.press("a")
    terminal.sees(r"…N|acknowledged")
    terminal.send_signal(number)

    assert terminal.ends() == 128 + number
    assert as_it_was(terminal, mode)
    assert acked(night) == 1, "what was pressed is in the journal"


def acked(night: Night) -> int:
    """How many incidents were acknowledged at this terminal."""
    ((count,),) = rows(
        night.path, "SELECT count(*) FROM journal WHERE kind = 'incident.acked' AND actor = 'me' AND number = 8"
    )
    assert isinstance(count, int)
    return count


def test_suspended_and_brought_back(night: Night, sit: Sit) -> None:
    terminal = sit()
    mode = begin(night, terminal)
    terminal.raw.clear()
    terminal.press("Ctrl-z")
    console = psutil.Process(terminal.process.pid)
    terminal.until(lambda: console.status() == psutil.STATUS_STOPPED, "the program to be stopped")
    terminal.reads_on()
    assert as_it_was_while_stopped(terminal, mode)

    terminal.send_signal(signal.SIGCONT)
    terminal.until(lambda: ENTERED in terminal.raw, "the program's screen to be entered again")
    terminal.press("a")
    terminal.sees(r"acknowledged\.")
    terminal.press("Ctrl-q")

    assert terminal.ends() == 0
    assert as_it_was(terminal, mode)


def as_it_was_while_stopped(terminal: Terminal, mode: list[object]) -> bool:
    """Whether a stopped program has given the terminal back."""
    assert LEFT[0] in terminal.raw
    return terminal.mode() == mode


def test_a_hang_up_ends_console_and_agent_and_keeps_what_was_pressed(night: Night, sit: Sit) -> None:
    terminal = sit()
    begin(night, terminal)
    terminal.until(lambda: len(terminal.family()) > 1, "the agent to run")
    family = terminal.family()
    terminal.press("a")
    terminal.sees(r"…N|acknowledged")
    terminal.hang_up()

    _, alive = psutil.wait_procs(family, timeout=terminal.AFTER_HANG_UP)

    assert alive == []
    assert acked(night) == 1
    assert sound(night.path)


def test_two_consoles_see_each_others_acts(night: Night, sit: Sit) -> None:
    mine = sit()
    begin(night, mine)
    hers = sit()
    hers.start(*store_words(night.path))
    hers.sees(r"mx2\.ams1")

    mine.press("t")
    mine.sees(r"mx2\.ams1 taken\.")
    hers.sees(r" W .*me +mx2\.ams1")
    hers.press("r", "f")
    hers.sees(r"resolved as fixed\.")

    mine.sees(r"R .*mx2\.ams1  .*; fixed")


def test_a_burst_typed_ahead_is_taken_in_its_order(night: Night, sit: Sit) -> None:
    terminal = sit()
    begin(night, terminal)

    terminal.write("nuse the spare, rf\rt")
    terminal.sees(r"taken\.")

    lately = "SELECT kind FROM journal WHERE actor = 'me' AND at > ? ORDER BY seq"
    done = rows(night.path, lately, (night.now - MINUTE,))
    assert [kind for (kind,) in done] == ["incident.noted", "incident.taken"]


def test_where_there_is_no_terminal_it_prints_the_board_once(night: Night) -> None:
    ordinary(night)
    night.close()
    from tests.contract.cli.running import as_program

    ran = as_program("--store", str(night.path), env={"NOC_TUI_ME": "me", "TERM": os.environ["TERM"]})

    assert ran.status == 0
    assert "mx2.ams1" in ran.out


def test_a_storm_of_alerts_and_sizes_at_once(sit: Sit, tmp_path: Path) -> None:
    terminal = sit((160, 48), NOC_TUI_HOME=str(tmp_path))
    terminal.start("demo", "--incidents", "60", "--rate", "50", "--theme", "dark")
    terminal.sees(r"live \d")
    for columns, lines in SIZES * 3:
        terminal.resize(columns, lines)
        terminal.press("j")
        terminal.reads_on()
    terminal.sees(r"\A +DEMO +P1 .*\n(.*\n)+.*NORMAL")
    terminal.press("Ctrl-q")

    assert terminal.ends() == 0
