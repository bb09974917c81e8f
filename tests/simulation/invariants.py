"""What must hold once all is healed and at rest, each check with its number in the list of the sync contract.

Some must hold at every step, too: `watching` checks 1 (no answer that is in no journal), 3 (a power cut takes nothing
that is called done), 5 (a page without a hole), 13 and 16 (no replica shows what never was, nor a mixture of histories,
no fork without a restore) and 18 (the age told is the truth to within a second).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from noc_tui.incidents.gathering import KEPT
from noc_tui.incidents.model import OPEN_STATES, SECOND
from noc_tui.journal.chain import GENESIS, seal
from noc_tui.journal.envelope import Event
from noc_tui.journal.replay import State
from tests.simulation.console import DISK_FULL
from tests.simulation.violations import must

if TYPE_CHECKING:
    from tests.simulation.history import History
    from tests.simulation.world import World

_BY_ANY_ACT: Final = frozenset(("attention", "touched"))
"""Fields that every act moves, and that an undo may leave as they are."""


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
    """1: what a console believes done is in the journal, with its events."""
    journal = world.authority.history.journal
    for console in world.consoles:
        for id, entry in console.outbox.entries.items():
            if entry.state == "seen":
                receipt = world.authority.history.receipts.get(id)
                seqs = receipt.outcome.seqs if receipt is not None else ()
                there = receipt is not None and all(journal[seq - 1].command_id == id for seq in seqs)
                must(1, there, f"{console.person} believes {id.hex()} done")


def whole_2(world: World) -> None:
    """2: no half of a transaction: a command's events stand together, and its receipt names them all."""
    journal = world.authority.history.journal
    receipts = world.authority.history.receipts
    events: dict[bytes, list[int]] = {}
    for event in journal:
        if event.command_id:
            events.setdefault(event.command_id, []).append(event.seq)
    for id, seqs in events.items():
        receipt = receipts.get(id)
        must(2, receipt is not None, f"the events {seqs} have no receipt")
        assert receipt is not None
        must(2, tuple(seqs) == receipt.outcome.seqs, f"the receipt of the events {seqs} names {receipt.outcome.seqs}")
        must(2, seqs[-1] - seqs[0] == len(seqs) - 1, f"the events {seqs} of one command stand apart")


def pressed_is_kept_3(world: World) -> None:
    """3: no power cut took a command that its operator was told to be kept."""
    for operator in world.operators:
        entries = operator.console.outbox.entries
        for command in operator.pressed:
            must(3, command.id in entries, f"{operator.console.person}'s {command.id.hex()} is in no outbox")


def full_disk_4(world: World) -> None:
    """4: what a full disk refused was refused whole, and where there is room again all goes on by itself."""
    receipts = world.authority.history.receipts
    for operator in world.operators:
        console = operator.console
        for command in operator.refused:
            left = command.id in console.outbox.entries or command.id in receipts
            must(4, not left, f"{console.person}'s {command.id.hex()} was refused and is there")
        status = console.live.status
        told = status.sentence if status is not None else "nothing"
        must(4, not console.was_full or console.follows(), f"{console.person} does not go on with room again: {told}")
        must(4, told != DISK_FULL, f"{console.person} still tells of a full disk")


def complete_5(world: World) -> None:
    """5: the journal is gapless, and every replica has each event in its place."""
    journal = world.authority.history.journal
    must(5, [event.seq for event in journal] == list(range(1, len(journal) + 1)), "the journal has a gap")
    for console in world.consoles:
        for seq, event in console.replica.rows.events.items():
            must(5, seq == event.seq, f"{console.person} holds event {event.seq} as {seq}")


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
    """8: at every seq the fold of the journal is the projection."""
    history = world.authority.history
    state = State()
    for event in history.journal:
        state.take(event)
        if event.incident_id:
            incident = history.incident_at(event.incident_id, event.seq)
            must(8, state.incidents[event.incident_id] == incident, f"the fold is another at {event.seq}")
        if event.alert:
            alert = history.alert_at(event.alert, event.seq)
            must(8, state.alerts[event.alert] == alert, f"the fold of {event.alert} is another at {event.seq}")


def chain_9(world: World) -> None:
    """9: the chain is whole."""
    hash = GENESIS
    for event in world.authority.history.journal:
        hash = seal(hash, event)
        must(9, hash == event.hash, f"the chain breaks at {event.seq}")


def replay_10(world: World) -> None:
    """10: replaying never fails, of no history that ever was, and no event of our own is without effect or word."""
    for history in world.authority.histories:
        state = State()
        for event in history.journal:
            state.take(event)
            must(10, _tells(event), f"event {event.seq} ({event.kind}) does and says nothing")


def _tells(event: Event) -> bool:
    alert = event.data.get("alert", {})
    return bool(event.data.get("set") or alert.get("set") or event.undoes or event.kind == "incident.noted")


def undone_11(world: World) -> None:
    """11: an undo that was answered ok restored each field that its command touched; a logged incident is closed."""
    history = world.authority.history
    for event in history.journal:
        if event.undoes and event.incident_id:
            undone = [one for one in history.journal if one.command_id == event.undoes]
            mine = [one for one in undone if one.incident_id == event.incident_id]
            must(11, bool(mine), f"event {event.seq} undoes what is not there")
            after = history.incident_at(event.incident_id, event.seq)
            assert after is not None
            for name, value in _before(history, mine).items():
                must(11, getattr(after, name) == value, f"event {event.seq} did not restore {name} to {value!r}")


def _before(history: History, events: list[Event]) -> dict[str, object]:
    """What the fields that these events of one incident touched were before them, those left out that need not be."""
    before = history.incident_at(events[0].incident_id, events[0].seq - 1)
    if before is None:
        return {"state": "closed", "attention": False}
    touched = {name for event in events for name in event.data.get("set", {})}
    return {name: getattr(before, name) for name in touched - KEPT - _BY_ANY_ACT}


def same_fold_12(world: World) -> None:
    """12: all replicas show what the authority holds: each open incident, and whatever else they have."""
    history = world.authority.history
    for console in world.consoles:
        rows = console.replica.rows
        must(12, rows.cursor == history.head, f"{console.person} has come to {rows.cursor} only")
        for id, versions in history.incidents.items():
            if id in rows.incidents or versions[-1].state in OPEN_STATES:
                must(12, rows.incidents.get(id) == versions[-1], f"{console.person} shows {id.hex()} otherwise")
        must(12, rows.incidents.keys() <= history.incidents.keys(), f"{console.person} shows what is not there")
        for ref, alert in rows.alerts.items():
            must(12, alert == history.alerts[ref][-1], f"{console.person} shows {ref} otherwise")


def confirmed_is_held_13(world: World) -> None:
    """13: every event that a replica has as confirmed is the authority's."""
    journal = world.authority.history.journal
    for console in world.consoles:
        for seq, event in console.replica.rows.events.items():
            must(13, seq <= len(journal) and journal[seq - 1] == event, f"{console.person} holds another event {seq}")


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
    """17: the journal has the authority's time alone; the skew is measured, to within the time that a message takes."""
    received = [event.received_at for event in world.authority.history.journal]
    must(17, received == sorted(received), "the journal's time goes back")
    now = world.server.now()
    must(17, not received or received[-1] <= now, f"the journal has come to {received[-1:]}, and it is {now}")
    for console in world.consoles:
        status = console.live.status
        assert status is not None
        truth = (world.server.skew - console.skew) * SECOND
        must(17, abs(status.skew - truth) < 2 * SECOND, f"{console.person} measures {status.skew}, not {truth}")


def done_when_it_was_17(world: World) -> None:
    """17: `at` is when a key was pressed, to within what the clocks were measured, however long the push was away.

    Where that is before the event that its operator had seen was taken, it is that moment.
    """
    journal = world.authority.history.journal
    receipts = world.authority.history.receipts
    for operator in world.operators:
        off = round((world.server.skew - operator.console.skew) * SECOND)
        for command in operator.pressed:
            receipt = receipts.get(command.id)
            if receipt is None or receipt.skew is None:
                continue
            truth = command.at + off
            floor = journal[command.seen - 1].received_at if 0 < command.seen <= len(journal) else 0
            for seq in receipt.outcome.seqs:
                wrong = min(abs(journal[seq - 1].at - at) for at in (truth, max(truth, floor)))
                sentence = f"{operator.console.person}'s {command.id.hex()} is booked {wrong / SECOND:.3f} s off"
                must(17, wrong <= 2 * receipt.skew.error, sentence)


def fresh_18(world: World) -> None:
    """18: with the link up, the age told is small."""
    for console in world.consoles:
        status = console.live.status
        assert status is not None
        must(18, status.state == "following", f"{console.person} is {status.state}: {status.sentence}")
        age = world.clockwork.now - status.ok_tick
        must(18, age < 3.0, f"{console.person}'s board is {age:.1f} s old with the link up")


CHECKS: Final[tuple[Callable[[World], None], ...]] = (
    full_disk_4,
    all_at_rest_14,
    same_fold_12,
    whole_2,
    pressed_is_kept_3,
    complete_5,
    revisions_6,
    one_effect_7,
    fold_8,
    chain_9,
    replay_10,
    undone_11,
    confirmed_is_held_13,
    all_confirmed_or_refused_14,
    acknowledged_is_durable_1,
    in_order_15,
    one_history_16,
    skew_17,
    done_when_it_was_17,
    fresh_18,
)
