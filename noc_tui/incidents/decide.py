"""The gate of the business: a command and what is, give events or a refusal that says why.

`decide(scene, command)` is pure: it reads the scene, never a clock or a file. Order of the questions: is it a verb with
sound arguments, is there such an incident, does its state allow it, has somebody changed what it rests on. The deeds
find in `command.at` when it was done. A hold or a snooze whose time had passed by then is over for a person's command,
too, told or not (DESIGN.md 8.8); its event then says so.
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from noc_tui.incidents import clocks, shelving
from noc_tui.incidents.commands import RULE, Command, Draft, Patch, Refusal
from noc_tui.incidents.cutting import cut_args, telling
from noc_tui.incidents.deeds import DEEDS, Deed, Result, hold_is_over, snooze_is_over
from noc_tui.incidents.desk_views import DESK_VERBS, decide_view, undo_view
from noc_tui.incidents.drafting import applied, changed, jsonable
from noc_tui.incidents.intake import settle
from noc_tui.incidents.lifecycle import TRANSITIONS, leaves_state, refuse_state
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.naming import field_word, named, when, who
from noc_tui.incidents.priority import priority_of
from noc_tui.incidents.scene import Scene
from noc_tui.incidents.undoing import Change, last_changes, undo
from noc_tui.incidents.verbs import VERBS, normalise

ALL_DEEDS: Final[dict[str, Deed]] = DEEDS | {
    "shelve": shelving.shelve,
    "unshelve": shelving.unshelve,
    "undo": undo,
    "redo": undo,
    "settle": settle,
}
"""What each verb does, save `log`, which has no incident yet to do it to."""
_RESTORING: Final = frozenset(("undo", "redo"))
"""Verbs that restore attention as it was; every other human act clears it (DESIGN.md 5)."""


def decide(scene: Scene, command: Command) -> Result:
    """Return the drafts of the events that `command` leads to, or why it leads to none."""
    if command.verb in DESK_VERBS:
        return decide_view(scene, command)
    verb = VERBS.get(command.verb)
    if verb is None:
        return Refusal(f"There is no verb {command.verb!r}; `noc-tui do --help` lists them.", "bad")
    if verb.rule_only and command.actor != RULE:
        return Refusal(f"{verb.id} is done by the standing duties alone.", "bad")
    args = normalise(verb, command.args)
    if isinstance(args, str):
        return Refusal(args, "bad")
    args, cuts = cut_args(args)
    incident = scene.incident(command.incident) if command.incident else None
    command = replace(command, args=args, at=_done_at(scene, incident, command))
    result = _log(scene, command) if verb.makes else _done(scene, incident, command)
    return result if isinstance(result, Refusal) else telling(result, cuts)


def _done(scene: Scene, incident: Incident | None, command: Command) -> Result:
    """Do a verb to the incident that it is about."""
    if incident is None:
        is_desk = not command.incident and command.verb in _RESTORING
        return undo_view(scene, command) if is_desk else Refusal("There is no such incident.", "gone")
    ended = _ended(incident, command)
    present = applied(incident, ended)
    refusal = _refuse(scene, present, command)
    if refusal:
        return refusal
    result = ALL_DEEDS[command.verb](scene, present, command)
    if isinstance(result, Refusal) or command.actor == RULE or command.verb in _RESTORING:
        return result
    return [_seen(incident, result[0], ended, needs_eyes=command.verb == "unack"), *result[1:]]


def _done_at(scene: Scene, incident: Incident | None, command: Command) -> Micros:
    """When it was done: the key press, however late the command comes (OPERATOR.md J4); a duty's acts are done now.

    Not later than now, nor before what the incident has behind it: its clocks never run backwards.
    """
    if command.actor == RULE or not command.at:
        return scene.now
    return min(scene.now, max(command.at, clocks.last_stamp(incident) if incident is not None else 0))


def _ended(incident: Incident, command: Command) -> Patch:
    """What is over by the clock before the command, save what the command itself is about to end."""
    if command.actor == RULE or command.verb in _RESTORING:
        return {}
    patch: Patch = {}
    if command.verb != "resume":
        patch |= hold_is_over(incident, command.at)
    if command.verb != "wake":
        patch |= snooze_is_over(incident, command.at)
    return patch


def _refuse(scene: Scene, incident: Incident, command: Command) -> Refusal | None:
    if command.verb in TRANSITIONS:
        why = refuse_state(command.verb, incident)
        if why:
            return Refusal(_with_who(scene, incident, command, why))
    return _conflict(scene, incident, command)


def _with_who(scene: Scene, incident: Incident, command: Command, why: str) -> str:
    """Say who was quicker when the state changed after the operator's last paint."""
    change = _changed_fields(scene, incident, command).get("state")
    if change is None or change[1] == command.actor:
        return why
    _, actor, at = change
    return f"{why} {who(actor)} did it {when(at, scene.now)}."


def _changed_fields(scene: Scene, incident: Incident, command: Command) -> dict[str, Change]:
    """Return the expected fields that somebody changed after the revision that the operator saw."""
    if not command.expect:
        return {}
    oldest = min(command.expect.values())
    if incident.revision <= oldest:
        return {}
    changes = last_changes(scene.events_since(incident.id, oldest))
    return {
        name: change for name, change in changes.items() if name in command.expect and change[0] > command.expect[name]
    }


def _conflict(scene: Scene, incident: Incident, command: Command) -> Refusal | None:
    """Of two on one field the first wins; what commutes is no conflict (OPERATOR.md 1.5 rules 3 and 4)."""
    if command.args.get("steal"):
        return None  # to take it over was asked for in so many words
    for name, (_, actor, at) in sorted(_changed_fields(scene, incident, command).items()):
        if name == "last_alert_at":
            came = f"A new alert came to {named(incident)} {when(at, scene.now)}"
            return Refusal(f"{came}; look at it first.", "conflict")
        if actor == command.actor or (name == "state" and _commutes(incident, command)):
            continue
        did = f"{who(actor)} changed the {field_word(name)} of {named(incident)} {when(at, scene.now)}"
        return Refusal(f"{did}; look at it first.", "conflict")
    return None


def _commutes(incident: Incident, command: Command) -> bool:
    """A verb that leaves the state alone does not rest on it; and to take what was acknowledged is to take it."""
    return leaves_state(command.verb, incident) or (command.verb == "take" and incident.state == "acked")


def _seen(incident: Incident, draft: Draft, ended: Patch, *, needs_eyes: bool) -> Draft:
    """Add to a person's act that the incident has been looked at and touched, and that what was over has ended."""
    patch, was = changed(incident, ended | draft.set | {"touched": True, "attention": needs_eyes})
    told = {name: value for name, value in draft.set.items() if name not in patch}
    return replace(draft, set=patch | told, was=was | {name: jsonable(getattr(incident, name)) for name in told})


def _log(scene: Scene, command: Command) -> Result:
    """Log an incident by hand: whoever logs it has seen it, nobody works on it yet."""
    if not command.incident:
        return Refusal("log needs the id that the new incident shall have.", "bad")
    if scene.incident(command.incident) is not None:
        return Refusal("There is an incident with this id already.", "bad")
    args = command.args
    impact, urgency = args.get("impact", "medium"), args.get("urgency", "medium")
    priority = priority_of(scene.policy, impact, urgency)
    by_person = "impact" in args or "urgency" in args
    blank = Incident(id=command.incident, number=0)
    patch: Patch = {
        "title": args["title"],
        "state": "new",
        "impact": impact,
        "urgency": urgency,
        "priority": priority,
        "priority_fixed": by_person,
        "title_fixed": True,
        "category": args.get("category", "other"),
        "service": args.get("service", ""),
        "resource": args.get("resource", ""),
        "site": args.get("site", ""),
        "team": scene.policy.teams[0],
        "source": "",
        "opened_at": command.at,
        "touched": True,
    } | clocks.started(scene.policy, priority, command.at)
    # Also what equals a blank incident is set: an undo must not pass over what somebody has built on since.
    was = {name: jsonable(getattr(blank, name)) for name in patch}
    more = {"note": args["note"]} if args.get("note") else {}
    return [
        Draft(
            kind="incident.created",
            incident=command.incident,
            number=scene.new_number(),
            set=patch,
            was=was,
            more=more,
        )
    ]
