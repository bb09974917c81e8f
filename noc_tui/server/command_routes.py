"""What people command: pushed by the consoles' agents in batches, each command answered once it is durable."""

from __future__ import annotations

from msgspec.structs import replace
from starlette.requests import Request
from starlette.responses import Response

from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.model import Micros
from noc_tui.journal.exchange import PUSHED_AT_ONCE, Push, Pushed
from noc_tui.journal.skew import Skew, done_at, skew_of
from noc_tui.server.asking import bad, body_as, desk_of, identity_of, sound_instant
from noc_tui.server.desk import Desk
from noc_tui.server.journal_routes import off_history
from noc_tui.server.refusing import json_response


async def commands(request: Request) -> Response:
    """Append what is pushed and answer each command, in order; nothing is done if the push's history is not ours."""
    desk, identity = desk_of(request), identity_of(request)
    push = await body_as(request, Push)
    if len(push.commands) > PUSHED_AT_ONCE:
        raise bad(f"At most {PUSHED_AT_ONCE} commands are taken at once: send these {len(push.commands)} in parts.")
    if push.cursor is not None:
        if not push.cursor.hash:
            raise bad("The cursor of a push has the hash of the event that it names.")
        trouble = await desk.tail.check(push.cursor)
        if trouble is not None:
            return off_history(desk, trouble)
    outcomes: list[Outcome] = []
    if push.commands:
        now = desk.clock()
        floors = await _seen_at(desk, push)
        skew = _skew(push, now)
        made = [_taken(one, identity.name, skew, floors.get(one.seen, 0), now) for one in push.commands]
        outcomes = await desk.appender.append(made)
        _count(desk, outcomes)
    head = max((seq for outcome in outcomes for seq in outcome.seqs), default=0)
    return json_response(Pushed(tuple(outcomes), max(head, desk.tail.head.seq), desk.clock()))


def _skew(push: Push, now: Micros) -> Skew | None:
    """Return how far the sender's clock is off; None if he tells what no clock says."""
    measured = push.skew
    told = (push.sent_at,) if measured is None else (push.sent_at, measured.ahead, measured.error)
    return skew_of(measured, push.sent_at, now) if all(sound_instant(one) for one in told) else None


def _taken(command: Command, actor: str, skew: Skew | None, floor: Micros, now: Micros) -> Command:
    """Return the command as it is kept: by the token's person, done when our clock says that it was, if that is told.

    `floor` is when the last event was taken that its author had seen.
    """
    told = command.at and sound_instant(command.at)
    at = done_at(command.at, skew, floor, now) if told and skew is not None else 0
    return replace(command, actor=actor, at=at)


async def _seen_at(desk: Desk, push: Push) -> dict[int, Micros]:
    """Return when the events were taken that authors had seen last, by seq; none of a history that is not proven ours.

    What they had seen by the time of sending says nothing: whoever was cut off learns first, and then sends.
    """
    cursor = push.cursor
    if cursor is None:
        return {}
    seqs = {command.seen for command in push.commands if 0 < command.seen <= cursor.seq}
    return await desk.tail.received_at(seqs)


def _count(desk: Desk, outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        word = "repeated" if outcome.repeated else "ok" if outcome.ok else outcome.code or "refused"
        desk.metrics.commands[word] += 1
