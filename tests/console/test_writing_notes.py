"""Notes of many lines and the user's own texts, on a real store."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.console.night import Night, ordinary
from tests.console.watching import console_on
from tests.contract.desk import rows


@pytest.fixture(autouse=True)
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without an editor, on a terminal with a clipboard."""
    for name in ("VISUAL", "EDITOR", "TMUX", "STY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))


def noted(night: Night) -> list[bytes]:
    """The bodies of my notes."""
    query = "SELECT body FROM journal WHERE kind = 'incident.noted' AND actor = 'me' ORDER BY seq"
    return [body for (body,) in rows(night.path, query, ())]


def in_file(place: Path) -> str:
    """The text of the one file that was written there."""
    (path,) = place.glob("noc-tui-*.txt")
    return path.read_text(encoding="utf-8")


async def test_a_long_note_is_written_line_by_line(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("N")
        await console.type("first")
        await console.press("enter")
        await console.type("second")
        await console.press("enter")
        assert "first" in console.text()
        assert "line 3" in console.lines()[-2]
        await console.press("enter")
        await console.lands()
        assert b"first\\nsecond" in noted(night)[0]
        await console.press("N enter")
        assert "Nothing was written" in console.lines()[-2]


async def test_a_long_note_that_was_left_is_taken_up_again(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("N")
        await console.type("half")
        await console.press("enter escape j N")
        assert "line 2" in console.lines()[-2]
        await console.press("enter")
        await console.lands()
        assert b"half" in noted(night)[0]
        await console.press("N")
        assert "line 1" in console.lines()[-2], "what was noted is no draft any more"


async def test_an_editor_that_the_terminal_cannot_be_lent_to_keeps_the_draft(
    night: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    ordinary(night)
    monkeypatch.setenv("EDITOR", "true")
    async with console_on(night.path, night.now) as console:
        await console.press("N")
        await console.until(lambda: "nothing was noted" in console.session.said.text, "it is told")
        assert "Your text is kept in" in console.session.said.text
        assert noted(night) == []


async def test_a_text_of_ones_own_is_chosen_in_the_prompt(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        console.session.templates = {"carrier": "{time} carrier called about {resource}", "field": "field visit"}
        await console.press("n ctrl+t")
        assert "carrier called about mx2.ams1" in console.lines()[-2]
        assert "field" in console.text()
        await console.press("ctrl+t")
        assert "field visit" in console.lines()[-2]
        await console.press("ctrl+t enter")
        await console.lands()
        assert b"02:52:44Z carrier called about mx2.ams1" in noted(night)[0]


async def test_without_texts_it_is_told_where_they_would_be(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("n ctrl+t")
        assert "[templates] in config.toml" in console.text()


async def test_copies_are_told(night: Night, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("y i")
        assert "Copied the id of INC-" in console.lines()[-2]
        await console.press("y t")
        assert "Copied the timeline of INC-" in console.lines()[-2]
        monkeypatch.setenv("TERM", "linux")
        await console.press("y s")
        assert "This terminal has no clipboard: the summary of INC-" in console.session.said.text
    assert "mail queue" in in_file(tmp_path)
