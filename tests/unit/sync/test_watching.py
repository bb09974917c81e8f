"""What consoles on this host write is told to the link."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path

from noc_tui.incidents.commands import Command
from noc_tui.journal.beside import Presence
from noc_tui.store.outbox import Outbox
from noc_tui.sync import inputs
from noc_tui.sync.inputs import Input
from noc_tui.sync.watching import HERE, Watch
from tests.unit.sync.script import NOW, Files, Script, moment


@asynccontextmanager
async def watching(files: Files, login_file: Path, outbox: Outbox | None = None) -> AsyncIterator[Script]:
    """A watch over files while the block lasts; what it tells is kept."""
    script = Script()
    watched = outbox or Outbox(files.outbox.path, lambda: NOW)

    async def feed(input: Input) -> None:
        script.step(input)

    with ThreadPoolExecutor(1) as executor:
        watch = Watch(watched, files.live, login_file, executor, feed, moment, lambda: "operator")
        tasks = [asyncio.create_task(watch.files()), asyncio.create_task(watch.consoles())]
        try:
            yield script
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    watched.close()
    files.close()


async def test_a_command_that_is_pressed_is_told(tmp_path: Path) -> None:
    files = Files(tmp_path)
    async with watching(files, tmp_path / "login") as script:
        await script.wait_for(inputs.OutboxMoved)
        script.told.clear()
        files.outbox.press([Command(id=b"c", verb="ack")])
        await script.wait_for(inputs.OutboxMoved)


async def test_a_login_that_changes_is_tried_at_once(tmp_path: Path) -> None:
    login = tmp_path / "login"
    async with watching(Files(tmp_path), login) as script:
        await script.wait_for(inputs.OutboxMoved)
        assert "RetryWished" not in script.kinds()
        login.touch()
        assert (await script.wait_for(inputs.RetryWished)).role == "operator"


async def test_wishes_are_granted(tmp_path: Path) -> None:
    files = Files(tmp_path)
    wishes: tuple[tuple[str, dict[str, int]], ...] = (
        ("history", {"number": 42}),
        ("history", {}),
        ("of a newer version", {}),
        ("retry_now", {}),
    )
    for kind, body in wishes:
        files.live.wish(kind, body, NOW)
    async with watching(files, tmp_path / "login") as script:
        assert (await script.wait_for(inputs.HistoryWished)).number == 42
        assert (await script.wait_for(inputs.RetryWished)).role is None
        assert [wish.kind for wish in files.live.wishes()] in (["retry_now"], [])
    assert script.kinds().count("HistoryWished") == script.kinds().count("RetryWished") == 1


async def test_who_is_here_is_told_when_it_changes(tmp_path: Path) -> None:
    files = Files(tmp_path)
    ana = Presence(actor="ana", origin="host:pts/1", incident=42, at=NOW)
    files.live.appear(Presence(actor="bo", origin="host:pts/2", at=NOW - HERE - 1))
    files.live.replace_present([Presence(actor="cy", origin="far:pts/1", incident=1, at=NOW)])
    async with watching(files, tmp_path / "login") as script:
        files.live.appear(ana)
        assert (await script.wait_for(inputs.HereChanged)).here == (ana,)
        files.live.appear(Presence(actor="ana", origin="host:pts/1", incident=42, at=NOW + 1))
        files.live.appear(Presence(actor="ana", origin="host:pts/1", incident=43, at=NOW + 2))
        await script.wait_for(inputs.HereChanged, lambda changed: changed.here[0].incident == 43)
        files.live.leave("ana", "host:pts/1")
        await script.wait_for(inputs.HereChanged, lambda changed: changed.here == ())
    assert script.kinds().count("HereChanged") == 3


async def test_an_outbox_that_cannot_be_looked_at_is_left_to_who_reads_it(tmp_path: Path) -> None:
    files = Files(tmp_path)
    watched = Outbox(files.outbox.path, lambda: NOW)
    watched.moved()
    watched.close()
    async with watching(files, tmp_path / "login", watched) as script:
        await script.wait_for(inputs.OutboxMoved)
