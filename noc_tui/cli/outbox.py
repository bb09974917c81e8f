"""`noc-tui outbox`: commands that wait to reach a remote store, and those that it refused."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import click
from msgspec.structs import replace

from noc_tui.cli import said
from noc_tui.cli.board_text import line_width, table
from noc_tui.cli.faults import FAILED, OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.patience import deadline
from noc_tui.cli.shape import Group
from noc_tui.cli.values import ParamType
from noc_tui.incidents.commands import Command
from noc_tui.incidents.durations import short
from noc_tui.incidents.model import Micros, number_text
from noc_tui.incidents.text import clean
from noc_tui.incidents.times import iso
from noc_tui.journal.ids import id_text
from noc_tui.journal.ports import Entry
from noc_tui.store.errors import StoreError
from noc_tui.sync.remotes import Remote

if TYPE_CHECKING:
    from noc_tui.store.outbox import Outbox

_HEADS: Final = ("ID", "STATE", "AGE", "TRIES", "INCIDENT", "VERB", "WHY")
_STATES: Final = {"pending": "waiting", "acked": "done, not seen yet", "refused": "refused"}
_UNKNOWN: Final = "~"
"""What stands for an incident's number where neither server nor copy has told it."""


class IdType(ParamType):
    """A command's id, as `noc-tui outbox list` prints it."""

    name = "id"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> bytes:
        """Return the id's bytes."""
        try:
            return UUID(str(value)).bytes
        except ValueError:
            self.fail(f"{value!r} is no command's id; `noc-tui outbox list` prints them.", param, ctx)


_IDS = click.argument("ids", type=IdType(), nargs=-1, metavar="[ID]...")
_ALL = click.option("--all", "every", is_flag=True, help="All of them.")
_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(cls=Group)
def outbox() -> None:
    """Commands on their way to a remote store.

    What was pressed is kept here until the server has it. What it refused stays until it is retried or discarded.
    """


@outbox.command("list")
@_JSON
@pass_any_invocation
def list_(invocation: Invocation, as_json: bool) -> int:
    """Print what waits, what was not seen again yet, and what was refused, in the order pressed."""
    remote = _remote(invocation)
    with closing(_opened(invocation, remote)) as box:
        entries = sorted(box.unfinished() + box.refused(), key=lambda entry: entry.place)
    numbers = _numbers(remote, entries)
    if as_json:
        said.document([_shape(entry, numbers) for entry in entries])
    elif not entries:
        said.words(f"Nothing waits for {remote.url}.")
    else:
        now = invocation.now()
        for line in table([_HEADS, *(_cells(entry, numbers, now) for entry in entries)], line_width()):
            said.line(line)
    return OK


@outbox.command()
@_IDS
@_ALL
@_JSON
@pass_any_invocation
def retry(invocation: Invocation, ids: tuple[bytes, ...], every: bool, as_json: bool) -> int:
    """Press anew what was refused, as of what is so by now, and send at once whatever waits.

    A retry has a new id: what was refused is answered for ever. Without an ID only what waits is sent.
    """
    # Start-up cost: the wire's values.
    from noc_tui.cli.sending import say_queued, send

    remote = _remote(invocation)
    with closing(_opened(invocation, remote)) as box:
        refused = {entry.command.id: entry.command for entry in box.refused()}
        chosen = _chosen(ids, list(refused), every=every, what="refused")
        again = {id: _anew(invocation, refused[id]) for id in chosen}
        box.press_again(again)
        waiting = [entry.command.id for entry in box.unfinished() if entry.state == "pending"]
        sent = send(invocation, remote, box, waiting, deadline())
    of = {command.id: id_text(id) for id, command in again.items()}
    results: list[dict[str, Any]] = [
        {"id": id_text(id), "retries": of.get(id), "ok": None, "reason": "queued"}
        for id in waiting
        if id not in sent.outcomes
    ]
    results += [
        {"id": id_text(id), "retries": of.get(id), "ok": outcome.ok, "reason": outcome.reason or None}
        for id, outcome in sent.outcomes.items()
    ]
    if as_json:
        said.document(results)
    for id, outcome in sent.outcomes.items():
        if not outcome.ok:
            said.words(f"{id_text(id)}: {outcome.reason}")
    say_queued(sent, len(waiting))
    if not as_json:
        done = sum(outcome.ok for outcome in sent.outcomes.values())
        said.line(f"{done} of {len(waiting)} done")
    return FAILED if any(not outcome.ok for outcome in sent.outcomes.values()) else OK


def _anew(invocation: Invocation, refused: Command) -> Command:
    """Return the command that asks the same now, resting on nothing that was seen before."""
    return replace(refused, id=invocation.new_id(), at=invocation.now(), expect={}, seen=0)


@outbox.command()
@_IDS
@_ALL
@click.option("--even-tried", is_flag=True, help="Also what was sent once, and may have been done all the same.")
@_JSON
@pass_any_invocation
def discard(invocation: Invocation, ids: tuple[bytes, ...], every: bool, even_tried: bool, as_json: bool) -> int:
    """Give up commands: those that were refused, or that wait and were never sent."""
    remote = _remote(invocation)
    with closing(_opened(invocation, remote)) as box:
        refused = {entry.command.id for entry in box.refused()}
        waiting = {entry.command.id: entry for entry in box.unfinished() if entry.state == "pending"}
        able = [*refused, *(id for id, entry in waiting.items() if even_tried or not entry.tries)]
        if not (ids or every):
            raise click.UsageError("Say which: give their ids, or --all.")
        tried = [id for id in ids if id in waiting and id not in able]
        if tried:
            raise Trouble(
                f"{id_text(tried[0])} was sent once and may have been done; --even-tried gives it up all the same."
            )
        chosen = _chosen(ids, able, every=every, what="there to be discarded")
        count = box.dismiss(chosen) + box.discard(chosen, even_tried=even_tried)
    if as_json:
        said.document({"discarded": count})
    else:
        said.line(f"{count} discarded")
    return OK


def _remote(invocation: Invocation) -> Remote:
    if invocation.remote is None:
        raise click.UsageError(
            "A store's file has no outbox, for what is pressed is in it at once: give a remote one, as --store "
            "https://host."
        )
    return invocation.remote


def _opened(invocation: Invocation, remote: Remote) -> Outbox:
    # Start-up cost: who only looks at the help needs no store.
    from noc_tui.cli.sending import outbox_of

    return outbox_of(invocation, remote)


def _chosen(ids: Sequence[bytes], able: Sequence[bytes], *, every: bool, what: str) -> list[bytes]:
    """Return the commands that are meant; Trouble names one that is not among those that can be."""
    if every:
        return list(able)
    for id in ids:
        if id not in able:
            raise Trouble(f"No command {id_text(id)} is {what}: `noc-tui outbox list` shows what there is.")
    return list(ids)


def _numbers(remote: Remote, entries: Sequence[Entry]) -> dict[bytes, int]:
    """Return the numbers of the incidents, as far as the copy of the store knows them."""
    wanted = [entry.command.incident for entry in entries if entry.command.incident and not entry.number]
    if not wanted or not remote.replica.exists():
        return {}
    # Start-up cost: most outboxes are empty.
    from noc_tui.store.board_reader import BoardReader

    try:
        with closing(BoardReader(remote.replica)) as reader:
            return {incident.id: incident.number for incident in reader.rows_of(wanted)}
    except StoreError:  # a copy that is damaged hides nothing of what is not sent
        return {}


def _name(entry: Entry, numbers: dict[bytes, int]) -> str:
    number = entry.number or numbers.get(entry.command.incident, 0)
    if number or not entry.command.incident:
        return number_text(number) if number else _UNKNOWN
    return number_text(0, entry.command.incident)


def _shape(entry: Entry, numbers: dict[bytes, int]) -> dict[str, Any]:
    command = entry.command
    return {
        "id": id_text(command.id),
        "state": entry.state,
        "incident": _name(entry, numbers) if command.incident else None,
        "incident_id": id_text(command.incident) or None,
        "verb": command.verb,
        "at": iso(command.at),
        "tries": entry.tries,
        "reason": entry.reason or None,
        "code": entry.code or None,
        "batch": id_text(command.batch) or None,
    }


def _cells(entry: Entry, numbers: dict[bytes, int], now: Micros) -> tuple[str, ...]:
    return (
        id_text(entry.command.id),
        _STATES.get(entry.state, entry.state),
        short(now - entry.command.at),
        str(entry.tries),
        _name(entry, numbers),
        entry.command.verb,
        clean(entry.reason),
    )
