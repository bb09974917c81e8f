"""The agent's tasks: each does one thing for ever, and what ends one of them ends the agent, which is started again."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Iterable
from typing import Any

from noc_tui.agent.ending import Ending
from noc_tui.store.errors import VanishedStore

Work = Coroutine[Any, Any, None]


async def until_end(works: Iterable[Work], ending: Ending) -> None:
    """Do several things at once until the end is asked for."""
    tasks = [asyncio.create_task(_guarded(work, ending)) for work in works]
    await ending.wait()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _guarded(work: Work, ending: Ending) -> None:
    try:
        await work
    except VanishedStore as error:
        ending.ask(1, str(error))
    except Exception as error:  # noqa: BLE001 (the edge of a worker: a defect is told, and the agent begins anew)
        ending.ask(1, f"an unexpected failure ({type(error).__name__}: {error}); nothing acknowledged is lost.")
