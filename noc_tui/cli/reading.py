"""Questions to the store that only its asynchronous reader answers, asked from a command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from noc_tui.cli.invocation import Invocation
from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.envelope import Event, Head

if TYPE_CHECKING:
    from noc_tui.store.reading import Reader

T = TypeVar("T")

PAGE: Final = 1_000
"""Events read at once."""
ALERTS: Final = 100_000
"""More alerts than one incident ever gathers."""


class Reading(Protocol):
    """What commands ask of a store: `store.reading.Reader` of a file, `cli.remote_reading.RemoteReader` of a server."""

    async def incident(self, number: int) -> Incident | None: ...
    async def incidents(self, numbers: Iterable[int]) -> dict[int, Incident]: ...
    async def children(self, number: int) -> list[Incident]: ...
    async def alerts(self, number: int, limit: int) -> list[Alert]: ...
    async def whole_timeline(self, number: int) -> list[Event]: ...
    async def events(self, after: int, limit: int) -> list[Event]: ...
    async def head(self) -> Head: ...


def ask_any(
    invocation: Invocation, question: Callable[[Reading], Coroutine[Any, Any, T]], until: float | None = None
) -> T:
    """Return what `question` finds in the store, be it a file or a remote one; raises StoreError or NetError.

    A remote one answers by `until` on the monotonic clock, if that is given.
    """
    if invocation.remote is None:
        return ask(invocation, question)
    # Start-up cost: the wire's values.
    from noc_tui.cli.dialling import ask_remote
    from noc_tui.cli.remote_reading import RemoteReader

    return ask_remote(invocation, lambda api: question(RemoteReader(api)), until)


def ask(invocation: Invocation, question: Callable[[Reader], Coroutine[Any, Any, T]]) -> T:
    """Return what `question` finds in the store's file; raises StoreError."""
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


async def all_alerts(reader: Reading, number: int) -> list[Alert]:
    """Return all alerts that an incident has gathered, the worst first."""
    return await reader.alerts(number, ALERTS)


async def events_by_seq(reader: Reading, seqs: Iterable[int]) -> dict[int, Event]:
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
