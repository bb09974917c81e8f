"""How alike two incidents are, and what ties two of one time together: what a person looks for behind and beside one.

Points only rank; what they are given for is said in words, so that a person can judge the match.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import Final

from noc_tui.incidents.model import MINUTE, OPEN_STATES, Incident

NEAR: Final = 30 * MINUTE
"""Incidents opened no further apart may have one cause."""
ALIKE: Final = 5
"""Points from which on a past incident is worth a look: the same resource, or the same service in the same words."""

_RESOURCE, _GROUP, _SERVICE, _SITE, _CATEGORY, _TOLD = 6, 6, 2, 1, 1, 1
_WORDS: Final = 6
"""Points of a title in the very same words; of one that shares half of them, half."""
_WORD: Final = re.compile(r"[^\W\d_]{2,}")


def title_words(title: str) -> frozenset[str]:
    """Return the words of a title that tell what is wrong: figures and single letters tell where."""
    return frozenset(_WORD.findall(title.casefold()))


def likeness(incident: Incident, past: Incident) -> int:
    """Return how much a past incident is like one, in points; 0 where nothing of substance is the same."""
    mine, theirs = title_words(incident.title), title_words(past.title)
    shared = len(mine & theirs) / len(mine | theirs) if mine and theirs else 0.0
    same_resource = bool(incident.resource) and incident.resource == past.resource
    same_group = bool(incident.group_key) and incident.group_key == past.group_key
    if not (same_resource or same_group or shared):
        return 0
    return (
        _RESOURCE * same_resource
        + _GROUP * same_group
        + round(_WORDS * shared)
        + _SERVICE * (bool(incident.service) and incident.service == past.service)
        + _SITE * (bool(incident.site) and incident.site == past.site)
        + _CATEGORY * (incident.category == past.category != "other")
        + _TOLD * bool(past.cause)
    )


def most_alike(incident: Incident, past: Iterable[Incident], most: int) -> list[int]:
    """Return the numbers of the past incidents most like one: the best match first, of equal ones the newest."""
    points = {other.number: likeness(incident, other) for other in past if other.number != incident.number}
    good = [number for number, told in points.items() if told >= ALIKE]
    return sorted(good, key=lambda number: (-points[number], -number))[:most]


def ties(incident: Incident, other: Incident) -> tuple[str, ...]:
    """Return what two incidents have in common, the strongest first: words such as `same cause`, `same site`."""
    found = [
        ("hangs on it", incident.number != 0 and other.parent == incident.number),
        ("its parent", other.number != 0 and incident.parent == other.number),
        ("same parent", incident.parent != 0 and incident.parent == other.parent),
        ("same cause", bool(incident.cause) and incident.cause == other.cause),
        ("same resource", bool(incident.resource) and incident.resource == other.resource),
        ("same service", bool(incident.service) and incident.service == other.service),
        ("same site", bool(incident.site) and incident.site == other.site),
        ("near in time", abs(incident.opened_at - other.opened_at) <= NEAR),
    ]
    return tuple(words for words, holds in found if holds)


_WEIGHT: Final = {
    **dict.fromkeys(("hangs on it", "its parent", "same parent", "same cause"), 8),
    "same resource": 6,
    "same service": 3,
    "same site": 2,
    "near in time": 3,
}


def weight_of(tied: Collection[str]) -> int:
    """Return how much these ties weigh together."""
    return sum(_WEIGHT[tie] for tie in tied)


def most_related(incident: Incident, others: Iterable[Incident], most: int) -> list[Incident]:
    """Return the incidents most tied to one: open ones with any tie, and others of the same time.

    The most tied come first, of equal ones those that are open, then the nearest in time.
    """
    tied: list[tuple[int, bool, int, int, Incident]] = []
    for other in others:
        found = ties(incident, other)
        still_open = other.state in OPEN_STATES
        if other.number != incident.number and found and (still_open or "near in time" in found):
            apart = abs(incident.opened_at - other.opened_at)
            tied.append((-weight_of(found), not still_open, apart, -other.number, other))
    return [other for *_, other in sorted(tied, key=lambda row: row[:4])[:most]]


def likely_parent(incident: Incident, others: Iterable[Incident]) -> Incident | None:
    """Return the open incident that this one most likely hangs on: of the same site or service and time, and larger.

    None when it hangs on one already, or when none has gathered more alerts or was opened with a known cause.
    """
    if incident.parent:
        return None
    found = [
        other
        for other in others
        if other.state in OPEN_STATES
        and other.number not in (0, incident.number)
        and other.parent == 0
        and _may_be_above(incident, other)
    ]
    return max(found, key=lambda other: (other.major, other.alert_count, -other.number), default=None)


def _may_be_above(incident: Incident, other: Incident) -> bool:
    tied = ties(incident, other)
    if "near in time" not in tied or not {"same service", "same site"} & set(tied):
        return False
    return other.alert_count > incident.alert_count or (bool(other.cause) and other.opened_at <= incident.opened_at)
