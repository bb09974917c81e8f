"""What must hold once all is healed and at rest, each check with its number in the list of the sync contract.

Checked at every step, not here: 5 (a page without a hole), 13 and 16 (no replica shows what never was, nor a mixture of
histories, no fork without a restore), 18 (no age younger than the truth): see `watching`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from noc_tui.incidents.model import OPEN_STATES, SECOND
from noc_tui.journal.chain import GENESIS, seal
from noc_tui.journal.replay import state_at
from tests.simulation.violations import must

if TYPE_CHECKING:
    from tests.simulation.world import World


def judge(world: World) -> None:
    """Check all of them."""
    for check in CHECKS:
        check(world)


def all_at_rest_14(world: World) -> None:
    """14: every command pressed is confirmed or in front of who pressed it: nothing is under way for ever."""
    for console in world.consoles:
        left = console.outbox.unfinished()
        must(14, not left, f"{console.person} waits for ever: {left[:3]}")


def all_confirmed_or_refused_14(world: World) -> None:
    """14: what the outbox calls seen, the authority holds; what was pressed is there at all."""
    receipts = world.authority.history.receipts
    for operator in world.operators:
        entries = operator.console.outbox.entries
        for command in operator.pressed:
            entry = entries.get(command.id)
            receipt = receipts.get(command.id)
            confirmed = receipt is not None and receipt.outcome.ok
            refused = entry is not None and entry.state == "refused"
            must(
                14,
                confirmed or refused,
                f"{operator.console.person}'s {command.verb} {command.id.hex()} is lost: {entry}",
            )


def acknowledged_is_durable_1(world: World) -> None:
    """1 and 2: what a console believes done is in the journal, with its events."""
    journal = world.authority.history.journal
    for console in world.consoles:
        for id, entry in console.outbox.entries.items():
            if entry.state == "seen":
                receipt = world.authority.history.receipts.get(id)
                seqs = receipt.outcome.seqs if receipt is not None else ()
                there = receipt is not None and all(journal[seq - 1].command_id == id for seq in seqs)
                must(1, there, f"{console.person} believes {id.hex()} done")


def complete_5(world: World) -> None:
    """5: the journal is gapless, and every replica has all of it from where it began."""
    journal = world.authority.history.journal
    must(5, [event.seq for event in journal] == list(range(1, len(journal) + 1)), "the journal has a gap")
    for console in world.consoles:
        rows = console.replica.rows
        must(12, rows.cursor == world.authority.history.head, f"{console.person} has come to {rows.cursor} only")
        for seq, event in rows.events.items():
            must(5, journal[seq - 1] == event, f"{console.person} holds another event {seq}")


def revisions_6(world: World) -> None:
    """6: an incident's revisions have no gap and no double."""
    counted: Counter[bytes] = Counter()
    for event in world.authority.history.journal:
        if event.incident_id:
            counted[event.incident_id] += 1
            must(6, event.revision == counted[event.incident_id], f"event {event.seq} has revision {event.revision}")


def one_effect_7(world: World) -> None:
    """7: a command has one effect at most, and so has a press, whatever ids it went under."""
    effects: Counter[bytes] = Counter()
    last = b""
    for event in world.authority.history.journal:
        if event.command_id and event.command_id != last:
            effects[event.command_id] += 1
            must(7, effects[event.command_id] == 1, f"command {event.command_id.hex()} took effect twice")
        last = event.command_id
    presses: Counter[tuple[str, int, bytes]] = Counter()
    for receipt in world.authority.history.receipts.values():
        if receipt.outcome.ok:
            press = (receipt.command.origin, receipt.command.at, receipt.command.incident)
            presses[press] += 1
            must(7, presses[press] == 1, f"a press of {press[0]} took effect twice")


def fold_8(world: World) -> None:
    """8 and 10: replaying the journal never fails and gives the projection."""
    history = world.authority.history
    state = state_at(history.journal)
    must(8, state.incidents == {id: one[-1] for id, one in history.incidents.items()}, "the fold is another")
    must(8, state.alerts == {ref: one[-1] for ref, one in history.alerts.items()}, "the fold of alerts is another")


def chain_9(world: World) -> None:
    """9: the chain is whole."""
    hash = GENESIS
    for event in world.authority.history.journal:
        hash = seal(hash, event)
        must(9, hash == event.hash, f"the chain breaks at {event.seq}")


def same_fold_12(world: World) -> None:
    """12: all replicas show what the authority holds: each open incident, and whatever else they have."""
    history = world.authority.history
    for console in world.consoles:
        rows = console.replica.rows
        for id, versions in history.incidents.items():
            if id in rows.incidents or versions[-1].state in OPEN_STATES:
                must(12, rows.incidents.get(id) == versions[-1], f"{console.person} shows {id.hex()} otherwise")
        must(12, rows.incidents.keys() <= history.incidents.keys(), f"{console.person} shows what is not there")
        for ref, alert in rows.alerts.items():
            must(12, alert == history.alerts[ref][-1], f"{console.person} shows {ref} otherwise")


def in_order_15(world: World) -> None:
    """15: what one console did to one incident took effect in the order pressed.

    Apart from what its operator was told to be refused: where the authority forgets that answer by being restored, a
    request that came doubled may still do it.
    """
    receipts = world.authority.history.receipts
    for operator in world.operators:
        last: dict[bytes, int] = {}
        for command in operator.pressed:
            receipt = receipts.get(command.id)
            entry = operator.console.outbox.entries.get(command.id)
            if receipt is None or not receipt.outcome.seqs or (entry is not None and entry.state == "refused"):
                continue
            first = receipt.outcome.seqs[0]
            sentence = f"{operator.console.person}'s {command.id.hex()[-6:]} at {first} came before one pressed earlier"
            must(15, first > last.get(command.incident, 0), sentence)
            last[command.incident] = first


def one_history_16(world: World) -> None:
    """16: a restored or replaced server was noticed: all follow the history that is."""
    for console in world.consoles:
        cursor = console.replica.cursor()
        must(16, cursor is not None and world.authority.on_history(cursor), f"{console.person} follows {cursor}")


def skew_17(world: World) -> None:
    """17: the skew is measured, to within the time that a message takes."""
    for console in world.consoles:
        status = console.live.status
        assert status is not None
        truth = (world.server.skew - console.skew) * SECOND
        must(17, abs(status.skew - truth) < 2 * SECOND, f"{console.person} measures {status.skew}, not {truth}")


def fresh_18(world: World) -> None:
    """18: with the link up, the age told is small."""
    for console in world.consoles:
        status = console.live.status
        assert status is not None
        must(18, status.state == "following", f"{console.person} is {status.state}: {status.sentence}")
        age = world.clockwork.now - status.ok_tick
        must(18, age < 3.0, f"{console.person}'s board is {age:.1f} s old with the link up")


CHECKS: Final[tuple[Callable[[World], None], ...]] = (
    all_at_rest_14,
    complete_5,
    revisions_6,
    one_effect_7,
    fold_8,
    chain_9,
    same_fold_12,
    all_confirmed_or_refused_14,
    acknowledged_is_durable_1,
    in_order_15,
    one_history_16,
    skew_17,
    fresh_18,
)
