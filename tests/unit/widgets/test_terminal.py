"""What the terminal can show: from its environment, and by its own word."""

import os
import select
import subprocess
import sys
import termios
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

import widgets.terminal
from widgets.ink import ThemeName
from widgets.terminal import Colour, Terminfo, decide, probe_width

XTERM = Terminfo(256, bce=True)
UTF8 = {"LANG": "en_GB.UTF-8"}


def known(term: str) -> Terminfo | None:
    """A small terminfo."""
    return {
        "xterm-256color": XTERM,
        "xterm": Terminfo(8, bce=True),
        "linux": Terminfo(8, bce=True),
        "vt220": Terminfo(-1, bce=False),
        "screen-256color": Terminfo(256, bce=False),
    }.get(term)


@pytest.mark.parametrize(
    ("env", "colour"),
    [
        ({"TERM": "xterm-256color"}, "256"),
        ({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "24bit"}, "truecolor"),
        ({"TERM": "xterm-256color", "COLORTERM": "yes"}, "256"),
        ({"TERM": "xterm-256color", "NO_COLOR": "1"}, "mono"),
        ({"TERM": "xterm-256color", "NO_COLOR": ""}, "256"),
        ({"TERM": "strange-256color"}, "256"),
        ({"TERM": "strange"}, "mono"),
        ({"TERM": "xterm"}, "16"),
        ({"TERM": "linux"}, "16"),
        ({"TERM": "vt220"}, "mono"),
        ({"TERM": "dumb", "COLORTERM": "truecolor"}, "mono"),
        ({}, "mono"),
        ({"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "256"}, "256"),
        ({"TERM": "xterm-256color", "TEXTUAL_COLOR_SYSTEM": "standard"}, "16"),
        ({"TERM": "xterm-256color", "TEXTUAL_COLOR_SYSTEM": "auto"}, "256"),
        ({"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "256", "NO_COLOR": "1"}, "mono"),
    ],
)
def test_colour(env: Mapping[str, str], colour: Colour) -> None:
    assert decide(env, known).colour == colour


@pytest.mark.parametrize(
    ("env", "unicode"),
    [
        ({"LANG": "en_GB.UTF-8"}, True),
        ({"LANG": "C.utf8"}, True),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "en_GB.UTF-8"}, True),
        ({"LANG": "de_DE.ISO-8859-1"}, False),
        ({"LANG": "ja_JP.UTF-8"}, False),
        ({"LC_ALL": "", "LANG": "en_GB.UTF-8"}, True),
        ({}, False),
    ],
)
def test_unicode(env: Mapping[str, str], unicode: bool) -> None:
    assert decide({"TERM": "xterm", **env}, known).unicode is unicode


def test_a_dumb_terminal_gets_ascii() -> None:
    assert not decide({"TERM": "dumb", **UTF8}, known).unicode


@pytest.mark.parametrize(
    ("env", "bce"),
    [
        ({"TERM": "xterm-256color"}, True),
        ({"TERM": "xterm-256color", "TMUX": "/tmp/tmux-0/default,1,0"}, False),
        ({"TERM": "screen-256color"}, False),
        ({"TERM": "strange"}, False),
    ],
)
def test_blanks_are_erased_only_where_that_paints_them(env: Mapping[str, str], bce: bool) -> None:
    assert decide(env, known).bce is bce


@pytest.mark.parametrize(
    ("term", "light", "theme"),
    [
        ("xterm-256color", False, "dark"),
        ("xterm-256color", True, "light"),
        ("linux", True, "ansi16"),
        ("dumb", False, "mono"),
    ],
)
def test_theme(term: str, light: bool, theme: ThemeName) -> None:
    assert decide({"TERM": term}, known).theme(light=light) == theme


@pytest.mark.parametrize(("term", "expected"), [("xterm-256color", "256 True"), ("no-such-terminal", "None")])
def test_the_hosts_own_terminfo(term: str, expected: str) -> None:
    """In a process of its own: curses reads one entry in the life of a process."""
    script = (
        "from widgets.terminal import terminfo_of;"
        f"entry = terminfo_of({term!r}); print(entry and f'{{entry.colours}} {{entry.bce}}')"
    )
    root = str(Path(widgets.terminal.__file__).parent.parent)
    result = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": root},
    )
    assert result.stdout.strip() == expected


class Pty(NamedTuple):
    """The two ends of a pseudo-terminal."""

    screen: int
    program: int


@pytest.fixture
def pty() -> Iterator[Pty]:
    screen, program = os.openpty()
    yield Pty(screen, program)
    os.close(screen)
    os.close(program)


def answering(pty: Pty, answers: bytes) -> threading.Thread:
    """A terminal that says `answers` when it has been asked twice where its cursor is."""

    def terminal() -> None:
        asked = b""
        while asked.count(b"\x1b[6n") < 2 and select.select([pty.screen], [], [], 5)[0]:
            asked += os.read(pty.screen, 100)
        os.write(pty.screen, answers)

    thread = threading.Thread(target=terminal)
    thread.start()
    return thread


@pytest.mark.parametrize(
    ("answers", "width"),
    [
        (b"\x1b[5;1R\x1b[5;2R", 1),
        (b"\x1b[5;11R\x1b[5;13R", 2),
        (b"\x1b[5;1R\x1b[5;4R", 3),
        (b"typed\x1b[5;1Rmore\x1b[5;2R", 1),
        (b"\x1b[5;80R\x1b[6;2R", None),
    ],
)
def test_the_terminal_is_asked_how_wide_its_signs_are(pty: Pty, answers: bytes, width: int | None) -> None:
    terminal = answering(pty, answers)
    try:
        assert probe_width(pty.program, deadline=5) == width
    finally:
        terminal.join()


def test_a_silent_terminal_is_not_waited_for_and_keeps_its_mode(pty: Pty) -> None:
    before = termios.tcgetattr(pty.program)

    assert probe_width(pty.program, deadline=0.01) is None

    assert termios.tcgetattr(pty.program) == before


def test_the_sign_is_wiped_in_the_same_write_that_draws_it(pty: Pty) -> None:
    probe_width(pty.program, deadline=0.01)

    written = os.read(pty.screen, 100)
    assert written.startswith(b"\x1b7")
    assert written.endswith(b"\x1b8\x1b[K")


def test_what_comes_after_the_answers_is_left_for_the_program(pty: Pty) -> None:
    terminal = answering(pty, b"\x1b[5;1R\x1b[5;2Rj\n")
    try:
        assert probe_width(pty.program, deadline=5) == 1
    finally:
        terminal.join()

    assert os.read(pty.program, 100) == b"j\n"


def test_what_is_no_terminal_is_not_asked() -> None:
    reader, writer = os.pipe()
    try:
        assert probe_width(writer) is None
    finally:
        os.close(writer)
        assert os.read(reader, 100) == b""
        os.close(reader)
