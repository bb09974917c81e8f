"""The loop does what the link wants done, in order, and feeds back what comes of it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from noc_tui.journal.beside import LinkStatus
from noc_tui.journal.exchange import Page, PriorAsked
from noc_tui.store.errors import VanishedStore
from noc_tui.sync import effects, inputs
from noc_tui.sync.effects import Ticket
from noc_tui.sync.inputs import Moment
from noc_tui.sync.loop import LinkLoop
from tests.unit.sync.answering import Answering, always, answer_of
from tests.unit.sync.script import END, NOW, START, TICKET, Files, Script, moment, running

PAGE = Page(epoch=START.cursor.epoch, after=5, hash=START.cursor.hash, head=5, time=1)
POLL = effects.Poll(ticket=TICKET, cursor=START.cursor, limit=10, wait=0, deadline=10)
STATUS = LinkStatus(state="following", url="u")


async def test_it_begins_and_what_is_on_disk_is_told_in_order(tmp_path: Path) -> None:
    script = Script(
        Started=[
            effects.Load(),
            effects.BeginFill(start=START),
            effects.FinishFill(ticket=TICKET, end=END),
            effects.Load(),
            effects.TellStatus(status=STATUS),
        ]
    )
    files = Files(tmp_path)
    async with running(script, always(PAGE), files):
        await script.wait_for(inputs.Loaded, lambda loaded: loaded.cursor is not None)
        assert files.live.link() == STATUS
    assert script.kinds() == ["Started", "Loaded", "Filled", "Loaded"]


async def test_after_a_trouble_of_the_disk_the_rest_of_the_step_is_left_undone(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.outbox.close()
    script = Script(Started=[effects.Load(), POLL, effects.TellStatus(status=STATUS)])
    server = always(PAGE)
    async with running(script, server, files):
        failed = await script.wait_for(inputs.DiskFailed)
        assert "outbox.db is closed" in failed.sentence
        assert files.live.link() is None
    assert server.asked == []


async def test_a_file_that_is_gone_ends_it(tmp_path: Path) -> None:
    files = Files(tmp_path)
    (tmp_path / "outbox.db").unlink()
    script = Script(Started=[effects.CountTries(commands=frozenset((b"c",)))])
    with ThreadPoolExecutor(1) as executor:
        loop = LinkLoop(script, always(PAGE).api, files.disk, executor, moment)
        with pytest.raises(VanishedStore):
            await loop.run()
    files.close()


async def test_a_request_is_answered_while_another_is_held(tmp_path: Path) -> None:
    prior = effects.AskPrior(ticket=Ticket(2, 1), asked=PriorAsked(seq=4), deadline=10)
    script = Script(Started=[POLL, prior])
    held = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/prior":
            return answer_of({"seq": 4})
        await held.wait()
        return answer_of(PAGE)

    async with running(script, Answering(answer), Files(tmp_path)):
        await script.wait_for(inputs.PriorCame)
        held.set()
        assert (await script.wait_for(inputs.PageCame)).page == PAGE


async def test_what_is_cancelled_is_not_answered(tmp_path: Path) -> None:
    given_up = asyncio.Event()

    async def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/prior":
            return answer_of({"seq": 4})
        try:
            await asyncio.Event().wait()
        finally:
            given_up.set()
        raise AssertionError

    prior = effects.AskPrior(ticket=Ticket(2, 1), asked=PriorAsked(seq=4), deadline=10)
    script = Script(
        Started=[POLL, prior], PriorCame=[effects.Cancel(ticket=TICKET), effects.Cancel(ticket=Ticket(9, 1))]
    )
    async with running(script, Answering(answer), Files(tmp_path)):
        await script.wait_for(inputs.PriorCame)
        await given_up.wait()
    assert script.kinds() == ["Started", "PriorCame"]


async def test_it_wakes_once_at_the_last_tick_that_was_set(tmp_path: Path) -> None:
    now = moment().tick
    script = Script(
        Started=[effects.WakeAt(tick=now + 3600), effects.WakeAt(tick=None), effects.WakeAt(tick=now + 0.02)],
        Woke=[effects.WakeAt(tick=now), effects.TellStatus(status=STATUS)],
    )
    async with running(script, always(PAGE), Files(tmp_path)):
        first = await script.wait_for(inputs.Woke)
        second = await script.wait_for(inputs.Woke, lambda woke: woke is not first)
    assert first.when.tick >= now + 0.02 and second.when.tick >= first.when.tick


async def test_feeding_ends_when_the_effects_of_the_step_are_done(tmp_path: Path) -> None:
    script = Script(OutboxMoved=[effects.TellStatus(status=STATUS)])
    files = Files(tmp_path)
    async with running(script, always(PAGE), files) as loop:
        await loop.feed(inputs.OutboxMoved(when=moment()))
        assert files.live.link() == STATUS


async def test_a_timer_that_is_early_is_set_again(tmp_path: Path) -> None:
    tick = moment().tick + 0.01
    late = iter((moment(), moment(), Moment(tick - 0.005, NOW)))  # the start, the timer, and its ring
    script = Script(Started=[effects.WakeAt(tick=tick)])
    files = Files(tmp_path)
    with ThreadPoolExecutor(1) as executor:
        loop = LinkLoop(script, always(PAGE).api, files.disk, executor, lambda: next(late, None) or moment())
        task = asyncio.create_task(loop.run())
        assert (await script.wait_for(inputs.Woke)).when.tick >= tick
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    files.close()
