"""The agent keeps the index of the search complete, and tells once what keeps it from that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from noc_tui.agent.indexing import Indexing
from noc_tui.agent.status import IntakeRate
from noc_tui.agent.telling import LinkVoice
from noc_tui.incidents.model import Report
from noc_tui.journal.beside import LinkStatus
from noc_tui.journal.exchange import LIMIT
from noc_tui.store.opening import open_store
from noc_tui.store.search_index import SearchIndex, search_path


def indexing(store: Path, waits: Callable[[], bool] = lambda: False) -> Indexing:
    return Indexing(store, IntakeRate(time.monotonic), time.monotonic, waits)


async def test_what_was_logged_is_taken_in_beside_the_duties(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "noc.db")) as store:
        store.ingest([Report(source="am", key="x", summary="fibre down", resource="pe07.par3")])
        task = asyncio.create_task(indexing(store.path).run())
        with closing(SearchIndex(store.path)) as index:
            while index.lag().left or not index.lag().total:  # noqa: ASYNC110 (a file tells nobody)
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        assert task.cancelled()


async def test_it_waits_while_something_else_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("noc_tui.agent.indexing.LOOK", 0.0)
    looks = count(1)
    with closing(open_store(tmp_path / "noc.db")) as store:
        store.ingest([Report(source="am", key="x", summary="fibre down", resource="pe07.par3")])
        work = indexing(store.path, lambda: next(looks) < 50)
        task = asyncio.create_task(work.run())
        while next(looks) < 49:
            await asyncio.sleep(0)
            assert not search_path(store.path).exists()
        with closing(SearchIndex(store.path)) as index:
            while index.lag().left or not index.lag().total:  # noqa: ASYNC110 (a file tells nobody)
                await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize(
    ("state", "seq", "head", "is_behind"),
    [
        ("connecting", 0, 0, False),
        ("filling", 0, 0, True),
        ("following", 5, 5 + LIMIT, False),
        ("following", 5, 6 + LIMIT, True),
        ("offline", 5, 6 + LIMIT, False),
    ],
)
def test_a_link_over_which_much_comes_comes_first(state: str, seq: int, head: int, *, is_behind: bool) -> None:
    voice = LinkVoice()
    assert not voice.is_behind
    voice.hear(LinkStatus(state=state, url="https://noc.example", seq=seq, head=head))
    assert voice.is_behind == is_behind


async def test_an_index_that_cannot_be_written_is_told_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("noc_tui.agent.indexing.AGAIN", 0.0)
    with closing(open_store(tmp_path / "noc.db")) as store:
        search_path(store.path).mkdir()
        task = asyncio.create_task(indexing(store.path).run())
        for _ in range(100):
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert capsys.readouterr().err.count("not made ready to be searched") == 1
