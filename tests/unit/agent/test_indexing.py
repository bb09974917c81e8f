"""The agent keeps the index of the search complete, and tells once what keeps it from that."""

from __future__ import annotations

import asyncio
import time
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.agent.indexing import Indexing
from noc_tui.agent.status import IntakeRate
from noc_tui.incidents.model import Report
from noc_tui.store.opening import open_store
from noc_tui.store.search_index import SearchIndex, search_path


def indexing(store: Path) -> Indexing:
    return Indexing(store, IntakeRate(time.monotonic), time.monotonic)


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
