"""What the say line says after a verb: past tense, number, resource, full stop (LOOK.md section 5)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.model import Incident, number_text
from noc_tui.incidents.times import clock
from noc_tui.incidents.verbs import VERBS


def done(verb: str, args: dict[str, Any]) -> str:
    """Return what was done, with the choice that was made: `resolved as fixed`, `snoozed until 14:00:00Z`."""
    row = VERBS[verb]
    text = row.done
    if verb == "resolve":
        text = f"resolved as {args.get('code', '?')}"
    elif verb == "priority":
        text = f"set to P{args.get('priority', '?')}"
    elif verb == "hold":
        text = f"on hold, {args.get('reason', '?')}"
    elif verb == "assign":
        text = f"assigned to {args.get('to', '?')}"
    elif verb in {"escalate", "escalate_up"}:
        text = f"{row.done}; nobody was paged"
    until = args.get("until")
    if isinstance(until, int) and verb in ("snooze", "hold", "shelve"):
        text += f" until {clock(until)}"
    elif args.get("till_clear"):
        text += " till it clears"
    return text


def sentence(verb: str, args: dict[str, Any], outcomes: Sequence[Outcome], rows: dict[int, Incident]) -> str:
    """Return one sentence about what came of a gesture, refusals first named by their reason."""
    good = [outcome for outcome in outcomes if outcome.ok]
    bad = [outcome for outcome in outcomes if not outcome.ok]
    if not good:
        if len(bad) == 1:
            return bad[0].reason
        return f"None of {len(bad)}: {bad[0].reason}" if bad else "Nothing to do."
    what = done(verb, args)
    if len(outcomes) == 1:
        row = rows.get(good[0].number)
        where = f" {row.resource}" if row is not None and row.resource else ""
        return f"{number_text(good[0].number)}{where} {what}."
    if bad:
        return f"{len(good)} of {len(outcomes)} {what}. {bad[0].reason}"
    return f"{len(good)} {what}."
