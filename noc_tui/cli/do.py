"""`noc-tui do`: any command of the keyboard, from a script; made from the table of verbs."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from functools import partial
from typing import Any, Final

import click
import msgspec

from noc_tui.cli import said
from noc_tui.cli.faults import FAILED, OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.patience import deadline, half_until
from noc_tui.cli.reading import Reading, ask, ask_any, events_by_seq
from noc_tui.cli.shape import Command, Group
from noc_tui.cli.values import NumberType
from noc_tui.cli.verb_options import given, options_of
from noc_tui.incidents.children import CHOICES, following, open_children
from noc_tui.incidents.commands import Command as Wish
from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.model import Incident, Micros, number_text
from noc_tui.incidents.verbs import VERBS, Verb, expectation
from noc_tui.journal.envelope import Event
from noc_tui.journal.wire import event_json
from noc_tui.net.errors import NoAnswer
from noc_tui.store.errors import StoreError
from noc_tui.store.limits import AT_ONCE
from noc_tui.sync.remotes import Remote

QUEUED: Final = "queued"
"""Why there is no answer yet: the command waits in the outbox."""


class Verdict(msgspec.Struct, frozen=True):
    """What came of the verb for one incident: as an outcome says it, `seqs` are its events. None: no answer yet."""

    number: int
    ok: bool | None
    reason: str = ""
    seqs: tuple[int, ...] = ()


@click.group(cls=Group, subcommand_metavar="VERB NUMBER... [OPTIONS]")
def do() -> None:
    """Do to incidents what a key of the board does.

    Each incident is decided on its own; what is refused is told with its reason, and the exit status is then 1. For
    the options of a verb: noc-tui do VERB --help. On a remote store the answer is waited for up to 10 s; what has none
    by then is queued, and sent as soon as the server can be reached. A note, a reason or a cause that is given as - is
    read from standard input.

    \b
    noc-tui do ack 42 43
    noc-tui do snooze 42 --until 'tue 08:00' --note 'change CHG-17'
    traceroute core1 | noc-tui do note 42 --note -
    noc-tui do resolve 42 --code fixed --children cleared --json
    """


class Gesture(msgspec.Struct, frozen=True):
    """A verb for several incidents: one batch, made at one moment."""

    verb: Verb
    args: dict[str, Any]
    batch: bytes
    at: Micros
    until: float
    """When no answer of a remote store is waited for any more, by the monotonic clock."""


def carry_out(invocation: Invocation, gesture: Gesture, numbers: Sequence[int], children: str = "") -> list[Verdict]:
    """Append the verb for each incident, one batch, and return the verdicts in their order.

    The open children that follow by `children` (all, cleared, none) come after: of those incidents alone for which it
    was not refused. Without a choice none follows, and what stays open is said.
    """
    wanted = list(dict.fromkeys(numbers))
    known, below = _known(invocation, gesture, wanted)
    verdicts = _decided(invocation, gesture, wanted, known)
    done = [verdict.number for verdict in verdicts if verdict.ok and verdict.seqs]
    if not children:
        _say_what_stays(below, done, wanted)
    follow = {
        child.number: child
        for number in done
        for child in following(below.get(number, ()), children or "none")
        if child.number not in wanted
    }
    return verdicts + _decided(invocation, gesture, list(follow), follow)


Known = tuple[dict[int, Incident], dict[int, list[Incident]]]
"""The incidents that were found, and what hangs on each."""


def _known(invocation: Invocation, gesture: Gesture, wanted: Sequence[int]) -> Known:
    """Return what is known of the incidents; where a server cannot be reached, what the copy of its store knows."""
    question = partial(_read, numbers=wanted, children=gesture.verb.children)
    copied = invocation.remote is not None and invocation.store.exists()
    try:
        return ask_any(invocation, question, half_until(gesture.until) if copied else gesture.until)
    except NoAnswer:
        if not copied:
            raise
        known, below = ask(invocation, question)
        if any(number not in known for number in wanted):  # the copy does not know all there is
            raise
    return known, below


async def _read(reader: Reading, *, numbers: Sequence[int], children: bool) -> Known:
    """Return the incidents there are of these, and of each what hangs on it if that is asked for."""
    known = await reader.incidents(numbers)
    return known, {number: await reader.children(number) for number in known} if children else {}


def _say_what_stays(below: dict[int, list[Incident]], done: Sequence[int], wanted: Sequence[int]) -> None:
    for number in done:
        left = [child for child in open_children(below.get(number, ())) if child.number not in wanted]
        if left:
            many = f"{len(left)} children" if len(left) > 1 else "a child"
            said.words(f"{number_text(number)} has {many} still open; --children all or cleared takes them along.")


def _decided(
    invocation: Invocation, gesture: Gesture, wanted: Sequence[int], known: dict[int, Incident]
) -> list[Verdict]:
    wishes = {number: _wish(invocation, gesture, known[number]) for number in wanted if number in known}
    outcomes = _append(invocation, list(wishes.values()), gesture.until) if wishes else []
    by_number = dict(zip(wishes, outcomes, strict=True))
    return [_verdict(number, number in known, by_number.get(number)) for number in wanted]


def _wish(invocation: Invocation, gesture: Gesture, incident: Incident) -> Wish:
    return Wish(
        id=invocation.new_id(),
        verb=gesture.verb.id,
        incident=incident.id,
        args=gesture.args,
        expect=expectation(gesture.verb, incident.revision),
        actor=invocation.me,
        origin=invocation.origin,
        at=gesture.at,
        batch=gesture.batch,
    )


def _append(invocation: Invocation, wishes: list[Wish], until: float) -> list[Outcome | None]:
    """Return the outcome of each wish, None for what waits to be sent."""
    if invocation.remote is not None:
        return _send(invocation, invocation.remote, wishes, until)
    outcomes: list[Outcome | None] = []
    with closing(invocation.open_store(create=False)) as store:
        for start in range(0, len(wishes), AT_ONCE):
            try:
                outcomes += store.append(wishes[start : start + AT_ONCE])
            except StoreError as error:
                if not outcomes:
                    raise
                raise Trouble(f"{len(outcomes)} of {len(wishes)} were decided and are kept, then: {error}") from None
    return outcomes


def _send(invocation: Invocation, remote: Remote, wishes: list[Wish], until: float) -> list[Outcome | None]:
    # Start-up cost: the wire's values.
    from noc_tui.cli.sending import press_and_send, say_queued

    sent = press_and_send(invocation, remote, wishes, until)
    say_queued(sent, len(wishes))
    return [sent.outcomes.get(wish.id) for wish in wishes]


def _verdict(number: int, found: bool, outcome: Outcome | None) -> Verdict:
    if not found:
        return Verdict(number, ok=False, reason=f"There is no incident {number_text(number)}.")
    if outcome is None:
        return Verdict(number, ok=None, reason=QUEUED)
    return Verdict(number, outcome.ok, outcome.reason, outcome.seqs)


def _print_json(invocation: Invocation, verdicts: Sequence[Verdict], until: float) -> None:
    events = _events(invocation, [seq for verdict in verdicts for seq in verdict.seqs], until)
    said.document(
        [
            {
                "number": number_text(verdict.number),
                "ok": verdict.ok,
                "reason": verdict.reason or None,
                "events": [event_json(events[seq]) for seq in verdict.seqs if seq in events],
            }
            for verdict in verdicts
        ]
    )


def _events(invocation: Invocation, seqs: Sequence[int], until: float) -> dict[int, Event]:
    """Return the events of what was done; where a server cannot be reached any more none, and that is said."""
    try:
        return ask_any(invocation, partial(events_by_seq, seqs=seqs), until) if seqs else {}
    except NoAnswer as error:
        said.words(f"What was done is told without its events. {error}")
        return {}


def _print_text(verb: Verb, verdicts: Sequence[Verdict]) -> None:
    for verdict in verdicts:
        name = number_text(verdict.number)
        if verdict.ok is None:
            said.line(f"{name} {QUEUED}")
        elif verdict.ok:
            said.line(f"{name} {verb.done}" if verdict.seqs else f"{name} unchanged")
        else:
            said.words(verdict.reason if name in verdict.reason else f"{name}: {verdict.reason}")


def _children_option() -> click.Option:
    return click.Option(
        ["--children"],
        type=click.Choice(list(CHOICES.values())),
        help="Which open children to take along: all, those whose alerts are all over, or none (as without it).",
    )


def _command(verb: Verb) -> click.Command:
    @pass_any_invocation
    def run(invocation: Invocation, /, numbers: tuple[int, ...], as_json: bool, children: str = "", **args: Any) -> int:
        gesture = Gesture(verb, given(args), invocation.new_id(), invocation.now(), deadline())
        verdicts = carry_out(invocation, gesture, numbers, children or "")
        if as_json:
            _print_json(invocation, verdicts, gesture.until)
        else:
            _print_text(verb, verdicts)
        return FAILED if any(verdict.ok is False for verdict in verdicts) else OK

    return Command(
        verb.id.replace("_", "-"),
        callback=run,
        params=[
            click.Argument(["numbers"], type=NumberType(), nargs=-1, required=True, metavar="NUMBER..."),
            *options_of(verb),
            *([_children_option()] if verb.children else []),
            click.Option(["--json", "as_json"], is_flag=True, help="Print an array of {number, ok, reason, events}."),
        ],
        help=f"{verb.title[:1].upper()}{verb.title[1:]}. {verb.help}",
        short_help=verb.title,
    )


for _verb in VERBS.values():
    if not _verb.makes and not _verb.rule_only:
        do.add_command(_command(_verb))
