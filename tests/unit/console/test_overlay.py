"""The overlay shows what the authority will make of a row: the same rules, on what a console holds."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.console.overlay import Ground, Laid, decided, lay
from noc_tui.incidents.commands import Command
from noc_tui.incidents.model import HOUR, MINUTE, Incident, number_text, provisional_number
from noc_tui.incidents.verbs import VERBS, expectation
from noc_tui.journal.envelope import Event
from tests.unit.incidents.desk import Desk, report

STEPS = st.lists(
    st.sampled_from(
        [
            ("ack", {}),
            ("unack", {}),
            ("take", {}),
            ("take", {"steal": True}),
            ("assign", {"to": "bo"}),
            ("assign", {"to": "team:t2"}),
            ("release", {}),
            ("note", {"text": "seen"}),
            ("label", {"label": "fibre"}),
            ("unlabel", {"label": "fibre"}),
            ("priority", {"priority": "1"}),
            ("impact", {"impact": "high"}),
            ("escalate", {}),
            ("hold", {"reason": "provider"}),
            ("hold", {"reason": "customer", "until": HOUR}),
            ("resume", {}),
            ("snooze", {"until": HOUR}),
            ("wake", {}),
            ("resolve", {"code": "fixed"}),
            ("reopen", {"reason": "back"}),
            ("close", {}),
            ("undo", {}),
        ]
    ),
    max_size=8,
)


def commands(desk: Desk, base: Incident, steps: list[tuple[str, dict[str, Any]]]) -> list[Command]:
    """What somebody presses on an incident a minute apart, seen as it is now; an undo is of what was pressed before."""
    made: list[Command] = []
    for place, (verb, given_args) in enumerate(steps):
        at, args = desk.now + place * MINUTE, dict(given_args)
        if "until" in args:
            args["until"] += at
        if verb == "undo":
            if not made:
                continue
            args["command"] = made[-1].id.hex()
        expect = expectation(VERBS[verb], base.revision)
        made.append(Command(id=desk.new_id(), verb=verb, incident=base.id, args=args, expect=expect, actor="me", at=at))
    return made


def opened() -> tuple[Desk, Incident]:
    """A desk with one incident, which a source reported."""
    desk = Desk()
    desk.report(report())
    incident = desk.by_number(1)
    assert incident is not None
    return desk, incident


def plain(incident: Incident) -> Incident:
    """An incident without what only the authority gives."""
    return replace(incident, number=0, revision=0, changed_seq=0, updated_at=0)


def on(desk: Desk, base: Incident | None, pressed: list[Command]) -> Laid:
    """These commands laid over a row."""
    rows = {base.number: base} if base is not None else {}
    return lay(base, pressed, Ground(desk.policy, rows))


@given(steps=STEPS, late=st.sampled_from([0, 2 * HOUR]))
def test_it_is_what_the_authority_makes_of_it(steps: list[tuple[str, dict[str, Any]]], late: int) -> None:
    desk, base = opened()
    pressed = commands(desk, base, steps)
    laid = on(desk, base, pressed)
    for command in pressed:
        desk.now = command.at + late
        outcome = desk.send(command)
        assert outcome.ok == (command.id in laid.events), (command.verb, outcome.reason)
    told = desk.by_number(1)
    assert told is not None and laid.row is not None
    assert plain(laid.row) == plain(told)
    assert (laid.row.revision, laid.row.changed_seq) == (base.revision, base.changed_seq), "of the authority alone"


@given(steps=STEPS)
def test_a_verdict_shows_the_row_before_what_changed_is_read(steps: list[tuple[str, dict[str, Any]]]) -> None:
    desk, base = opened()
    row = base
    for command in commands(desk, base, steps):
        desk.now = command.at
        outcome = desk.send(command)
        shown = decided([command], [replace(outcome, number=1)], Ground(desk.policy, {1: row}))
        told = desk.by_number(1)
        assert told is not None
        for laid in shown:  # an undo rests on old events, which a console may not hold: it waits for what is read
            assert plain(laid) == plain(told)
            assert (laid.revision, laid.changed_seq) == (told.revision, told.changed_seq), "the next key expects this"
        assert shown or command.verb == "undo" or not outcome.seqs
        row = told


def test_what_hangs_on_what_is_not_held_changes_nothing() -> None:
    desk, base = opened()
    for verb, args in (
        ("shelve", {"until": desk.now + HOUR, "reason": "noisy"}),
        ("unshelve", {}),
        ("merge", {"parent": 9}),
        ("link", {"parent": 9}),
        ("undo", {"command": "00" * 16}),
        ("a verb of a newer version", {}),
    ):
        command = Command(id=desk.new_id(), verb=verb, incident=base.id, args=args, actor="me", at=desk.now)
        assert on(desk, base, [command]) == Laid(base, {})


def test_what_a_wrong_clock_stamped_looks_as_the_authority_will_tell_it() -> None:
    desk, base = opened()
    desk.later(MINUTE)
    ack = Command(id=desk.new_id(), verb="ack", incident=base.id, actor="me", at=desk.now - HOUR)
    laid = lay(base, [ack], Ground(desk.policy, {1: base}, skew=HOUR))
    assert laid.row is not None
    assert laid.row.acked_at == desk.now


def test_what_came_of_a_landed_command_can_be_undone() -> None:
    desk, base = opened()
    take, undo = commands(desk, base, [("take", {}), ("undo", {})])
    events = on(desk, base, [take]).events[take.id]
    desk.send(take)
    landed = desk.by_number(1)
    assert landed is not None
    past: dict[bytes, tuple[Event, ...]] = {take.id: events}
    laid = lay(landed, [undo], Ground(desk.policy, {1: landed}, past))
    assert laid.row is not None
    assert (laid.row.state, laid.row.owner, laid.row.attention) == ("new", "", True)


def test_what_is_logged_has_a_number_of_its_own_until_it_is_given_one() -> None:
    desk = Desk()
    id = bytes.fromhex("0193f0a1b2c37abc8def00000000" + "3f9a")
    log = Command(id=desk.new_id(), verb="log", incident=id, args={"title": "smoke"}, actor="me", at=desk.now)
    take = Command(id=desk.new_id(), verb="take", incident=id, actor="me", at=desk.now, expect={"owner": 0})
    row = on(desk, None, [log, take]).row
    assert row is not None
    assert (row.title, row.owner, row.number) == ("smoke", "me", provisional_number(id))
    assert number_text(row.number) == number_text(0, id) == "INC-~3f9a"
