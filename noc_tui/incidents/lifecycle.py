"""The lifecycle of an incident: which verb leads from which state to which (OPERATOR.md 1.5).

Seven states; everything else is an attribute. A verb that a state does not list is refused with its reason.
"""

from __future__ import annotations

from typing import Final

from noc_tui.incidents.model import Incident, number_text

SAME: Final = ""
"""The verb leaves the state as it is."""

_WORKABLE = ("new", "acked", "active", "held", "resolved")


def _stay(*states: str) -> dict[str, str]:
    return dict.fromkeys(states, SAME)


TRANSITIONS: Final[dict[str, dict[str, str]]] = {
    "ack": {"new": "acked"},
    "unack": {"acked": "new"},
    "take": {"new": "active", "acked": "active", "active": "active", "held": "active"},
    "assign": {"new": "acked", **_stay("acked", "active", "held", "resolved")},
    "release": {"active": "acked"},
    "note": _stay("new", "acked", "active", "held", "resolved", "closed", "merged"),
    "label": _stay("new", "acked", "active", "held", "resolved", "closed", "merged"),
    "unlabel": _stay("new", "acked", "active", "held", "resolved", "closed", "merged"),
    "title": _stay(*_WORKABLE),
    "service": _stay(*_WORKABLE),
    "category": _stay(*_WORKABLE),
    "priority": _stay(*_WORKABLE),
    "impact": _stay(*_WORKABLE),
    "urgency": _stay(*_WORKABLE),
    "escalate": {"new": "acked", **_stay("acked", "active", "held")},
    "escalate_up": {"new": "acked", **_stay("acked", "active", "held")},
    "hold": {"acked": "held", "active": "held"},
    "resume": {"held": "active"},
    "snooze": _stay("new", "acked", "active", "held"),
    "wake": _stay("new", "acked", "active", "held", "resolved"),
    "shelve": _stay("new", "acked", "active", "held"),
    "unshelve": _stay("new", "acked", "active", "held", "resolved"),
    "resolve": {"new": "resolved", "acked": "resolved", "active": "resolved", "held": "resolved"},
    "reopen": {"resolved": "active", "closed": "active"},
    "close": {"resolved": "closed"},
    "link": _stay(*_WORKABLE),
    "unlink": _stay(*_WORKABLE, "closed"),
    "merge": dict.fromkeys(_WORKABLE, "merged"),
    "unmerge": {"merged": "acked"},
    "settle": _stay("new", "acked", "active", "held", "resolved", "closed", "merged"),
}

_WHY: Final[dict[str, dict[str, str]]] = {
    "ack": {
        "acked": "is acknowledged already",
        "active": "is acknowledged already, and worked on",
        "held": "is acknowledged already, and on hold",
    },
    "unack": {
        "new": "is not acknowledged yet",
        "active": "is being worked on; release it first",
        "held": "is on hold; resume and release it first",
    },
    "release": {
        "new": "has nobody who works on it",
        "acked": "has nobody who works on it",
        "held": "is on hold; resume it first",
    },
    "hold": {
        "new": "is not acknowledged yet; take it first, then hold it",
        "held": "is on hold already",
    },
    "resume": dict.fromkeys(("new", "acked", "active", "resolved"), "is not on hold"),
    "resolve": {"resolved": "is resolved already"},
    "reopen": dict.fromkeys(("new", "acked", "active", "held"), "is open"),
    "close": {
        "new": "is new; resolve it first",
        "acked": "is not resolved yet; resolve it first",
        "active": "is being worked on; resolve it first",
        "held": "is on hold; resolve it first",
        "closed": "is closed already",
    },
    "unlink": {"merged": "is merged, not linked; unmerge it"},
    "unmerge": dict.fromkeys(("new", "acked", "active", "held", "resolved", "closed"), "is not merged into another"),
}
"""What a state says to a verb that it does not list; where nothing is said, it is the state itself that stands in
the way."""


def refuse_state(verb: str, incident: Incident) -> str | None:
    """Return why the incident's state does not allow the verb, as a sentence, or None if it does."""
    if incident.state in TRANSITIONS[verb] or _acks_again(verb, incident):
        return None
    why = _WHY.get(verb, {}).get(incident.state)
    if why is None:
        home = number_text(incident.parent)
        why = {
            "merged": f"is merged into {home} already" if verb == "merge" else f"is merged into {home}; do it there",
            "closed": "is closed; reopen it first",
            "resolved": "is resolved; reopen it first",
        }.get(incident.state, f"is {incident.state}, which this version does not know")
    return f"{number_text(incident.number, incident.id)} {why}."


def _acks_again(verb: str, incident: Incident) -> bool:
    """What got worse after it was acknowledged needs eyes again, and says so until somebody acknowledges that too."""
    return verb == "ack" and incident.attention and incident.state in _WHY["ack"]


def leaves_state(verb: str, incident: Incident) -> bool:
    """Return whether the verb leaves the incident's state as it is: then it does not rest on it."""
    return TRANSITIONS.get(verb, {}).get(incident.state) == SAME


def next_state(verb: str, incident: Incident) -> str:
    """Return the state that an allowed verb leads to."""
    return TRANSITIONS[verb].get(incident.state) or incident.state
