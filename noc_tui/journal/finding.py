"""What a search finds, and its JSON shape for scripts and for those who ask a server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.times import iso
from noc_tui.journal.wire import incident_json

FOUND_FIELDS: Final = ("number", "id", "title", "state", "priority", "resource", "closed_at")
"""The names of an incident that stand in what was found, beside `where`, `snippet`, `marks`, `at` and `seq`."""


class Found(msgspec.Struct, frozen=True):
    """An incident in which the words were found: where, a part of the text there, and when that was said.

    `marks` are where (begin, end) the words stand in `snippet`. `seq` orders what was found: the next page is what was
    found before it. Texts are cleaned.
    """

    incident: Incident
    seq: int
    where: str
    snippet: str
    marks: tuple[tuple[int, int], ...]
    at: Micros

    @property
    def number(self) -> int:
        """The incident's number."""
        return self.incident.number


class FoundLine(msgspec.Struct, frozen=True):
    """The same as scripts see it."""

    number: str
    id: str
    title: str | None
    state: str
    priority: int
    resource: str | None
    closed_at: str | None
    where: str
    snippet: str
    marks: list[tuple[int, int]]
    at: str
    seq: int


def found_line(found: Found) -> FoundLine:
    """Return what was found as scripts see it."""
    shape: Mapping[str, Any] = incident_json(found.incident)
    return FoundLine(
        **{name: shape[name] for name in FOUND_FIELDS},
        where=found.where,
        snippet=found.snippet,
        marks=list(found.marks),
        at=iso(found.at),
        seq=found.seq,
    )
