"""The board of a remote store: the files that a console on it needs, and all its rows at once where there is none."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING

import msgspec

from noc_tui.cli import said
from noc_tui.cli.dialling import ask_remote
from noc_tui.cli.faults import Trouble
from noc_tui.cli.invocation import Invocation
from noc_tui.incidents.model import Incident
from noc_tui.incidents.policy import Policy, PolicyError, policy_from
from noc_tui.journal.exchange import SnapshotRows, SnapshotStart
from noc_tui.sync.remotes import Remote, make_directory

if TYPE_CHECKING:
    from noc_tui.sync.api import Api


class BoardNow(msgspec.Struct, frozen=True):
    """A board with all its rows."""

    rows: list[Incident]
    policy: Policy
    demo: bool


def make_files(invocation: Invocation, remote: Remote) -> None:
    """Make the replica and the outbox of a remote store, empty, where they are not there yet; raises StoreError.

    A replica that is damaged is put aside first, and said to be.
    """
    # Start-up cost: SQLAlchemy, which makes the replica; the board itself begins without it.
    from noc_tui.store.outbox import Outbox
    from noc_tui.store.replica_mending import put_aside_if_damaged

    try:
        make_directory(remote)
        aside = put_aside_if_damaged(remote.replica)
    except OSError as error:
        raise Trouble(f"The directory {remote.directory} cannot be made ({error.strerror}): see to it.") from None
    if aside is not None:
        said.words(f"The copy of {remote.url} was damaged and is now {aside}; all of it is fetched anew.")
    if not remote.replica.exists():
        from noc_tui.store.replica import ReplicaFile

        ReplicaFile(remote.replica, remote.url, invocation.now).close()
    if not remote.outbox.exists():
        Outbox(remote.outbox, invocation.now).close()


def board_now(invocation: Invocation) -> BoardNow:
    """Return the board of a remote store as it is now, from the server."""
    return ask_remote(invocation, _board_now)


async def _board_now(api: Api) -> BoardNow:
    rows: dict[int, Incident] = {}
    policy, demo = Policy(), False
    async with aclosing(api.snapshot()) as lines:
        async for line in lines:
            if isinstance(line, SnapshotRows):
                rows.update((incident.number, incident) for incident in line.incidents)
            elif isinstance(line, SnapshotStart):
                policy, demo = _policy_of(line), line.demo
    return BoardNow(list(rows.values()), policy, demo)


def _policy_of(start: SnapshotStart) -> Policy:
    if start.policy is None:
        return Policy()
    try:
        return policy_from(start.policy)
    except PolicyError as error:
        raise Trouble(f"The server's policy cannot be used ({error}): upgrade noc-tui.") from None
