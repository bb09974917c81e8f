"""A long note in the operator's own editor: the terminal is the editor's while it runs, and the board's again after."""

from __future__ import annotations

import os
import signal
import stat
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.console.night import Night
from tests.contract.desk import rows
from tests.journeys.conftest import Sit
from tests.journeys.terminal import Terminal
from tests.journeys.test_terminal import as_it_was, begin

pytestmark = pytest.mark.pty

EDITOR: Final = """#!{python}
import os, pathlib, sys
print("EDITOR HERE", flush=True)
here = pathlib.Path({place!r})
(here / "pid").write_text(str(os.getpid()))
(here / "file").write_text(sys.argv[-1] + " " + oct(os.stat(sys.argv[-1]).st_mode & 0o777))
os.open({gate!r}, os.O_RDONLY)
text, status = (here / "does").read_text().split("|")
pathlib.Path(sys.argv[-1]).write_text(text)
sys.exit(int(status))
"""
"""Writes what it is told once it is let go, and ends with the status it is told."""


class Desk:
    """A terminal with such an editor on it."""

    def __init__(self, place: Path, sit: Sit, night: Night) -> None:
        self.place, self.night = place, night
        self.gate = place / "gate"
        os.mkfifo(self.gate)
        editor = place / "an editor"
        editor.write_text(EDITOR.format(python=sys.executable, place=str(place), gate=str(self.gate)), encoding="utf-8")
        editor.chmod(editor.stat().st_mode | stat.S_IXUSR)
        self.terminal: Terminal = sit(EDITOR=f"'{editor}' -w", VISUAL="", XDG_RUNTIME_DIR=str(place))
        self.mode = begin(night, self.terminal)

    def opens(self) -> None:
        """Press N, and wait for the editor."""
        self.terminal.press("N")
        self.terminal.until(lambda: b"EDITOR HERE" in bytes(self.terminal.raw), "the editor to begin")
        self.terminal.until((self.place / "file").exists, "the editor to have its file")

    def ends(self, text: str, status: int = 0) -> None:
        """Let the editor write a text and end."""
        (self.place / "does").write_text(f"{text}|{status}", encoding="utf-8")
        os.close(os.open(self.gate, os.O_WRONLY))

    def noted(self) -> list[bytes]:
        """What I noted."""
        query = "SELECT body FROM journal WHERE kind = 'incident.noted' AND actor = 'me' ORDER BY seq"
        return [body for (body,) in rows(self.night.path, query, ())]

    def leaves(self) -> None:
        """The board is live, and gives the terminal back as it was."""
        self.terminal.press("j", "k", "Ctrl-q")
        assert self.terminal.ends() == 0, self.terminal.text()
        assert as_it_was(self.terminal, self.mode)


@pytest.fixture
def desk(night: Night, sit: Sit, tmp_path: Path) -> Desk:
    place = tmp_path / "place"
    place.mkdir()
    return Desk(place, sit, night)


def test_what_is_written_in_the_editor_is_the_note(desk: Desk) -> None:
    desk.opens()
    path, _, mode = (desk.place / "file").read_text(encoding="utf-8").rpartition(" ")
    assert (Path(path).parent, mode) == (desk.place, "0o600")
    begun = bytes(desk.terminal.raw).rindex(b"EDITOR HERE")
    desk.night.fires("while-editing", summary="while the editor is open", severity="critical")
    desk.terminal.reads_on()
    assert bytes(desk.terminal.raw)[begun:].strip() == b"EDITOR HERE", "the terminal is the editor's"
    desk.ends("first\nsecond")
    desk.terminal.sees(r"noted")
    desk.terminal.sees(r"while the editor is open")
    assert b"first\\nsecond" in desk.noted()[0]
    assert not Path(path).exists(), "what is durable is no draft any more"
    desk.leaves()


def test_an_editor_that_fails_loses_nothing(desk: Desk) -> None:
    desk.opens()
    desk.ends("half of it", 3)
    desk.terminal.sees(r"ended with status 3; nothing was noted")
    assert desk.noted() == []
    path = (desk.place / "file").read_text(encoding="utf-8").rpartition(" ")[0]
    assert Path(path).read_text(encoding="utf-8") == "half of it"
    desk.leaves()


def test_an_editor_that_is_killed_is_told(desk: Desk) -> None:
    desk.opens()
    os.kill(int((desk.place / "pid").read_text(encoding="utf-8")), signal.SIGKILL)
    desk.terminal.sees(r"ended by SIGKILL; nothing was noted")
    desk.leaves()


def test_nothing_written_is_nothing_noted(desk: Desk) -> None:
    desk.opens()
    desk.ends("  \n ")
    desk.terminal.sees(r"Nothing was written, so nothing was noted")
    assert desk.noted() == []
    assert list(desk.place.glob("noc-tui-*")) == []
    desk.leaves()


def test_an_editor_that_is_not_there_is_told(night: Night, sit: Sit, tmp_path: Path) -> None:
    terminal = sit(EDITOR="/nowhere/editor", VISUAL="", XDG_RUNTIME_DIR=str(tmp_path))
    begin(night, terminal)
    terminal.press("N")
    terminal.sees(r"editor could not be started")
    terminal.press("j")
    terminal.sees(r"mx2\.ams1")
