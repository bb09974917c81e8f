"""Another process that is several people who command at one server: `python -m tests.bench.pushing`."""

from __future__ import annotations

import asyncio
import os
import time
from random import Random

import msgspec

from noc_tui.incidents.commands import Command
from noc_tui.journal.exchange import Push, Pushed
from noc_tui.journal.ids import make_id
from noc_tui.store.opening import wall_clock
from tests.bench.asking import Wire, body_of, play, played


class PushPlan(msgspec.Struct, frozen=True):
    """Who pushes to the server at `port`, each with a token of their own: `at_once` commands in one push, about these
    incidents, the next push when the last is answered, so many `pushes` each."""

    port: int
    tokens: tuple[str, ...]
    incidents: tuple[bytes, ...]
    at_once: int
    pushes: int


class PushedAll(msgspec.Struct):
    """How many commands were done and how many were not, and what each push took in ms."""

    done: int = 0
    refused: int = 0
    seconds: float = 0.0
    took: list[float] = []


async def run(plan: PushPlan) -> PushedAll:
    """Connect, then push."""
    loop, result = asyncio.get_running_loop(), PushedAll()
    wires = [(await loop.create_connection(Wire, "127.0.0.1", plan.port))[1] for _ in plan.tokens]
    began = loop.time()
    async with asyncio.TaskGroup() as group:
        for token, wire in zip(plan.tokens, wires, strict=True):
            group.create_task(_push(plan, token, wire, result))
    result.seconds = loop.time() - began
    for wire in wires:
        wire.close()
    return result


async def _push(plan: PushPlan, token: str, wire: Wire, result: PushedAll) -> None:
    chance = Random(token)
    for _ in range(plan.pushes):
        request = _request(plan, token, chance)
        began = time.perf_counter()
        answer = await wire.ask(request)
        result.took.append((time.perf_counter() - began) * 1000)
        if answer.startswith(b"HTTP/1.1 200 "):
            outcomes = msgspec.json.decode(body_of(answer), type=Pushed).outcomes
            result.done += sum(outcome.ok for outcome in outcomes)
            result.refused += sum(not outcome.ok for outcome in outcomes)
        else:
            result.refused += plan.at_once


def _request(plan: PushPlan, token: str, chance: Random) -> bytes:
    now = wall_clock()
    body = msgspec.json.encode(
        Push(
            sent_at=now,
            commands=tuple(
                Command(
                    id=make_id(now, os.urandom(10)),
                    verb="note",
                    incident=chance.choice(plan.incidents),
                    args={"text": "seen"},
                    origin="bench",
                    at=now,
                )
                for _ in range(plan.at_once)
            ),
        )
    )
    head = (
        f"POST /v1/commands HTTP/1.1\r\nhost: 127.0.0.1:{plan.port}\r\naccept: application/json\r\n"
        f"accept-encoding: gzip\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"authorization: Bearer {token}\r\n\r\n"
    )
    return head.encode("ascii") + body


def push_server(plan: PushPlan) -> PushedAll:
    """Run the process to its end and return what came of it."""
    return played("tests.bench.pushing", plan, PushedAll)


if __name__ == "__main__":
    play(PushPlan, run)
