"""Append: commands decided under the gate, each with a verdict of its own, all of them in one transaction.

Receipt, decision, events, projections and head are one commit: it is there whole or not at all. A command that is sent
again gets the answer that it had.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from noc_tui.incidents.commands import Command, Draft, Outcome, Refusal
from noc_tui.incidents.decide import decide
from noc_tui.incidents.policy import Policy, policy_to
from noc_tui.store import statements as sql
from noc_tui.store.limits import AT_ONCE
from noc_tui.store.receipts import ReceiptBook, UnsoundCommand, fingerprint
from noc_tui.store.scene import Author, WorkingScene
from noc_tui.store.writing import POLICY, POLICY_SEQ, Writer


def append(writer: Writer, commands: Sequence[Command], *, bulk: bool = False) -> list[Outcome]:
    """Decide the commands in order and answer each once all are durable; ValueError for more than `AT_ONCE`."""
    if len(commands) > AT_ONCE:
        raise ValueError(f"at most {AT_ONCE} commands in one transaction, not {len(commands)}")
    contents = [_content(command) for command in commands]
    sound = [command for command, content in zip(commands, contents, strict=True) if isinstance(content, bytes)]
    if not sound:
        return [_unsound(command, str(content)) for command, content in zip(commands, contents, strict=True)]
    with writer.transaction(bulk=bulk) as scene:
        receipts = ReceiptBook(scene.cursor, [command.id for command in sound])
        scene.read_ahead_ids([command.incident for command in sound])
        outcomes = [
            _answered(scene, receipts, command, content) if isinstance(content, bytes) else _unsound(command, content)
            for command, content in zip(commands, contents, strict=True)
        ]
        receipts.write()
    return outcomes


def set_policy(writer: Writer, policy: Policy, actor: str, origin: str) -> None:
    """Journal a policy and make it the one that decides from now on."""
    worded = policy_to(policy)
    draft = Draft(kind="desk.policy_set", more={"policy": worded})
    text = msgspec.json.encode(worded).decode()
    with writer.transaction() as scene:
        seq = scene.take(draft, Author(actor=actor, origin=origin))
        scene.cursor.executemany(sql.PUT_META, [(POLICY, text), (POLICY_SEQ, str(seq))])


def _content(command: Command) -> bytes | str:
    """The command's fingerprint, or why it has none."""
    try:
        return fingerprint(command)
    except UnsoundCommand as reason:
        return str(reason)


def _unsound(command: Command, reason: str) -> Outcome:
    return Outcome(command=command.id, ok=False, reason=reason, code="bad")


def _answered(scene: WorkingScene, receipts: ReceiptBook, command: Command, content: bytes) -> Outcome:
    known = receipts.answered(command, content)
    if known is not None:
        return known
    outcome = _decided(scene, command)
    receipts.keep(content, outcome)
    return outcome


def _decided(scene: WorkingScene, command: Command) -> Outcome:
    result = decide(scene, command)
    if isinstance(result, Refusal):
        number = _number(scene, command)
        return Outcome(command=command.id, ok=False, number=number, reason=result.reason, code=result.code)
    author = Author(
        actor=command.actor,
        origin=command.origin,
        at=command.at,
        command_id=command.id,
        batch=command.batch,
    )
    seqs = tuple([scene.take(draft, author) for draft in result])
    return Outcome(command=command.id, ok=True, number=_number(scene, command), seqs=seqs)


def _number(scene: WorkingScene, command: Command) -> int:
    incident = scene.incident(command.incident) if command.incident else None
    return incident.number if incident is not None else 0
