"""What `noc-tui doctor` tells of a remote store: whether it answers, who we are there, and what waits for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from typing import Final

import noc_tui
from noc_tui.cli.dialling import ask_remote, ca_file_of, logged_in, way_to
from noc_tui.cli.faults import Trouble
from noc_tui.cli.invocation import Invocation
from noc_tui.incidents.durations import duration_text, short
from noc_tui.incidents.model import SECOND, Micros
from noc_tui.incidents.times import iso
from noc_tui.net.certificate import good_until
from noc_tui.net.errors import NetError, NotAllowed
from noc_tui.store.errors import StoreError
from noc_tui.store.live import Live, live_path
from noc_tui.store.outbox import Outbox
from noc_tui.sync.api import Api, Me
from noc_tui.sync.remotes import Remote

SKEWED: Final = 2 * SECOND
"""From so much on a wrong clock is worth a word."""
SOON: Final = 14 * 86_400
"""Seconds before its end in which a certificate is worth a word."""

Facts = list[tuple[str, str]]


def link_facts(invocation: Invocation, remote: Remote) -> tuple[Facts, list[str]]:
    """Return what is known of the link, and what is wrong with it."""
    facts: Facts = [("link", remote.url)]
    troubles: list[str] = []
    way = way_to(invocation, remote)
    if way.proxy:
        facts.append(("proxy", way.proxy))
    try:
        logged_in(invocation)
        for name, value, trouble in _server(invocation, remote, direct=not way.proxy):
            facts.append((name, value))
            troubles += [trouble] if trouble else []
    except (Trouble, NetError) as error:
        facts.append(("server", _unheard(error)))
        troubles.append(str(error))
    kept, refused = _kept(invocation, remote)
    return [*facts, *kept], troubles + refused


def _unheard(error: Exception) -> str:
    if isinstance(error.__cause__, NotAllowed):
        return "answers, but does not let us in"
    return "does not answer" if isinstance(error, NetError) else "was not asked"


def _server(invocation: Invocation, remote: Remote, *, direct: bool) -> Iterator[tuple[str, str, str]]:
    """Yield facts, each with what is wrong about it."""
    me, took, now = ask_remote(invocation, lambda api: _asked(api, invocation))
    yield "server", f"answers in {duration_text(max(1000, int(took * 1000) * 1000))}", ""
    other = (
        "" if me.version == noc_tui.__version__ else "The server's version is not ours: see to it that both are new."
    )
    yield "versions", f"{me.version or '?'} there, {noc_tui.__version__} here", other
    yield "token", f"{me.name}, {me.role}" + (f" for {me.source}" if me.source else ""), ""
    skew = me.time - now
    wrong = f"The clocks differ by {short(abs(skew))}: set the wrong one right." if abs(skew) >= SKEWED else ""
    yield "clock skew", f"{skew / SECOND:+.1f} s", wrong
    end = good_until(remote.url, ca_file_of(way_to(invocation, remote))) if direct else None
    if end is not None:
        left = end - now / SECOND
        ends = f"The server's certificate ends in {left / 86_400:.0f} days: have it renewed." if left < SOON else ""
        yield "certificate", f"trusted, good until {iso(int(end) * SECOND)}", ends


async def _asked(api: Api, invocation: Invocation) -> tuple[Me, float, Micros]:
    """Return who we are, how long the answer took (seconds), and our clock half-way."""
    await api.me()  # the connection takes its time only once
    began, before = time.monotonic(), invocation.now()
    me = await api.me()
    return me, time.monotonic() - began, (before + invocation.now()) // 2


def _kept(invocation: Invocation, remote: Remote) -> tuple[Facts, list[str]]:
    """Return what is kept here of the remote store, and what of it waits for a person."""
    try:
        return list(_files(invocation, remote)), _refused(invocation, remote)
    except StoreError as error:
        return [("outbox", "cannot be read")], [str(error)]


def _refused(invocation: Invocation, remote: Remote) -> list[str]:
    if not remote.outbox.exists():
        return []
    with closing(Outbox(remote.outbox, invocation.now)) as outbox:
        count = outbox.counts().refused
    said = f"{count} of your commands were refused: see `noc-tui outbox list`, then retry or discard them."
    return [said] if count else []


def _files(invocation: Invocation, remote: Remote) -> Iterator[tuple[str, str]]:
    if remote.outbox.exists():
        with closing(Outbox(remote.outbox, invocation.now)) as outbox:
            counts = outbox.counts()
        yield "outbox", f"{counts.pending} waiting, {counts.acked} done and not seen yet, {counts.refused} refused"
    live = live_path(remote.replica)
    if not remote.replica.exists() or not live.exists():
        yield "copy", "there is none yet: the board makes it"
        return
    with closing(Live(live)) as beside:
        status = beside.link()
    if status is None or not status.ok_at:
        yield "copy", "never in step"
    else:
        ago = short(invocation.now() - status.ok_at)
        yield "copy", f"{status.state}, event {status.seq:,} of {status.head:,}, last answer {ago} ago"
