"""What triage suggests for a card: the usual answer, the incident it may hang on, the first step; each with its reason.

Nothing here is done by itself: a suggestion is one key, and the key is named beside it.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from noc_tui.console.detail import Known, first_label, resolution
from noc_tui.incidents import ordering
from noc_tui.incidents.likeness import likely_parent, ties
from noc_tui.incidents.model import OPEN_STATES, RESOLUTION_CODES, Incident, number_text

SEEN: Final = "Seen in triage."
"""The note that the usual answer leaves on what somebody works on already."""


_CLOSE: Final = ("its parent", "hangs on it", "same parent", "same cause", "same resource", "same service")
"""What bears an incident out, if another has it in common."""


class Answer(msgspec.Struct, frozen=True):
    """A verb with its arguments, and what it is called on the card; without a verb one goes on."""

    verb: str
    args: dict[str, Any]
    word: str
    why: str


def usual(row: Incident) -> Answer:
    """Return what is mostly done with an incident as it is now; no verb where it was decided meanwhile."""
    if not row.attention:
        return Answer("", {}, "next", f"{row.owner} has it" if row.owner else f"it is {row.state}")
    if ordering.is_cleared(row):
        return Answer("resolve", {"code": RESOLUTION_CODES["c"]}, "resolve", "it cleared by itself")
    if row.state == "active":
        return Answer("note", {"text": SEEN}, "seen", f"{row.owner} works on it: a note")
    return Answer("take", {}, "take", "your usual answer")


def parent_for(row: Incident, known: Known | None) -> Incident | None:
    """Return the open incident that this one most likely hangs on, as far as the pane has read what is near it."""
    return likely_parent(row, known.related) if known is not None and known.number == row.number else None


def why_parent(row: Incident, parent: Incident) -> str:
    """Return why that is likely: what both share, and what makes the other the larger one."""
    shared = [tie for tie in ties(row, parent) if tie in ("same service", "same site")]
    size = f"{parent.alert_count} alerts" if parent.alert_count > 1 else ""
    return ", ".join(part for part in (*shared, parent.cause or size) if part)


def beside(row: Incident, known: Known | None) -> str:
    """Return the open incident that bears it out, by its cause, resource or service; empty if there is none."""
    tied = [(other, ties(row, other)) for other in known.related if other.state in OPEN_STATES] if known else []
    close = [(other, words[0]) for other, words in tied if words and words[0] in _CLOSE]
    if not close:
        return ""
    (other, word), *more = close
    return f"{number_text(other.number)} too, {word}{f', and {len(more)} more' if more else ''}"


def first_step(known: Known | None) -> tuple[str, str]:
    """Return where to begin: the runbook, else what resolved the incident most like it; and the other of them."""
    if known is None:
        return "", ""
    runbook = first_label(known.alerts, "runbook")
    last = next((past for past in known.seen_before if past.cause), None)
    helped = f"{resolution(last, known)}, as in {number_text(last.number)}" if last is not None else ""
    return (runbook, helped) if runbook else (helped, "")
