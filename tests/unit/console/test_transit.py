"""From the key to the journal: in whichever order outbox, replica and presses are told, nothing flickers or stays."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC
from pathlib import Path
from random import Random
from typing import Final

import pytest
from msgspec.structs import replace

from noc_tui.console.link import Link
from noc_tui.console.outbox_feed import OutboxFeed
from noc_tui.console.outgoing import News
from noc_tui.console.pressing import Queued
from noc_tui.console.session import Seat, Session
from noc_tui.console.transit import Transit
from noc_tui.incidents.model import SECOND, Incident
from noc_tui.incidents.policy import Policy
from noc_tui.journal.changes import ChangeSet
from noc_tui.journal.ids import make_id
from noc_tui.journal.replay import state_at
from noc_tui.store.outbox import Outbox
from tests.unit.incidents.desk import Desk, report

VERBS: Final[tuple[tuple[str, dict[str, str]], ...]] = (
    ("take", {}),
    ("escalate", {}),
    ("note", {"text": "seen"}),
    ("priority", {"priority": "1"}),
)
"""Each changes the row further; none of them can be done a second time to the same effect."""


class Replica:
    """So much of the authority's journal as has come over."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.seq = len(desk.journal)

    def rows_of(self, ids: Collection[bytes]) -> list[Incident]:
        return [row for row in self._rows() if row.id in ids]

    def landed(self, commands: Collection[bytes]) -> dict[bytes, int]:
        return {event.command_id: event.seq for event in self._desk.journal[: self.seq] if event.command_id in commands}

    def changes(self, after: int) -> ChangeSet:
        """What a watcher reads after a seq."""
        return ChangeSet(self.seq, tuple(row for row in self._rows() if row.changed_seq > after))

    def _rows(self) -> Iterator[Incident]:
        yield from state_at(self._desk.journal[: self.seq]).incidents.values()


class Wire:
    """One console, its outbox, its replica, and the authority; each moves when told."""

    def __init__(self, directory: Path, chance: Random) -> None:
        self.chance, self.desk = chance, Desk()
        self.desk.report(report())
        self.replica = Replica(self.desk)
        self.outbox = Outbox(directory / "outbox.db", lambda: self.desk.now)
        self._feed = OutboxFeed(directory / "outbox.db", lambda: self.desk.now)
        link = Link("https://noc.example", lambda: self.desk.now, lambda: 100.0)
        seat = Seat(me="me", origin="tty1", zone=UTC, link=link)
        self.session = Session(
            seat, Policy(), lambda: self.desk.now, lambda: make_id(self.desk.now, chance.randbytes(10))
        )
        self.session.first_page(list(self.replica.rows_of({row.id for row in self.desk.state.incidents.values()})))
        self.transit = Transit(self.session)
        self.queued: list[Queued] = []
        self._seq = self.replica.seq

    @property
    def row(self) -> Incident:
        """The incident as it is shown."""
        (row,) = self.session.board.rows.values()
        return row

    def press(self, verb: str, args: dict[str, str]) -> None:
        """A key, and its thread, which puts the command into the outbox."""
        commands = self.session.commands(verb, dict(args), [self.row.number], {})
        self.session.sent(commands, [self.row.number])
        self.outbox.press(commands)
        self.queued.append(Queued(tuple(commands)))

    def deliver(self) -> None:
        """What that thread posted arrives."""
        if self.queued:
            self.transit.queued(self.queued.pop(0))

    def push(self) -> None:
        """The authority decides what waits."""
        waiting = [entry.command for entry in self.outbox.unfinished() if entry.state == "pending"]
        self.outbox.answered([self.desk.send(command) for command in waiting], 1, self.desk.now)

    def arrive(self) -> None:
        """Commands reach the authority whose answers are lost."""
        for entry in self.outbox.unfinished():
            self.desk.send(entry.command)

    def pull(self) -> None:
        """An event comes over."""
        self.replica.seq = min(len(self.desk.journal), self.replica.seq + 1)

    def settle(self) -> None:
        """What is seen in the replica is settled."""
        self.outbox.settle(self.replica.landed([one.command.id for one in self.outbox.unfinished()]), self.desk.now)

    def look(self) -> None:
        """The watcher looks; anything may happen while it does."""
        changes = self.replica.changes(self._seq)
        self.anything()
        if self._feed.look():
            self.anything()
            for news in self._feed.news(self.replica, moved=True):
                self.transit.heard(news)
        self.session.apply(changes)
        self._seq = changes.seq

    def anything(self) -> None:
        """Some things happen elsewhere, or nothing."""
        for _ in range(self.chance.randrange(4)):
            self.chance.choice((self.push, self.arrive, self.pull, self.settle, self.deliver))()

    def comes_to_rest(self) -> None:
        """All that can happen has happened."""
        for _ in range(8):
            self.deliver()
            self.push()
            for _ in VERBS:
                self.pull()
            self.settle()
            self.look()

    def close(self) -> None:
        """Close the outbox."""
        self.outbox.close()
        self._feed.close()


def progress(row: Incident) -> int:
    """How many of the verbs show on a row."""
    return (row.owner == "me") + (row.tier == 2) + (row.priority == 1)


@pytest.mark.parametrize("seed", range(60))
def test_a_row_goes_forward_alone_and_ends_as_the_authority_has_it(seed: int, tmp_path: Path) -> None:
    wire = Wire(tmp_path, Random(seed))
    left, before = list(VERBS), 0
    for _ in range(40):
        step = wire.chance.choice(("press", "anything", "anything", "look"))
        if step == "press" and left:
            wire.press(*left.pop(0))
        elif step == "look":
            wire.look()
        else:
            wire.anything()
        assert progress(wire.row) >= before, "nothing that was shown is taken back"
        assert wire.row.tier <= 2, "nothing is laid over what holds it"
        before = progress(wire.row)
    while left:
        wire.press(*left.pop(0))
    wire.comes_to_rest()
    told = wire.desk.by_number(1)
    assert wire.row == told, "what is shown is what the authority has"
    session = wire.session
    assert not session.marks(1).pending
    assert not session.outgoing.entries
    assert not any(one.command.id in session.sending for one in wire.outbox.since(0).entries)
    for verb, _ in reversed(VERBS):
        gesture = session.gestures.next_undo()
        assert gesture is not None and gesture.verb == verb and gesture.items[0].seq > 0
        session.gestures.reverse(gesture, b"undo")
    wire.close()


def test_the_verdict_of_the_last_key_is_said_last(tmp_path: Path) -> None:
    wire = Wire(tmp_path, Random(1))
    wire.press("priority", {"priority": "1"})
    wire.desk.now += SECOND
    wire.press("note", {"text": "seen"})
    wire.deliver()
    wire.deliver()
    first, last = wire.outbox.unfinished()
    refused = replace(first, state="refused", reason="bo changed it first.", code="conflict")
    wire.transit.heard(News(entries=(refused,), landed={last.command.id: 3}))
    assert wire.session.said.text == "INC-000001 router-k noted."
    wire.close()
