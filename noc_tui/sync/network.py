"""What the link wants done on the network: each request a task of its own, whose answer is fed back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import aclosing
from typing import Any, Final

import msgspec

from noc_tui.journal.exchange import Fork, Gone
from noc_tui.net.errors import (
    BadSetting,
    BadTls,
    Garbled,
    NetError,
    NotAllowed,
    Redirected,
    RefusedStatus,
    TimedOut,
    TooLarge,
    Unreachable,
)
from noc_tui.sync import effects, inputs
from noc_tui.sync.api import Api, in_words
from noc_tui.sync.effects import Ticket
from noc_tui.sync.inputs import Input, Moment, Trouble

Feed = Callable[[Input], Coroutine[Any, Any, None]]
"""Feeds an input; done when the effects of its step are."""

_TROUBLES: Final[tuple[tuple[type[NetError], Trouble], ...]] = (
    (NotAllowed, "not_allowed"),
    (RefusedStatus, "status"),
    (Unreachable, "unreachable"),
    (TimedOut, "timed_out"),
    (BadTls, "tls"),
    (TooLarge, "too_large"),
    (Redirected, "redirected"),
    (Garbled, "garbled"),
    (BadSetting, "setting"),
)
_ABSENT: Final = 404


class Network:
    """Sets requests off and gives them up; `begin` starts a task of whoever runs this."""

    def __init__(
        self,
        api: Api,
        feed: Feed,
        clock: Callable[[], Moment],
        begin: Callable[[Coroutine[Any, Any, None]], asyncio.Task[None]],
    ) -> None:
        self._api = api
        self._feed = feed
        self._clock = clock
        self._begin = begin
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._ways: Final[dict[type[msgspec.Struct], Callable[[Any], Coroutine[Any, Any, None]]]] = {
            effects.Poll: self._poll,
            effects.FetchSnapshot: self._snapshot,
            effects.AskPrior: self._prior,
            effects.FetchHistory: self._history,
            effects.SendCommands: self._send,
        }

    def set_off(self, effect: Any) -> None:
        """Send a request without waiting for its answer."""
        number: int = effect.ticket.number
        task = self._begin(self._answered(effect.ticket, self._ways[type(effect)](effect)))
        self._tasks[number] = task
        task.add_done_callback(lambda _done: self._tasks.pop(number, None))

    def give_up(self, ticket: Ticket) -> None:
        """Send no more of a request, and take nothing of its answer."""
        task = self._tasks.pop(ticket.number, None)
        if task is not None:
            task.cancel()

    async def _answered(self, ticket: Ticket, request: Coroutine[Any, Any, None]) -> None:
        try:
            await request
        except NetError as error:
            await self._feed(self._failed(ticket, error))

    def _failed(self, ticket: Ticket, error: NetError) -> Input:
        return inputs.Failed(
            when=self._clock(),
            ticket=ticket,
            trouble=next((word for kind, word in _TROUBLES if isinstance(error, kind)), "garbled"),
            sentence=in_words(error, self._api.url),
            status=error.status if isinstance(error, RefusedStatus) else 0,
            retry_after=error.retry_after if isinstance(error, RefusedStatus) else None,
        )

    async def _poll(self, effect: effects.Poll) -> None:
        ticket = effect.ticket
        beats: set[asyncio.Task[None]] = set()

        def heard() -> None:
            if not beats:  # one that is still being fed says as much
                beat = self._begin(self._feed(inputs.Beat(when=self._clock(), ticket=ticket)))
                beats.add(beat)
                beat.add_done_callback(beats.discard)

        answer = await self._api.page(
            effect.cursor,
            limit=effect.limit,
            wait=effect.wait,
            deadline=effect.deadline,
            beside=effect.beside,
            here=effect.here,
            ahead=effect.ahead,
            heard=heard,
        )
        when = self._clock()
        if isinstance(answer, Fork):
            await self._feed(inputs.Forked(when=when, ticket=ticket, fork=answer))
        elif isinstance(answer, Gone):
            await self._feed(inputs.GoneBelow(when=when, ticket=ticket, gone=answer))
        else:
            await self._feed(inputs.PageCame(when=when, ticket=ticket, page=answer))

    async def _snapshot(self, effect: effects.FetchSnapshot) -> None:
        """Feed line by line; the next one is read and decoded while one is written, and no more than that."""
        fed: asyncio.Task[None] | None = None
        async with aclosing(self._api.snapshot(effect.deadline)) as lines:
            try:
                async for line in lines:
                    if fed is not None:
                        await fed
                    came = inputs.LineCame(when=self._clock(), ticket=effect.ticket, line=line)
                    fed = self._begin(self._feed(came))
            except NetError:
                if fed is not None:
                    await fed  # what came must be told first
                raise

    async def _prior(self, effect: effects.AskPrior) -> None:
        prior = await self._api.prior(effect.asked, effect.deadline)
        await self._feed(inputs.PriorCame(when=self._clock(), ticket=effect.ticket, prior=prior))

    async def _history(self, effect: effects.FetchHistory) -> None:
        history = await self._api.history(effect.number, effect.deadline)
        if history is None:
            absent = f"The server has no incident of the number {effect.number}."
            await self._feed(
                inputs.Failed(
                    when=self._clock(), ticket=effect.ticket, trouble="status", sentence=absent, status=_ABSENT
                )
            )
            return
        await self._feed(inputs.HistoryCame(when=self._clock(), ticket=effect.ticket, history=history))

    async def _send(self, effect: effects.SendCommands) -> None:
        answer = await self._api.push(effect.push, effect.deadline)
        when = self._clock()
        if isinstance(answer, Fork):
            await self._feed(inputs.Forked(when=when, ticket=effect.ticket, fork=answer))
        else:
            await self._feed(inputs.PushedCame(when=when, ticket=effect.ticket, pushed=answer))
