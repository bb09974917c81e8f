"""Every invariant of the sync contract has a check, and each check notices what it is there for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import pytest
from msgspec.structs import replace

from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import SECOND
from noc_tui.journal.envelope import Event
from tests.simulation.invariants import CHECKS
from tests.simulation.violations import Violation
from tests.simulation.world import World

SEED: Final = 7
"""A run with a bit of everything in it."""


@pytest.fixture
def world() -> World:
    """A run that went well, at its end."""
    world = World(SEED)
    world.run()
    return world


def journal(world: World) -> list[Event]:
    """The authority's."""
    return world.authority.history.journal


def change(world: World, of: Callable[[Event], bool], **fields: object) -> None:
    """Change the first event that is such a one."""
    events = journal(world)
    place = next(place for place, event in enumerate(events) if of(event))
    events[place] = replace(events[place], **fields)


def forget_a_receipt(world: World) -> None:
    """The events of a command stay."""
    receipts = world.authority.history.receipts
    del receipts[next(id for id, receipt in receipts.items() if receipt.outcome.seqs)]


def lose_from_the_outbox(world: World) -> None:
    """As a power cut might, were the outbox not as durable as it is."""
    operator = world.operators[0]
    del operator.console.outbox.entries[operator.pressed[0].id]


def keep_what_was_refused(world: World) -> None:
    """A full disk refused it, and some of it is there all the same."""
    world.operators[0].refused.append(world.operators[0].pressed[0])


def do_twice(world: World) -> None:
    """A command takes effect again, at the end."""
    events = journal(world)
    done = next(event for event in events if event.command_id)
    other = next(event for event in events if event.command_id != done.command_id)
    events += [replace(other, seq=len(events) + 1, incident_id=b"", command_id=b""), replace(done, incident_id=b"")]


def show_otherwise(world: World) -> None:
    """A replica differs in a title."""
    incidents = world.consoles[0].replica.rows.incidents
    id = next(iter(incidents))
    incidents[id] = replace(incidents[id], title="another")


def hold_another_event(world: World) -> None:
    """A replica holds what the authority does not."""
    events = world.consoles[0].replica.rows.events
    last = max(events)
    events[last] = replace(events[last], actor="nobody")


def wait_for_ever(world: World) -> None:
    """A command stays pending."""
    outbox = world.consoles[0].outbox
    id = next(iter(outbox.entries))
    outbox.entries[id] = replace(outbox.entries[id], state="pending")


def swap_two_presses(world: World) -> None:
    """Two commands of one operator on one incident were pressed the other way round."""
    done = world.authority.history.receipts
    for operator in world.operators:
        first: dict[bytes, int] = {}
        for place, command in enumerate(operator.pressed):
            if command.id in done and done[command.id].outcome.seqs:
                before = first.setdefault(command.incident, place)
                if before != place:
                    pressed = operator.pressed
                    pressed[before], pressed[place] = pressed[place], pressed[before]
                    return
    raise AssertionError("no two on one incident")


def follow_another(world: World) -> None:
    """A replica is in another epoch, and does not know."""
    world.authority.history.epoch = b"another's epoch.."
    for console in world.consoles[1:]:
        console.replica.rows.cursor = world.authority.history.head


def call_done(world: World) -> None:
    """A console calls a refused command done."""
    outbox = world.consoles[0].outbox
    command = Command(id=b"never pressed...", verb="note")
    outbox.press([command])
    outbox.entries[command.id] = replace(outbox.entries[command.id], state="seen")


def stop_following(world: World) -> None:
    """A link has stopped."""
    live = world.consoles[0].live
    assert live.status is not None
    live.status = replace(live.status, state="offline")


def clock_goes_wrong(world: World) -> None:
    """Nobody measured it."""
    world.server.skew += 3_600.0


def book_late(world: World) -> None:
    """What people did is said to have been done a second later."""
    events = journal(world)
    events[:] = [replace(event, at=event.at + SECOND) if event.command_id else event for event in events]


def undo_something_else(world: World) -> None:
    """An undo is of a command that left other values behind."""
    history = world.authority.history
    undo = next(event for event in history.journal if event.undoes and event.data.get("set"))
    versions = history.incidents[undo.incident_id]
    after = next(place for place, version in enumerate(versions) if version.changed_seq == undo.seq)
    others = {name: f"not {value}" for name, value in undo.data["set"].items()}
    versions[after] = replace(versions[after], **others)


SPOILT: Final[tuple[tuple[int, Callable[[World], None]], ...]] = (
    (1, call_done),
    (2, forget_a_receipt),
    (3, lose_from_the_outbox),
    (4, keep_what_was_refused),
    (5, lambda world: change(world, lambda _: True, seq=2)),
    (6, lambda world: change(world, lambda event: event.revision > 1, revision=1)),
    (7, do_twice),
    (8, lambda world: change(world, lambda event: "title" in event.data.get("set", {}), body=b'{"set":{"title":"x"}}')),
    (9, lambda world: change(world, lambda _: True, hash=b"another's hash")),
    (10, lambda world: change(world, lambda event: event.revision > 1, body=b"{}")),
    (11, undo_something_else),
    (12, show_otherwise),
    (13, hold_another_event),
    (14, wait_for_ever),
    (15, swap_two_presses),
    (16, follow_another),
    (17, clock_goes_wrong),
    (17, lambda world: change(world, lambda event: event.seq > 1, received_at=0)),
    (17, book_late),
    (18, stop_following),
)


@pytest.mark.parametrize(("number", "spoil"), SPOILT)
def test_a_check_notices_what_it_is_for(world: World, number: int, spoil: Callable[[World], None]) -> None:
    spoil(world)
    found = set()
    for check in CHECKS:
        try:
            check(world)
        except Violation as violation:
            found.add(violation.number)
    assert number in found


def test_every_invariant_of_the_contract_has_a_check() -> None:
    assert {number for number, _ in SPOILT} == set(range(1, 19))
    told = {int(check.__name__.rpartition("_")[2]) for check in CHECKS}
    assert told == set(range(1, 19))
