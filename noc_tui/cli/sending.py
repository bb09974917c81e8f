"""Commands of a script on their way to a remote store: kept in the outbox first, then handed over at once."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Collection, Sequence
from contextlib import closing
from typing import Final

import msgspec

from noc_tui.cli import said
from noc_tui.cli.dialling import client_to, logged_in
from noc_tui.cli.faults import Trouble
from noc_tui.cli.invocation import Invocation
from noc_tui.cli.patience import PATIENCE
from noc_tui.incidents.commands import Command, Outcome
from noc_tui.journal.exchange import PUSHED_AT_ONCE, Fork, Push
from noc_tui.journal.looking import ONLY_LOOKS, VIEWER
from noc_tui.journal.ports import Entry
from noc_tui.journal.skew import Skew
from noc_tui.net.backoff import Backoff
from noc_tui.net.errors import BadSetting, NetError, NotAllowed, RefusedStatus
from noc_tui.store.outbox import Outbox
from noc_tui.sync.api import Api, in_words
from noc_tui.sync.freshness import Freshness
from noc_tui.sync.machine import KEPT
from noc_tui.sync.remotes import Remote, make_directory

_NO_LINEAGE: Final = 0
"""The lineage of an answer that no link has followed: it counts as seen only when its event is."""
_NEVER: Final = frozenset((400, 404, 413, 415, 422))
"""Statuses that say that what was sent will never be taken."""


class Sent(msgspec.Struct, frozen=True):
    """What came of commands: the outcomes there are by command, and why the others have none yet (a sentence)."""

    outcomes: dict[bytes, Outcome]
    trouble: str = ""


def outbox_of(invocation: Invocation, remote: Remote) -> Outbox:
    """Open the outbox of a remote store, made where there is none; raises StoreError, or Trouble without a place."""
    try:
        make_directory(remote)
    except OSError as error:
        raise Trouble(f"The directory {remote.directory} cannot be made ({error.strerror}): see to it.") from None
    return Outbox(remote.outbox, invocation.now)


def press_and_send(invocation: Invocation, remote: Remote, commands: Sequence[Command], until: float) -> Sent:
    """Keep commands in the outbox, durable, then hand them over at once and wait for the answers, to `until` at most.

    Where the server lets us do nothing at all they are taken out again, and Trouble says why.
    """
    if logged_in(invocation).role == VIEWER:
        raise Trouble(f"Nothing was done. {ONLY_LOOKS}")
    with closing(outbox_of(invocation, remote)) as outbox:
        ids = [command.id for command in commands]
        outbox.press(commands)
        try:
            sent = send(invocation, remote, outbox, ids, until)
        except (NotAllowed, BadSetting) as error:
            outbox.discard(ids, even_tried=True)
            raise Trouble(f"Nothing was done. {in_words(error, remote.url)}") from error
        outbox.dismiss(ids)  # what was refused is told here and now
        return sent


def say_queued(sent: Sent, count: int) -> None:
    """Say of how many commands there is no answer yet, why, and what becomes of them."""
    queued = count - len(sent.outcomes)
    if queued:
        many = "A command is" if queued == 1 else f"{queued} commands are"
        said.words(
            f"{many} queued: the board, `noc-tui agent` or `noc-tui outbox retry` on this store sends what waits. "
            f"{sent.trouble}".rstrip()
        )


def send(invocation: Invocation, remote: Remote, outbox: Outbox, wanted: Sequence[bytes], until: float) -> Sent:
    """Hand over commands that wait in the outbox, and what was pressed before them on the same incidents.

    `until`, by the monotonic clock, is when no answer is waited for any more, however many tries there were.
    NotAllowed or BadSetting is raised where the server took nothing of them.
    """
    return asyncio.run(_send(invocation, remote, outbox, wanted, until))


async def _send(invocation: Invocation, remote: Remote, outbox: Outbox, wanted: Sequence[bytes], until: float) -> Sent:
    async with client_to(invocation, remote, until=until) as client:
        sender = _Sender(invocation, remote, outbox, Api(remote.url, client))
        try:
            await sender.send(frozenset(wanted), until)
        except (NotAllowed, BadSetting):
            if not sender.unsure:
                raise
        return sender.sent(wanted)


class _Sender:
    """Sends until there are answers or the time is over."""

    def __init__(self, invocation: Invocation, remote: Remote, outbox: Outbox, api: Api) -> None:
        self.unsure = False
        """Whether something was sent that the server may have taken without our knowing."""
        self._now = invocation.now
        self._followed = remote.replica.exists()
        self._outbox = outbox
        self._api = api
        self._clocks: Freshness | None = None
        self._outcomes: dict[bytes, Outcome] = {}
        self._trouble = ""

    async def send(self, wanted: frozenset[bytes], until: float) -> None:
        """Send what is wanted; NotAllowed or BadSetting where the server takes nothing from us."""
        backoff = Backoff()
        while waiting := self._waiting(wanted):
            if time.monotonic() >= until:
                self._trouble = self._trouble or f"{self._api.url} has not answered in time."
                return
            try:
                await self._push(waiting[:PUSHED_AT_ONCE])
            except (NotAllowed, BadSetting) as error:
                self._trouble = in_words(error, self._api.url)
                raise
            except NetError as error:
                self._trouble = str(error)
                self.unsure = True
                never = isinstance(error, RefusedStatus) and error.status in _NEVER
                backoff, wait = backoff.failed(time.monotonic(), random.random, getattr(error, "retry_after", None))
                if never or time.monotonic() + wait >= until:
                    return
                await asyncio.sleep(wait)

    def sent(self, wanted: Sequence[bytes]) -> Sent:
        """Return what came of the commands, also of those that an agent on this host has sent meanwhile."""
        outcomes = dict(self._outcomes)
        for id in wanted:
            if id not in outcomes and (entry := self._outbox.entry(id)) is not None and entry.state != "pending":
                outcomes[id] = _outcome_of(entry)
        return Sent({id: outcomes[id] for id in wanted if id in outcomes}, self._trouble)

    def _waiting(self, wanted: Collection[bytes]) -> list[Command]:
        """Return what is to be sent, in the order pressed: per incident nothing overtakes what was pressed before."""
        pending = [entry.command for entry in self._outbox.unfinished() if entry.state == "pending"]
        incidents = {command.incident for command in pending if command.id in wanted}
        line = [command for command in pending if command.incident in incidents]
        last = max((place for place, command in enumerate(line) if command.id in wanted), default=-1)
        return line[: last + 1]

    async def _push(self, commands: Sequence[Command]) -> None:
        self._outbox.tried([command.id for command in commands])
        skew = await self._measured()
        push = Push(sent_at=self._now(), commands=tuple(commands), skew=skew)
        answer = await self._api.push(push, PATIENCE)
        if isinstance(answer, Fork):
            raise Trouble("The server says that it has another history, though it was asked for none: see its version.")
        self._outbox.answered(answer.outcomes, _NO_LINEAGE, self._now())
        self._outcomes.update((outcome.command, outcome) for outcome in answer.outcomes)
        if not self._followed:  # no board was ever opened here: nobody waits for the events themselves
            self._outbox.settle([outcome.command for outcome in answer.outcomes if outcome.ok], self._now())
            self._outbox.prune(self._now() - KEPT)

    async def _measured(self) -> Skew | None:
        """Return how far this host's clock is off the server's, which is asked for its time once."""
        if self._clocks is None:
            asked = time.monotonic()
            try:
                me = await self._api.me()
            except NotAllowed:
                raise
            except RefusedStatus:  # an older server
                return None
            self._clocks = Freshness().told_time(me.time, asked, time.monotonic(), self._now())
        return self._clocks.measured(time.monotonic(), self._now())


def _outcome_of(entry: Entry) -> Outcome:
    """Return an outcome as far as the outbox tells it."""
    seqs = (entry.seq,) if entry.seq else ()
    refused = entry.state == "refused"
    return Outcome(
        command=entry.command.id,
        ok=not refused,
        number=entry.number,
        reason=entry.reason,
        code=entry.code,
        seqs=seqs,
    )
