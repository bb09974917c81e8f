"""How many commands a second come through one server, and how long each person waits for theirs to be durable."""

from __future__ import annotations

from contextlib import closing

from noc_tui.store.board_reader import BoardReader
from tests.bench.figures import Figure, spread
from tests.bench.lab import Lab
from tests.bench.pushing import PushPlan, push_server
from tests.bench.serving import Server, served

_PEOPLE = 32
_BATCH = 50
_PUSHES = 350
"""Pushes of one person: a token is answered that many at once, then fifty a second."""


def link_commands(lab: Lab) -> list[Figure]:
    """People who push one command after the other, then consoles that come back with many."""
    with served(lab) as server:
        people = lab.times(_PEOPLE, 8)
        return [
            _pushed(server, 1, 1, "one person, one command at a time"),
            _pushed(server, people, 1, f"{people} people at once, one command at a time"),
            _pushed(server, people // 4, _BATCH, f"{people // 4} consoles that push {_BATCH} at once"),
        ]


def _pushed(server: Server, people: int, at_once: int, words: str) -> Figure:
    """Push, and say how many commands a second were done and what a push took."""
    tokens = tuple(server.token(f"person-{number}") for number in range(people))
    pushes = server.lab.times(_PUSHES, 60)
    result = push_server(PushPlan(server.port, tokens, _incidents(server.lab), at_once, pushes))
    if result.refused:
        server.lab.tell(f"{words}: {result.refused} commands were not done")
    rate = f"{result.done / result.seconds:,.0f} /s"
    return Figure(
        f"commands through the server, {words}; push p50 / p95", f"{rate}; {spread(result.took, 'ms', 50, 95)}"
    )


def _incidents(lab: Lab) -> tuple[bytes, ...]:
    with closing(BoardReader(lab.store)) as reader:
        return tuple(incident.id for incident in reader.first_page(50))
