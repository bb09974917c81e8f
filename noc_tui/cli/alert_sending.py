"""Alerts of a script on their way to a remote store: in batches, each answered once it is durable there."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final

from noc_tui.cli.alert_stream import Answer
from noc_tui.cli.dialling import ask_remote
from noc_tui.cli.faults import Trouble
from noc_tui.cli.invocation import Invocation
from noc_tui.incidents.model import number_text
from noc_tui.net.backoff import Backoff
from noc_tui.net.errors import BadAnswer, NetError, NoAnswer, RefusedStatus

if TYPE_CHECKING:
    from noc_tui.sync.api import AlertAnswer, Api

PATIENCE: Final = 60.0
"""Seconds for which a batch is sent again while the server cannot take it."""
BATCH: Final = 500
"""Alerts sent at once at most."""
ROOM: Final = 400 * 1024
"""Bytes sent at once at most, which every server takes; of a longer line only so much is sent, for it is none."""

_DEADLINE: Final = 30.0
_LATER: Final = frozenset((429, 502, 503, 504))
"""Statuses that say: not now."""

Line = tuple[int, bytes]
"""The place of a line in the input, and its bytes."""


def send_alerts(invocation: Invocation, lines: Iterator[list[bytes]], answered: Callable[[list[Answer]], None]) -> bool:
    """Send lines and hand the answers over in their order, each batch once it is durable; return if all were sound.

    Blank lines are passed over. An alert that comes twice, because an answer was lost, is one alert.
    """

    async def sent(api: Api) -> bool:
        sender = _Sender(api, answered)
        for batch in _batches(lines):
            await sender.send(batch)
        return sender.sound

    return ask_remote(invocation, sent)


class _Sender:
    def __init__(self, api: Api, answered: Callable[[list[Answer]], None]) -> None:
        self.sound = True
        self._api = api
        self._answered = answered

    async def send(self, batch: list[Line]) -> None:
        body = b"\n".join(line for _, line in batch)
        try:
            found = await self._durable(body)
        except NetError as error:
            raise Trouble(f"From line {batch[0][0]} on nothing is known to be taken in: {error}") from None
        if len(found) != len(batch):
            raise Trouble(f"The server answered {len(found)} alerts of {len(batch)}: see whether noc-tui serves there.")
        answers = [_answer(place, answer) for (place, _), answer in zip(batch, found, strict=True)]
        self.sound = self.sound and all(answer.outcome != "quarantined" for answer in answers)
        self._answered(answers)

    async def _durable(self, body: bytes) -> tuple[AlertAnswer, ...]:
        until = time.monotonic() + PATIENCE
        backoff = Backoff()
        while True:
            try:
                return await self._api.alerts(body, _DEADLINE)
            except (NoAnswer, RefusedStatus) as error:
                asked = error.retry_after if isinstance(error, RefusedStatus) else None
                backoff, wait = backoff.failed(time.monotonic(), random.random, asked)
                final = isinstance(error, RefusedStatus) and error.status not in _LATER
                if final or time.monotonic() + wait >= until:
                    raise
                await asyncio.sleep(wait)


def _batches(lines: Iterable[list[bytes]]) -> Iterator[list[Line]]:
    """Yield what has come, in parts that a server takes; blank lines count, but are not sent."""
    place = 0
    for some in lines:
        batch: list[Line] = []
        size = 0
        for text in some:
            place += 1
            if not text.strip():
                continue
            text = text[:ROOM]
            if batch and (len(batch) == BATCH or size + len(text) > ROOM):
                yield batch
                batch, size = [], 0
            batch.append((place, text))
            size += len(text) + 1
        if batch:
            yield batch


def _answer(place: int, answer: AlertAnswer) -> Answer:
    digits = (answer.incident or "").rpartition("-")[2]
    if answer.incident is not None and (not digits.isdecimal() or number_text(int(digits)) != answer.incident):
        raise BadAnswer(f"The server names an incident {answer.incident!r}, which is no number.")
    return Answer(place, answer.alert, int(digits or 0), answer.outcome, answer.reason or "")
