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

_WHY: Final[dict[tuple[str, str], str]] = {
    ("ack", "acked"): "is acknowledged already",
    ("ack", "active"): "is acknowledged already, and worked on",
    ("unack", "new"): "is not acknowledged yet",
    ("unack", "active"): "is being worked on; release it first",
    ("release", "new"): "has nobody who works on it",
    ("release", "acked"): "has nobody who works on it",
    ("release", "held"): "is on hold; resume it first",
    ("hold", "new"): "is not acknowledged yet; take it first, then hold it",
    ("hold", "held"): "is on hold already",
    ("resume", "new"): "is not on hold",
    ("resume", "acked"): "is not on hold",
    ("resume", "active"): "is not on hold",
    ("resolve", "resolved"): "is resolved already",
    ("close", "closed"): "is closed already",
    ("reopen", "new"): "is open",
    ("reopen", "acked"): "is open",
    ("reopen", "active"): "is open",
    ("reopen", "held"): "is open",
}


def refuse_state(verb: str, incident: Incident) -> str | None:
    """Return why the incident's state does not allow the verb, as a sentence, or None if it does."""
    if incident.state in TRANSITIONS[verb]:
        return None
    name = number_text(incident.number, incident.id)
    why = _WHY.get((verb, incident.state))
    if why is None:
        why = {
            "merged": f"is merged into {number_text(incident.parent)}; do it there",
            "closed": "is closed; reopen it first",
            "resolved": "is resolved; reopen it first",
        }.get(incident.state, f"is {incident.state}, resolve it first")
    return f"{name} {why}."


def next_state(verb: str, incident: Incident) -> str:
    """Return the state that an allowed verb leads to."""
    return TRANSITIONS[verb][incident.state] or incident.state
