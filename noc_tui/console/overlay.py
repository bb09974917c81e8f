"""What a row will be once the commands that wait have become events: decided and folded in memory (SYNC.md, authority).

Shown is the replica's row with the unfinished commands laid over it in order, by the same rules that the authority
will use. What those rules ask beyond what a console holds (an incident's alerts, its children, an old event) is not
known here; a command that hangs on it, or that the rules refuse, changes nothing and waits for the authority.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NoReturn

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.commands import Command, Draft, Outcome, Refusal
from noc_tui.incidents.decide import decide
from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import Alert, Incident, Micros, provisional_number
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.saved_views import SavedView
from noc_tui.incidents.scene import PastEvent
from noc_tui.journal.assemble import body_of
from noc_tui.journal.envelope import Event
from noc_tui.journal.fold import evolve


class Ground(msgspec.Struct, frozen=True):
    """What all commands are decided on: the policy, the rows by number, and what came of the commands before.

    `skew` is the authority's clock less ours: it puts right when a command was done, and so is it here.
    """

    policy: Policy
    rows: Mapping[int, Incident]
    past: Mapping[bytes, Sequence[Event]] = {}
    skew: Micros = 0

    def timed(self, command: Command) -> Command:
        """Return the command as done by the authority's clock."""
        return replace(command, at=command.at + self.skew) if self.skew and command.at else command


class Laid(msgspec.Struct, frozen=True):
    """A row with commands laid over it; `events` by command are those that have no seq yet."""

    row: Incident | None
    events: dict[bytes, tuple[Event, ...]]


def lay(base: Incident | None, commands: Sequence[Command], ground: Ground) -> Laid:
    """Return a row (None for an incident that the first command makes) after these commands of its own.

    It keeps the base's revision and seq: what a later verb expects is what the authority told.
    """
    row = base
    events: dict[bytes, tuple[Event, ...]] = {}
    for command in map(ground.timed, commands):
        bench = _Bench(row, command, ground, events)
        try:
            result = decide(bench, command)
        except Unknown:
            continue
        if not isinstance(result, Refusal) and all(_is_plain(draft, command.incident) for draft in result):
            for draft in result:
                event = _event(draft, command, row)
                row = evolve(row, event)
                events[command.id] = (*events.get(command.id, ()), event)
    if row is not None and row is not base:
        row = replace(
            row,
            revision=base.revision if base is not None else 0,
            changed_seq=base.changed_seq if base is not None else 0,
        )
    return Laid(row, events)


def decided(commands: Sequence[Command], outcomes: Sequence[Outcome], ground: Ground) -> list[Incident]:
    """Return the rows of commands that are events now, as far as they can be known before what changed is read.

    Whoever presses the next key at once means the row as it is by then: with the revision and seq of these events.
    """
    by_id = {row.id: row for outcome in outcomes if (row := ground.rows.get(outcome.number)) is not None}
    shown: dict[bytes, Incident] = {}
    for command, outcome in zip(commands, outcomes, strict=False):
        base = shown.get(command.incident) or by_id.get(command.incident)
        if base is None or not outcome.seqs or base.changed_seq >= outcome.seqs[-1]:
            continue
        row = lay(base, [command], ground).row
        if row is not None and row is not base:
            revision = base.revision + len(outcome.seqs)
            shown[command.incident] = replace(row, revision=revision, changed_seq=outcome.seqs[-1])
    return list(shown.values())


def refusal(row: Incident, command: Command, ground: Ground) -> Refusal | None:
    """Return why the rules refuse a command by a row as it is shown; None if they do not, or ask for more than that."""
    command = ground.timed(command)
    try:
        result = decide(_Bench(row, command, ground, {}), command)
    except Unknown:
        return None
    return result if isinstance(result, Refusal) else None


def _is_plain(draft: Draft, incident: bytes) -> bool:
    """Whether a draft is about the command's own incident and no alert of it."""
    return draft.incident == incident and not draft.alert


def _event(draft: Draft, command: Command, row: Incident | None) -> Event:
    """The event that a draft will become, as far as it can be known: it has no seq."""
    revision = row.revision + 1 if row is not None else 1
    return Event(
        0,
        command.id,
        draft.kind,
        command.at,
        command.at,
        command.actor,
        command.origin,
        command.id,
        draft.incident,
        draft.number,
        revision=revision,
        batch=command.batch,
        undoes=draft.undoes,
        body=body_of(draft, new_incident=row is None),
    )


class Unknown(Exception):
    """The rules ask for what this console does not hold."""


class _Bench:
    """A `Scene` of one command on one row: what the console holds of it, at the moment of the key press."""

    def __init__(
        self, row: Incident | None, command: Command, ground: Ground, events: Mapping[bytes, Sequence[Event]]
    ) -> None:
        self.policy: Policy = ground.policy
        self.now: Micros = command.at
        self._row = row
        self._command = command
        self._ground = ground
        self._events = events

    def incident(self, id: bytes) -> Incident | None:
        """The row that the command is about."""
        return self._row if id == self._command.incident else _unknown()

    def by_number(self, number: int) -> Incident | None:
        """A row of the board."""
        return self._ground.rows.get(number) or _unknown()

    def events_since(self, id: bytes, revision: int) -> list[PastEvent]:
        """What came of the commands laid so far; what others did is for the authority to weigh."""
        return [event for events in self._events.values() for event in events if event.revision > revision]

    def events_of(self, command_id: bytes) -> list[PastEvent]:
        """What came of a command, laid now or lately."""
        return list(self._events.get(command_id) or self._ground.past.get(command_id) or _unknown())

    def new_number(self) -> int:
        """The number that stands for the one to come."""
        return provisional_number(self._command.incident)

    def children(self, number: int) -> list[Incident]:
        """Not known here."""
        _unknown()

    def alerts(self, number: int) -> list[Alert]:
        """Not known here."""
        _unknown()

    def alert(self, ref: str) -> Alert | None:
        """Not known here."""
        _unknown()

    def open_group(self, group_key: str) -> Incident | None:
        """Not known here."""
        _unknown()

    def desk_view(self, name: str) -> SavedView | None:
        """Not known here."""
        _unknown()

    def counter(self, ref: str) -> Counter:
        """Not known here."""
        _unknown()


def _unknown() -> NoReturn:
    raise Unknown
