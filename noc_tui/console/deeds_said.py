"""What the say line says after a verb: past tense, number, resource, full stop (LOOK.md section 5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.desk_views import DESK_VERBS
from noc_tui.incidents.model import LEVELS, Alert, Incident, number_text
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.priority import priority_of
from noc_tui.incidents.times import clock
from noc_tui.incidents.verbs import VERBS


def done(verb: str, args: Mapping[str, Any]) -> str:
    """Return what was done, with the choice that was made: `resolved as fixed`, `snoozed until 14:00:00Z`."""
    if verb in DESK_VERBS:
        return f"view {args.get('name', '')} {DESK_VERBS[verb].done}"
    row = VERBS[verb]
    say = _CHOSEN.get(verb)
    text = say(args) if say else row.done
    until = args.get("until")
    if isinstance(until, int) and verb in ("snooze", "hold", "shelve"):
        text += f" until {clock(until)}"
    elif args.get("till_clear"):
        text += " till it clears"
    return text


_CHOSEN: Final[dict[str, Callable[[Mapping[str, Any]], str]]] = {
    "resolve": lambda args: f"resolved as {args.get('code', '?')}",
    "priority": lambda args: f"set to P{args.get('priority', '?')}",
    "impact": lambda args: f"impact set to {args.get('impact', '?')}",
    "urgency": lambda args: f"urgency set to {args.get('urgency', '?')}",
    "hold": lambda args: f"on hold, {args.get('reason', '?')}",
    "assign": lambda args: f"assigned to {args.get('to', '?')}",
    "link": lambda args: f"linked under {_incident(args.get('parent'))}",
    "merge": lambda args: f"merged into {_incident(args.get('parent'))}",
    "label": lambda args: f"labelled {args.get('label', '')}".rstrip(),
    "escalate": lambda args: f"escalated{_to(args)}; nobody was paged",
    "escalate_up": lambda args: f"escalated to management{_to(args, ', ')}; nobody was paged",
}
"""What is said of a verb by its arguments, where the table's word alone says too little."""


def _incident(number: object) -> str:
    return number_text(number) if isinstance(number, int) else "?"


def _to(args: Mapping[str, Any], lead: str = " to ") -> str:
    return f"{lead}{args['to']}" if args.get("to") else ""


def sentence(
    verb: str,
    args: Mapping[str, Any],
    outcomes: Sequence[Outcome],
    rows: Mapping[int, Incident],
    *,
    of: str = "",
    policy: Policy | None = None,
    alerts: Sequence[Alert] = (),
) -> str:
    """Return one sentence about what came of a gesture, refusals first named by their reason.

    `of` is the verb that an undo took back (for redo: did again). With the `policy` a change of impact tells the
    priority that follows; `alerts` are those on the screen, of which a shelf names its own.
    """
    good = [outcome for outcome in outcomes if outcome.ok]
    bad = [outcome for outcome in outcomes if not outcome.ok]
    if not good:
        if len(bad) == 1:
            return bad[0].reason
        return f"None of {len(bad)}: {bad[0].reason}" if bad else "Nothing to do."
    what = done(verb, args)
    if verb in DESK_VERBS or (of in DESK_VERBS):
        return f"{what[:1].upper()}{what[1:]}." if not of else f"{DESK_VERBS[of].short.capitalize()} {what}."
    lead = _of_verb(of).capitalize() if of else ""
    if bad:
        return f"{lead}{len(good)} of {len(outcomes)} {what}. {bad[0].reason}"
    if len(outcomes) > 1:
        return f"{lead}{len(good)} {what}."
    row = rows.get(good[0].number)
    name = number_text(good[0].number) + (f" {row.resource}" if row is not None and row.resource else "")
    if of:
        return f"{lead}{name} {what}."
    if verb in ("shelve", "unshelve"):
        return f"{_alert_words(str(args.get('alert', '')), alerts)} of {name} {what}."
    return f"{name} {what}{_follows(verb, args, row, policy)}."


def _of_verb(of: str) -> str:
    """`ack of `, `priority of `: what an undo took back."""
    return f"{VERBS[of].short if of in VERBS else of} of "


def _alert_words(ref: str, alerts: Sequence[Alert]) -> str:
    alert = next((alert for alert in alerts if alert.ref == ref), None)
    named = (alert.summary or alert.key) if alert is not None else ref.partition(":")[2]
    return f"Alert {named}".rstrip() if named else "Alerts"


def _follows(verb: str, args: Mapping[str, Any], row: Incident | None, policy: Policy | None) -> str:
    """The priority that follows from an impact or an urgency, unless it was set by hand."""
    if row is None or policy is None or verb not in ("impact", "urgency"):
        return ""
    if row.priority_fixed:
        return f", P{row.priority} as set by hand"
    levels = {"impact": row.impact, "urgency": row.urgency, verb: str(args.get(verb, ""))}
    if not set(LEVELS).issuperset(levels.values()):
        return ""
    return f", P{priority_of(policy, levels['impact'], levels['urgency'])} now"
