"""Who was quicker: the event that a refused command ran into, and how that is told to the one who pressed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from noc_tui.console.event_text import words
from noc_tui.incidents.commands import Command
from noc_tui.incidents.durations import in_words
from noc_tui.incidents.model import SECOND, Micros
from noc_tui.incidents.naming import who
from noc_tui.incidents.verbs import VERBS
from noc_tui.journal.envelope import Event

_RACE: Final = 10 * SECOND
"""Two who were no further apart pressed at the same time, as people see it."""


class Rival(msgspec.Struct, frozen=True):
    """What somebody did to the incident after it was painted for the one whose command was refused."""

    actor: str
    did: str
    at: Micros


def rival_of(command: Command, events: Sequence[Event]) -> Rival | None:
    """Return the last change by somebody else to what a command rested on; `events` are the newest first."""
    verb = VERBS.get(command.verb)
    reads = set(verb.reads) if verb is not None else set()
    seen = min(command.expect.values(), default=None)
    if seen is None or not reads:
        return None
    for event in events:
        if event.revision <= seen:
            return None
        patch = event.data.get("set")
        if event.actor != command.actor and isinstance(patch, dict) and reads & patch.keys():
            return Rival(event.actor, words(event), event.at)
    return None


def outran(command: Command, rival: Rival, name: str) -> str:
    """Return a race in a sentence: `ana took INC-020829 0.2 s before you.`"""
    lead = command.at - rival.at
    when = f"{apart(lead)} before you" if lead >= 0 else "first"
    if rival.did == "took it":
        return f"{rival.actor} took {name} {when}."
    return f"{name}: {who(rival.actor)} {rival.did} {when}."


def in_short(command: Command, rival: Rival) -> str:
    """Return the same where the incident is named already: `ana took it 0.2 s before you`."""
    lead = command.at - rival.at
    when = f"{apart(lead)} before you" if lead >= 0 else "first"
    return f"{who(rival.actor)} {rival.did} {when}"


def apart(span: Micros) -> str:
    """Return how far two key presses were apart: with a tenth of a second where that is what it was about."""
    return f"{span // 100_000 / 10:.1f} s" if span < _RACE else in_words(span)
