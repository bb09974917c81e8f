"""Questions to the store that only its asynchronous reader answers, asked from a command."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Final, TypeVar

from noc_tui.cli.invocation import Invocation
from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.envelope import Event

if TYPE_CHECKING:
    from noc_tui.store.reading import Reader

T = TypeVar("T")

PAGE: Final = 1_000
"""Events read at once."""
ALERTS: Final = 100_000
"""More alerts than one incident ever gathers."""


def ask(invocation: Invocation, question: Callable[[Reader], Awaitable[T]]) -> T:
    """Return what `question` finds in the store; raises StoreError."""
    # Start-up cost: the asynchronous engine is needed by few commands.
    from noc_tui.store.reading import Reader

    # The asynchronous reader takes a store as it is: whether it is one, and of a format we know, is asked here.
    invocation.board_reader().close()

    async def asked() -> T:
        reader = Reader(invocation.store)
        try:
            return await question(reader)
        finally:
            await reader.close()

    return asyncio.run(asked())


async def all_alerts(reader: Reader, number: int) -> list[Alert]:
    """Return all alerts that an incident has gathered, the worst first."""
    return await reader.alerts(number, ALERTS)


async def events_by_seq(reader: Reader, seqs: Iterable[int]) -> dict[int, Event]:
    """Return these events of the journal; those between the first and the last are read along."""
    wanted = frozenset(seqs)
    found: dict[int, Event] = {}
    if not wanted:
        return found
    after, last = min(wanted) - 1, max(wanted)
    while after < last and (page := await reader.events(after, PAGE)):
        found.update((event.seq, event) for event in page if event.seq in wanted)
        after = page[-1].seq
    return found


async def closed_incidents(reader: Reader) -> list[Incident]:
    """Return what has left the board: closed and merged incidents."""
    return [incident async for chunk in reader.incidents_where(states=("closed", "merged")) for incident in chunk]
