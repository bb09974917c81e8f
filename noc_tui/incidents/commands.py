"""What is asked (a command), what comes of it (drafts of events), and what is answered (an outcome)."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from noc_tui.incidents.model import Micros

Patch = dict[str, Any]
"""Field name to new value; for `was`, to the value it replaces."""

RULE: Final = "rule"
"""The actor of what a standing duty or the policy did, never a person's name."""


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """One person's (or duty's) wish about one incident, made once, at the key press.

    `id` and `batch` are UUIDv7 bytes; all items of one gesture share a batch. `expect` maps each field that the verb
    reads to the incident's revision as painted: a later change to such a field is a conflict (DESIGN.md 8.9).
    An empty `incident` belongs to verbs that make one (`log`) or speak of commands (`undo`, `redo`).
    `seen` is the seq up to which its author knew the journal when it was made, 0 where that is not known.
    """

    id: bytes
    verb: str
    incident: bytes = b""
    args: dict[str, Any] = {}
    expect: dict[str, int] = {}
    actor: str = ""
    origin: str = ""
    at: Micros = 0
    batch: bytes = b""
    seen: int = 0


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """An event before the journal has numbered it: what changed, from what, to what.

    `set` and `was` patch the incident, `alert_set` and `alert_was` the alert `alert` (a ref). `number` is given by the
    draft that makes an incident, 0 elsewhere. `more` is what is told but folds into nothing (a note's text, a reason).
    `undoes` is the id of the command that it undoes.
    """

    kind: str
    incident: bytes = b""
    number: int = 0
    set: Patch = {}
    was: Patch = {}
    alert: str = ""
    alert_set: Patch = {}
    alert_was: Patch = {}
    more: dict[str, Any] = {}
    undoes: bytes = b""


class Refusal(msgspec.Struct, frozen=True):
    """Why a command became no event, as a sentence for the one who asked.

    `code`: `state` (not possible now), `conflict` (somebody changed what it rests on), `bad` (the request itself),
    `gone` (there is no such incident).
    """

    reason: str
    code: str = "state"


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """The answer to one command, kept as its receipt: what happened, or why not. `seqs` are its events' seqs."""

    command: bytes
    ok: bool
    number: int = 0
    reason: str = ""
    code: str = ""
    seqs: tuple[int, ...] = ()
    repeated: bool = False


class Accepted(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """The answer to one report, given once it is durable.

    `outcome`: opened, attached, repeated, cleared, suppressed or quarantined. `number` is the incident's, 0 if none.
    """

    ref: str
    outcome: str
    number: int = 0
    reason: str = ""
