"""What a store must do, wherever one sits: on SQLite directly, and over the link."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from msgspec.structs import replace

from noc_tui.incidents.model import Incident
from noc_tui.journal.chain import GENESIS, seal
from noc_tui.journal.replay import State
from tests.contract.desk import Desk, report, sound
from tests.contract.seats import Answer, Seat, on_file, over_link

Sit = Callable[[Path], AbstractAsyncContextManager[Seat]]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Makes commands."""
    return Desk(tmp_path)


@pytest.fixture(params=[on_file, over_link])
async def seat(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Seat]:
    """Each of both, one after the other."""
    sit: Sit = request.param
    async with sit(tmp_path) as found:
        yield found
    assert sound(found.path)


async def logged(seat: Seat, desk: Desk, *titles: str) -> list[bytes]:
    """Log incidents and return their ids."""
    ids = [desk.new_id() for _ in titles]
    answers = await seat.press(*(desk.command("log", id, title=title) for id, title in zip(ids, titles, strict=True)))
    assert all(one.ok for one in answers)
    return ids


async def row(seat: Seat, id: bytes) -> Incident:
    """An incident as it is read there."""
    found = await seat.reader.incident_by_id(id)
    assert found is not None
    return found


def verdicts(answers: list[Answer]) -> list[tuple[bool, str]]:
    """What came of commands, without its words."""
    return [(one.ok, one.code) for one in answers]


async def test_a_command_is_done_and_read_where_it_was_pressed(seat: Seat, desk: Desk) -> None:
    (id,) = await logged(seat, desk, "Link down")
    (answer,) = await seat.press(desk.command("ack", id))
    assert answer == Answer(ok=True, number=1, code="", reason="", seq=2)
    assert (await row(seat, id)).state == "acked"
    acked, created = await seat.reader.timeline(1, 10)
    assert [(one.seq, one.revision, one.actor, one.origin) for one in (created, acked)] == [
        (1, 1, "ana", "tty1"),
        (2, 2, "ana", "tty1"),
    ]


async def test_the_same_command_again_has_no_second_effect(seat: Seat, desk: Desk) -> None:
    (id,) = await logged(seat, desk, "Link down")
    note = desk.command("note", id, text="seen")
    for _ in range(2):
        await seat.press(note)
    assert [one.kind for one in await seat.reader.events(0, 10)] == ["incident.created", "incident.noted"]


async def test_each_of_many_has_its_own_verdict_and_sees_what_an_earlier_one_did(seat: Seat, desk: Desk) -> None:
    first, second = await logged(seat, desk, "One", "Two")
    answers = await seat.press(
        desk.command("ack", first),
        desk.command("ack", first),
        desk.command("ack", second),
        desk.command("ack", b"x" * 16),
    )
    assert verdicts(answers) == [(True, ""), (False, "state"), (True, ""), (False, "gone")]


async def test_a_change_since_the_last_paint_is_a_conflict_that_names_who(seat: Seat, desk: Desk) -> None:
    (id,) = await logged(seat, desk, "Link down")
    await seat.from_elsewhere(desk.command("priority", id, priority="1"))
    (answer,) = await seat.press(desk.command("priority", id, priority="3", expect={"state": 1, "priority": 1}))
    assert (answer.ok, answer.code) == (False, "conflict")
    assert "ben" in answer.reason
    assert (await row(seat, id)).priority == 1


async def test_an_undo_restores_what_was(seat: Seat, desk: Desk) -> None:
    (id,) = await logged(seat, desk, "Link down")
    before = await row(seat, id)
    raised = desk.command("priority", id, priority="1")
    await seat.press(raised)
    assert (await row(seat, id)).priority == 1
    (answer,) = await seat.press(desk.command("undo", id, command=raised.id.hex()))
    assert answer.ok
    after = await row(seat, id)
    assert (after.priority, after.priority_fixed) == (before.priority, before.priority_fixed)


async def test_alerts_open_attach_repeat_and_clear(seat: Seat) -> None:
    one, other = report("a", resource="core1"), report("b", resource="core1")
    heard = await seat.hear(one, other, one, replace(one, firing=False), report("c"))
    assert heard == [("opened", 1), ("attached", 1), ("repeated", 1), ("cleared", 1), ("opened", 2)]
    alerts = await seat.reader.alerts(1, 10)
    assert [(alert.ref, alert.firing) for alert in alerts] == [("sim:b", True), ("sim:a", False)]
    incident = await seat.reader.incident(1)
    assert incident is not None and (incident.alert_count, incident.alerts_firing) == (2, 1)


async def test_what_hangs_on_an_incident_is_found_there(seat: Seat, desk: Desk) -> None:
    _, second, third = await logged(seat, desk, "Cause", "Follows", "Follows, too")
    answers = await seat.press(*(desk.command("link", id, parent=1) for id in (second, third)))
    assert verdicts(answers) == [(True, "")] * 2
    assert [child.id for child in await seat.reader.children(1)] == [second, third]


async def test_text_from_outside_is_clean_on_the_row_and_whole_in_the_journal(seat: Seat, desk: Desk) -> None:
    (id,) = await logged(seat, desk, "link \x1b]52;c;x\x07 down \u202e")
    assert not {"\x1b", "\x07", "\u202e"} & set((await row(seat, id)).title)
    (created,) = await seat.reader.events(0, 10)
    assert b"\\u001b]52" in created.body


async def test_the_journal_is_one_chain_whose_fold_is_what_is_read(seat: Seat, desk: Desk) -> None:
    ids = await logged(seat, desk, "One", "Two", "Three")
    await seat.hear(*(report(f"k{n}", resource=f"r{n % 2}") for n in range(5)))
    await seat.press(*(desk.command(verb, id) for id, verb in zip(ids, ("ack", "take", "close"), strict=True)))
    state, hash = State(), GENESIS
    for event in await seat.reader.events(0, 100):
        hash = seal(hash, event)
        assert hash == event.hash
        state.take(event)
    assert len(state.incidents) == 5
    for id, incident in state.incidents.items():
        assert await row(seat, id) == incident
