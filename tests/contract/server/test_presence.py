"""Who has what before them: told by the polls, and to all who poll."""

from __future__ import annotations

import asyncio
from pathlib import Path

from noc_tui.journal.beside import AgentStatus, Beside, Presence
from noc_tui.store.live import Live, live_path
from tests.contract.server.house import Client, House
from tests.contract.server.test_journal import start


def seen(beside: Beside | None) -> list[tuple[str, str, int, str]]:
    """Who is told to be there."""
    assert beside is not None
    return [(one.actor, one.origin, one.incident, one.doing) for one in beside.present]


async def test_two_see_each_other_within_the_poll_that_they_hold(served: House, ana: Client) -> None:
    cursor = await start(ana)
    async with served.client("ben") as ben:
        first = await ana.page(cursor, beside=0, here="tty1,42,writing")
        assert first.beside is not None
        version = first.beside.version
        while "ana" not in [one.actor for one in first.beside.present]:
            first = await ana.page(cursor, beside=version, here="tty1,42,writing", wait=20)
            assert first.beside is not None
            version = first.beside.version
        waiting = asyncio.create_task(ana.page(cursor, beside=version, here="tty1,42,writing", wait=20))
        await ben.page(cursor, beside=version, here=["tty7,42,looking", "tty8,0,"])
        told = await asyncio.wait_for(waiting, 10)
    assert seen(told.beside) == [("ana", "tty1", 42, "writing"), ("ben", "tty7", 42, "looking"), ("ben", "tty8", 0, "")]


async def test_nobody_can_be_there_in_anothers_name_or_paint_with_it(served: House, ana: Client) -> None:
    cursor = await start(ana)
    await ana.page(cursor, beside=0, here=["x\x1b[2J,42,\u202edoing", ",1,", "a,-1,", "a,x,", "a,1"])
    await served.until(lambda: bool(served.desk.present.beside.present))
    people = served.desk.present.beside.present
    assert {one.actor for one in people} == {"ana"}
    assert [one.origin for one in people] == ["a", "x\u241b[2J"]
    assert "\u202e" not in people[1].doing


async def test_one_who_does_not_ask_is_not_told(ana: Client) -> None:
    assert (await ana.page(await start(ana))).beside is None


async def test_this_hosts_own_consoles_and_those_elsewhere_see_each_other(
    served: House, ana: Client, tmp_path: Path
) -> None:
    now = served.desk.clock()
    live = Live(live_path(tmp_path / "noc.db"))
    live.appear(Presence(actor="kim", origin="host:tty1", incident=7, at=now))
    live.beat(AgentStatus(pid=1, host="noc", started_at=now, beat_at=now, version="1"))
    cursor = await start(ana)
    poll = asyncio.create_task(ana.page(cursor, here="tty1,42,writing", wait=20))
    await served.until(lambda: {one.actor for one in served.desk.present.beside.present} == {"ana", "kim"})
    told = await ana.page(cursor, beside=0)
    assert seen(told.beside) == [("kim", "host:tty1", 7, ""), ("ana", "tty1", 42, "writing")]
    assert told.beside is not None and told.beside.agent is not None
    assert told.beside.agent.trouble == ""
    await served.until(lambda: {one.actor for one in live.present(now)} == {"ana", "kim"})
    poll.cancel()
    live.close()
