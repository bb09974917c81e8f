"""`noc-tui journal`: the events themselves, and what follows."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import closing
from typing import Final

import click

from noc_tui.cli import said
from noc_tui.cli.faults import OK
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.reading import PAGE, Reading, ask_any
from noc_tui.cli.shape import Command
from noc_tui.console.event_text import words
from noc_tui.incidents.model import number_text
from noc_tui.incidents.text import clean
from noc_tui.incidents.times import iso
from noc_tui.journal.envelope import Event
from noc_tui.journal.wire import event_json

_LOOK: Final = 0.1
"""Seconds between two looks at the file: a `stat` (DESIGN.md 3)."""


@click.command(cls=Command)
@click.option("--after", type=click.IntRange(min=0), metavar="SEQ", help="Only what follows this event.")
@click.option("--limit", type=click.IntRange(min=0), metavar="N", help="With --after the first N, else the last N.")
@click.option("--follow", is_flag=True, help="Go on with what is appended, until interrupted.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
@pass_any_invocation
def journal(invocation: Invocation, after: int | None, limit: int | None, follow: bool, as_json: bool) -> int:
    """Print the journal: every event, in the one order there is.

    With --after it is what follows the event SEQ, which is how a script goes on where it stopped.
    """

    async def tell(reader: Reading) -> None:
        start, most = after or 0, limit
        if after is None and limit is not None:
            start = max(0, (await reader.head()).seq - limit)
        async for page in _pages(reader, start, most):
            _print(page, as_json=as_json)
            start = page[-1].seq
        if follow and (after is None or limit is None):
            await _follow(invocation, reader, start, as_json=as_json)

    ask_any(invocation, tell)
    return OK


async def _pages(reader: Reading, after: int, limit: int | None) -> AsyncIterator[list[Event]]:
    left = limit
    while left is None or left > 0:
        page = await reader.events(after, PAGE if left is None else min(PAGE, left))
        if not page:
            return
        yield page
        after = page[-1].seq
        left = None if left is None else left - len(page)


async def _follow(invocation: Invocation, reader: Reading, after: int, *, as_json: bool) -> None:
    if invocation.remote is not None:
        # Start-up cost: the wire's values.
        from noc_tui.cli.remote_reading import RemoteReader

        assert isinstance(reader, RemoteReader)  # of a remote store it is
        async for page in reader.follow(after, said.words):
            _print(page, as_json=as_json)
        return
    with closing(invocation.board_reader()) as watch:
        while not watch.vanished():
            async for page in _pages(reader, after, None):
                _print(page, as_json=as_json)
                after = page[-1].seq
            while not watch.moved() and not watch.vanished():  # noqa: ASYNC110 (a file tells nobody)
                await asyncio.sleep(_LOOK)
    said.words(f"The store {invocation.store} was deleted or replaced; nothing more follows.")


def _print(page: list[Event], *, as_json: bool) -> None:
    for event in page:
        if as_json:
            said.document(event_json(event))
        else:
            said.line(_text(event))
    said.flush()


def _text(event: Event) -> str:
    about = number_text(event.number) if event.number else "-"
    said_by = clean(event.actor) or "-"
    return f"{event.seq:>8}  {iso(event.received_at)}  {about:<10}  {said_by:<12}  {event.kind}  {words(event)}"
