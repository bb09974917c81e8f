"""What each verb does to one incident: patches from what is to what shall be, or the reason why not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from noc_tui.incidents import clocks
from noc_tui.incidents.commands import RULE, Command, Draft, Patch, Refusal
from noc_tui.incidents.drafting import draft, resting
from noc_tui.incidents.durations import in_words
from noc_tui.incidents.gathering import joined, own_again, parted
from noc_tui.incidents.lifecycle import next_state
from noc_tui.incidents.model import OPEN_STATES, Incident, Micros, number_text
from noc_tui.incidents.naming import named
from noc_tui.incidents.priority import priority_of
from noc_tui.incidents.scene import Scene

Result = list[Draft] | Refusal
Deed = Callable[[Scene, Incident, Command], Result]


def _note(command: Command) -> dict[str, Any]:
    return {"note": command.args.get("note")}


def _acknowledging(incident: Incident, command: Command) -> Patch:
    """The response clock stops with the first human act on it (OPERATOR.md 1.2)."""
    return {"acked_at": command.at} if incident.acked_at is None else {}


def _end_hold(incident: Incident, command: Command) -> Patch:
    if incident.state != "held":
        return {}
    ended: Patch = {"held_since": None, "held_until": None, "held_reason": ""}
    return ended | clocks.resumed(incident, command.at)


def _end_snooze() -> Patch:
    return {"snoozed_until": None, "snoozed_till_clear": False}


def hold_is_over(incident: Incident, now: Micros) -> Patch:
    """Return what ends a hold whose time has passed: its owner is at work, or it is acknowledged; {} if it lasts."""
    if incident.state != "held" or incident.held_until is None or incident.held_until > now:
        return {}
    ended: Patch = {"held_since": None, "held_until": None, "held_reason": ""}
    return {"state": "active" if incident.owner else "acked"} | ended | clocks.resumed(incident, now)


def snooze_is_over(incident: Incident, now: Micros) -> Patch:
    """Return what ends a snooze whose time has passed; {} if there is none, or it lasts."""
    return _end_snooze() if incident.snoozed_until is not None and incident.snoozed_until <= now else {}


def ack(scene: Scene, incident: Incident, command: Command) -> Result:
    """Confirm recognition (OPC UA Part 9 3.1.1); it does not claim that anyone works on it."""
    patch = {"state": next_state("ack", incident)} | _acknowledging(incident, command)
    return [draft("incident.acked", incident, patch, **_note(command))]


def unack(scene: Scene, incident: Incident, command: Command) -> Result:
    """Take the acknowledgement back: it needs eyes again and its response clock runs."""
    patch: Patch = {"state": "new", "acked_at": None, "owner": ""}
    return [draft("incident.unacked", incident, patch)]


def take(scene: Scene, incident: Incident, command: Command) -> Result:
    """Make the actor the owner who works on it; taking over from somebody has to be said."""
    if incident.state == "active" and incident.owner == command.actor:
        return Refusal(f"{named(incident)} is yours already.")
    taken_from = incident.owner if incident.state == "active" else ""
    if taken_from and not command.args.get("steal"):
        return Refusal(f"{taken_from} works on {named(incident)}; `take` with `steal` takes it over.", "conflict")
    patch: Patch = {"state": "active", "owner": command.actor}
    patch |= _acknowledging(incident, command) | _end_hold(incident, command) | _end_snooze()
    more = {"from": taken_from} | _note(command)
    return [resting(draft("incident.taken", incident, patch, **more), incident, "owner")]


def assign(scene: Scene, incident: Incident, command: Command) -> Result:
    """Give it to a person, or to a team (`team:t2`)."""
    to = str(command.args["to"]).removeprefix("@").strip()
    patch: Patch = {"state": next_state("assign", incident)}
    if not to:
        return Refusal("assign: name a person after @, like @bo.", "bad")
    if to.startswith("team:"):
        team = to.removeprefix("team:").strip()
        if not team:
            return Refusal("assign: name a team after team:, like team:t2.", "bad")
        if incident.team == team and not incident.owner and incident.state != "new":
            return Refusal(f"{named(incident)} is with {team} already.")
        patch |= {"team": team, "owner": ""}
    elif to == incident.owner:
        return Refusal(f"{named(incident)} is {to}'s already.")
    else:
        patch["owner"] = to
    if incident.state in OPEN_STATES:
        patch |= _acknowledging(incident, command)
    return [draft("incident.assigned", incident, patch, to=to, **_note(command))]


def release(scene: Scene, incident: Incident, command: Command) -> Result:
    """Stop working on it; it stays acknowledged."""
    return [draft("incident.released", incident, {"state": "acked", "owner": ""})]


def note(scene: Scene, incident: Incident, command: Command) -> Result:
    """Add a note to the timeline."""
    return [draft("incident.noted", incident, {}, text=command.args["text"])]


def _word(command: Command) -> str:
    return str(command.args["label"]).removeprefix("#").strip()


def label(scene: Scene, incident: Incident, command: Command) -> Result:
    """Add a free word."""
    word = _word(command)
    if not word:
        return Refusal("label: name a word after #, like #fibre.", "bad")
    if word in incident.labels:
        return Refusal(f"{named(incident)} has the label {word} already.")
    return [draft("incident.labelled", incident, {"labels": [*incident.labels, word]}, label=word)]


def unlabel(scene: Scene, incident: Incident, command: Command) -> Result:
    """Remove a free word."""
    word = _word(command)
    if word not in incident.labels:
        return Refusal(f"{named(incident)} has no label {word}.")
    left = [kept for kept in incident.labels if kept != word]
    return [draft("incident.unlabelled", incident, {"labels": left}, label=word)]


def _same(incident: Incident, field: str, value: object) -> Refusal | None:
    if getattr(incident, field) == value:
        return Refusal(f"{named(incident)} has the {field} {value} already.")
    return None


def priority(scene: Scene, incident: Incident, command: Command) -> Result:
    """Override the matrix; no alert changes a person's priority again."""
    wanted = int(command.args["priority"])
    if incident.priority == wanted and incident.priority_fixed:
        return Refusal(f"{named(incident)} is P{wanted} already.")
    patch: Patch = {"priority": wanted, "priority_fixed": True}
    patch |= clocks.retargeted(scene.policy, incident, wanted)
    return [draft("incident.prioritised", incident, patch, **_note(command))]


def _level(scene: Scene, incident: Incident, field: str, level: str) -> Result:
    same = _same(incident, field, level)
    if same:
        return same
    levels = {"impact": incident.impact, "urgency": incident.urgency, field: level}
    wanted = priority_of(scene.policy, levels["impact"], levels["urgency"])
    patch: Patch = {field: level, "priority": wanted, "priority_fixed": True}
    patch |= clocks.retargeted(scene.policy, incident, wanted)
    return [draft("incident.prioritised", incident, patch)]


def impact(scene: Scene, incident: Incident, command: Command) -> Result:
    """Set the impact; priority follows by the matrix."""
    return _level(scene, incident, "impact", command.args["impact"])


def urgency(scene: Scene, incident: Incident, command: Command) -> Result:
    """Set the urgency; priority follows by the matrix."""
    return _level(scene, incident, "urgency", command.args["urgency"])


def category(scene: Scene, incident: Incident, command: Command) -> Result:
    """Set the category."""
    wanted = command.args["category"]
    return _same(incident, "category", wanted) or [draft("incident.categorised", incident, {"category": wanted})]


def service(scene: Scene, incident: Incident, command: Command) -> Result:
    """Set the service that suffers."""
    wanted = command.args["service"]
    return _same(incident, "service", wanted) or [draft("incident.service_set", incident, {"service": wanted})]


def title(scene: Scene, incident: Incident, command: Command) -> Result:
    """Reword the summary; no alert changes it again."""
    wanted = command.args["title"]
    return _same(incident, "title", wanted) or [
        draft("incident.retitled", incident, {"title": wanted, "title_fixed": True})
    ]


def escalate(scene: Scene, incident: Incident, command: Command) -> Result:
    """Functional escalation: to the next team, or to the one named."""
    teams = scene.policy.teams
    to = str(command.args.get("to", "")).removeprefix("team:").strip()
    if not to:
        if incident.tier >= len(teams):
            return Refusal(f"{named(incident)} is with the last team, {teams[-1]}; escalate it to a named one.")
        to = teams[incident.tier]
    tier = teams.index(to) + 1 if to in teams else incident.tier + 1
    if (to, tier) == (incident.team, incident.tier):
        return Refusal(f"{named(incident)} is with {to} already.")
    patch: Patch = {"state": next_state("escalate", incident), "team": to, "tier": tier}
    patch |= _acknowledging(incident, command)
    return [draft("incident.escalated", incident, patch, to=to, way="functional", **_note(command))]


def escalate_up(scene: Scene, incident: Incident, command: Command) -> Result:
    """Hierarchical escalation: to the next manager, or to the one named."""
    managers = scene.policy.managers
    to = str(command.args.get("to", ""))
    if not to:
        if incident.level >= len(managers):
            return Refusal(f"{named(incident)} is with the most senior manager that the policy names.")
        to = managers[incident.level]
    patch: Patch = {"state": next_state("escalate_up", incident), "level": incident.level + 1}
    patch |= _acknowledging(incident, command)
    return [draft("incident.escalated", incident, patch, to=to, way="hierarchical", **_note(command))]


def hold(scene: Scene, incident: Incident, command: Command) -> Result:
    """Wait for a third party; the resolution clock pauses if the policy lets this reason pause it."""
    until = command.args.get("until")
    if until is not None and until <= command.at:
        return Refusal("hold: that time has passed already.", "bad")
    reason = command.args["reason"]
    patch: Patch = {"state": "held", "held_since": command.at, "held_until": until, "held_reason": reason}
    patch |= clocks.paused(scene.policy, incident, reason, command.at)
    return [draft("incident.held", incident, patch, **_note(command))]


def resume(scene: Scene, incident: Incident, command: Command) -> Result:
    """The wait is over; by the clock alone it needs eyes again."""
    by_rule = command.actor == RULE
    patch: Patch = {"state": "active" if incident.owner or not by_rule else "acked"}
    patch |= _end_hold(incident, command)
    if by_rule:
        if incident.held_until is None or incident.held_until > command.at:
            return Refusal(f"{named(incident)} is held for longer.")
        patch["attention"] = True
    elif not incident.owner:
        patch["owner"] = command.actor
    return [draft("incident.resumed", incident, patch)]


def snooze(scene: Scene, incident: Incident, command: Command) -> Result:
    """Out of the way until a time, at most the policy's; the clocks run on."""
    most = command.at + scene.policy.snooze_max
    till_clear = bool(command.args.get("till_clear"))
    until = command.args.get("until", most if till_clear else None)
    if until is None:
        return Refusal("snooze needs until, or till_clear.", "bad")
    if until <= command.at:
        return Refusal("snooze: that time has passed already.", "bad")
    if until > most:
        return Refusal(f"snooze: at most {in_words(scene.policy.snooze_max)}, the policy says.", "bad")
    if till_clear and not incident.alerts_firing:
        return Refusal(f"{named(incident)} has no alert that could clear.")
    patch: Patch = {"snoozed_until": until, "snoozed_till_clear": till_clear}
    return [draft("incident.snoozed", incident, patch, **_note(command))]


def wake(scene: Scene, incident: Incident, command: Command) -> Result:
    """End a snooze; when its time has come, the incident needs eyes again."""
    if incident.snoozed_until is None:
        return Refusal(f"{named(incident)} is not snoozed.")
    patch = _end_snooze()
    if command.actor == RULE:
        if incident.snoozed_until > command.at:
            return Refusal(f"{named(incident)} is snoozed for longer.")
        fires = incident.alerts_firing > 0 or incident.alert_count == 0
        patch["attention"] = incident.attention or (fires and incident.state in OPEN_STATES)
    return [draft("incident.woken", incident, patch)]


def resolve(scene: Scene, incident: Incident, command: Command) -> Result:
    """Service is restored. A duty may do so only when all is clear, quiet and untouched (OPERATOR.md 1.5 rule 5)."""
    if command.actor == RULE and not may_resolve_itself(scene, incident):
        return Refusal(f"{named(incident)} is not clear, quiet and untouched.")
    patch: Patch = {
        "state": "resolved",
        "resolved_at": command.at,
        "resolution_code": command.args["code"],
        "cause": command.args.get("cause", incident.cause),
    }
    patch |= _end_hold(incident, command) | _end_snooze()
    if command.actor == RULE:
        patch["attention"] = False
    else:
        patch |= _acknowledging(incident, command)
    return [draft("incident.resolved", incident, patch, **_note(command))]


def may_resolve_itself(scene: Scene, incident: Incident) -> bool:
    """Return whether all its alerts have been clear for the quiet time, and nobody touched it."""
    return (
        not incident.touched
        and incident.alert_count > 0
        and incident.alerts_firing == 0
        and incident.cleared_at is not None
        and scene.now - incident.cleared_at >= scene.policy.quiet
    )


def reopen(scene: Scene, incident: Incident, command: Command) -> Result:
    """It is not over: the resolution clock runs on, the time between left out."""
    if incident.state == "closed" and not command.args.get("reason"):
        return Refusal(f"{named(incident)} is closed; reopening it needs a reason.", "bad")
    patch: Patch = {
        "state": "active",
        "owner": incident.owner or command.actor,
        "resolved_at": None,
        "closed_at": None,
        "resolution_code": "",
        "reopen_count": incident.reopen_count + 1,
    }
    patch |= clocks.reopened(incident, command.at) | _acknowledging(incident, command)
    made = draft("incident.reopened", incident, patch, reason=command.args.get("reason"))
    return [resting(made, incident, "owner")]


def close(scene: Scene, incident: Incident, command: Command) -> Result:
    """Reviewed, nothing left to do; by the clock alone after the policy's time."""
    resolved_at = incident.resolved_at or command.at
    if command.actor == RULE:
        if command.at - resolved_at < scene.policy.auto_close:
            return Refusal(f"{named(incident)} was resolved too short a time ago.")
        if incident.alerts_firing:
            return Refusal(f"{named(incident)} has an alert that fires; a person may close it.")
    return [draft("incident.closed", incident, {"state": "closed", "closed_at": command.at}, **_note(command))]


def find_parent(scene: Scene, incident: Incident, number: int) -> Incident | Refusal:
    """Return the incident that another can hang on or be merged into, or why it cannot."""
    parent = scene.by_number(number)
    name = number_text(number)
    if parent is None:
        return Refusal(f"There is no {name}.", "bad")
    if parent.id == incident.id:
        return Refusal(f"{name} cannot hang on itself.", "bad")
    if parent.state == "merged":
        return Refusal(f"{name} is merged into {number_text(parent.parent)}; name that one.")
    if parent.state == "closed":
        return Refusal(f"{name} is closed; reopen it first.")
    if _hangs_on(scene, parent, incident.number):
        return Refusal(f"{named(incident)} cannot hang on {name}, which hangs on it.")
    return parent


def find_home(scene: Scene, incident: Incident, number: int) -> Incident | Refusal:
    """Return the incident that another can be merged into: what is open is not put away in what is resolved."""
    home = find_parent(scene, incident, number)
    if isinstance(home, Incident) and home.state == "resolved" and incident.state in OPEN_STATES:
        return Refusal(f"{named(home)} is resolved and {named(incident)} is not; reopen it first.")
    return home


def _hangs_on(scene: Scene, incident: Incident, number: int) -> bool:
    """Whether the incident has that number among its parents and theirs."""
    seen: set[int] = set()
    above: Incident | None = incident
    while above is not None and above.parent and above.number not in seen:
        if above.parent == number:
            return True
        seen.add(above.number)
        above = scene.by_number(above.parent)
    return False


def link(scene: Scene, incident: Incident, command: Command) -> Result:
    """Hang it under a parent: one cause, many incidents; two levels, no circles (OPERATOR.md 1.5 rule 7)."""
    parent = find_parent(scene, incident, command.args["parent"])
    if isinstance(parent, Refusal):
        return parent
    if incident.parent == parent.number:
        return Refusal(f"{named(incident)} hangs on {named(parent)} already.")
    if parent.parent:
        return Refusal(f"{named(parent)} hangs on {number_text(parent.parent)} itself; link under that one.")
    if scene.children(incident.number):
        return Refusal(f"{named(incident)} has children of its own; unlink them first.")
    return [draft("incident.linked", incident, {"parent": parent.number})]


def unlink(scene: Scene, incident: Incident, command: Command) -> Result:
    """Let it stand alone again."""
    if not incident.parent:
        return Refusal(f"{named(incident)} hangs on nothing.")
    return [draft("incident.unlinked", incident, {"parent": 0})]


def merge(scene: Scene, incident: Incident, command: Command) -> Result:
    """Make it a pointer to another incident, which gathers its alerts; the state it had is kept for an unmerge."""
    parent = find_home(scene, incident, command.args["parent"])
    if isinstance(parent, Refusal):
        return parent
    patch: Patch = {"state": "merged", "prior_state": incident.state, "parent": parent.number} | _end_snooze()
    made = resting(draft("incident.merged", incident, patch, into=parent.number), incident, "parent")
    return [made, joined(scene, parent, incident)]


def unmerge(scene: Scene, incident: Incident, command: Command) -> Result:
    """Let a merged incident stand alone in the state it had, with its alerts as they are now."""
    state = incident.prior_state or "acked"
    patch: Patch = {"state": state, "prior_state": "", "parent": 0} | own_again(scene, incident, state)
    return [draft("incident.unmerged", incident, patch), *parted(scene, incident)]


DEEDS: Final[dict[str, Deed]] = {
    "ack": ack,
    "unack": unack,
    "take": take,
    "assign": assign,
    "release": release,
    "note": note,
    "label": label,
    "unlabel": unlabel,
    "priority": priority,
    "impact": impact,
    "urgency": urgency,
    "category": category,
    "service": service,
    "title": title,
    "escalate": escalate,
    "escalate_up": escalate_up,
    "hold": hold,
    "resume": resume,
    "snooze": snooze,
    "wake": wake,
    "resolve": resolve,
    "reopen": reopen,
    "close": close,
    "link": link,
    "unlink": unlink,
    "merge": merge,
    "unmerge": unmerge,
}
