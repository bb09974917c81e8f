"""Large gestures on a real store: named first, ended by Esc, repeated by name, undone as one, after a restart too."""

from __future__ import annotations

import pytest

from noc_tui.console import writing
from noc_tui.console.writing import Writer
from noc_tui.incidents.model import SECOND
from tests.console.night import Night
from tests.console.test_working import deeds
from tests.console.watching import console_on

MANY = 30
PART = 10


@pytest.fixture
def many(night: Night, monkeypatch: pytest.MonkeyPatch) -> Night:
    """A night with so many incidents, written in parts of ten."""
    monkeypatch.setattr(writing, "AT_ONCE", PART)
    for index in range(MANY):
        night.ago(60_000_000).fires(f"many-{index}", resource=f"sw{index}.ams1")
    night.beats(0)
    return night


async def test_escape_leaves_the_rest_and_one_undo_takes_back_what_was_done(
    many: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with console_on(many.path, many.now) as console:
        let_pass = Writer._let_pass

        def wait(self: Writer, rest: object) -> None:
            """Go on once it was told to leave the rest."""
            console.app.call_from_thread(console.app.taking.player.typed, console.stroke("escape"))
            let_pass(self, rest)  # type: ignore[arg-type]  # as it came

        monkeypatch.setattr(Writer, "_let_pass", wait)
        await console.press("* a enter")
        await console.lands()
        assert f"{PART} of {MANY} acknowledged. The rest was left as it is." in console.session.said.text
        assert len(deeds(many)) == PART
        monkeypatch.setattr(Writer, "_let_pass", let_pass)
        await console.press("u enter")
        await console.lands()
        assert deeds(many) == ["incident.acked"] * PART + ["incident.undone"] * PART


async def test_a_repeat_on_many_names_what_is_repeated(many: Night) -> None:
    async with console_on(many.path, many.now) as console:
        await console.press("r w * .")
        assert (
            f"repeat resolve workaround {MANY - 1}" in console.text() or "repeat resolve workaround" in console.text()
        )
        await console.press("j")
        assert "Left as it is." in console.text()
        await console.lands()
        assert deeds(many) == ["incident.resolved"]


async def test_after_a_restart_undo_and_redo_know_what_they_are_of(many: Night) -> None:
    async with console_on(many.path, many.now) as console:
        await console.press("* a enter")
        await console.lands()
    async with console_on(many.path, many.now + SECOND) as console:
        await console.until(lambda: console.session.gestures.taken_up, "what was done before is known")
        await console.press("u")
        assert f"undo ack {MANY}" in console.text()
        await console.press("enter")
        await console.lands()
    async with console_on(many.path, many.now + 2 * SECOND) as console:
        await console.until(lambda: console.session.gestures.taken_up, "what was done before is known")
        await console.press("ctrl+r")
        await console.lands()
        acked = ["incident.acked"] * MANY
        assert deeds(many) == [*acked, *["incident.undone"] * MANY, *["incident.redone"] * MANY]
