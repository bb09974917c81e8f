"""What of an event can be searched, and where it stands.

An entry of the index is one event that says something, together with the head of its incident (title, resource,
service) as it was when it was taken in. So all words of a search may stand in one note, or half of them in the title.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.envelope import decode_body

Piece = tuple[str, str]
"""Where something stands (title, resource, service, note, cause, resolution, label, reason, alert), and the text."""


class _Patch(msgspec.Struct, gc=False):
    """The texts of a patch."""

    title: str = ""
    resource: str = ""
    service: str = ""
    site: str = ""
    cause: str = ""
    resolution_code: str = ""
    summary: str = ""
    labels: list[str | list[str]] = []


class _Alert(msgspec.Struct, gc=False):
    set: _Patch | None = None


class _Body(msgspec.Struct, gc=False):
    """The texts of an event's body; all else in it is passed over while it is read."""

    set: _Patch | None = None
    alert: _Alert | None = None
    text: str | None = None
    note: str | None = None
    reason: str | None = None
    summary: str | None = None


_read: Final = msgspec.json.Decoder(_Body).decode


def pieces_of(kind: str, body: bytes) -> list[Piece]:
    """Return what an event says; a body in which texts are no texts says what stands in it as it is."""
    try:
        said = _read(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return _anything(body)
    found: list[Piece] = []
    if (patch := said.set) is not None:
        found = [(where, text) for where, text in _of_patch(patch) if text]
    if said.text or said.note or said.reason:
        found += [
            (where, text) for where, text in (("note", said.text), ("note", said.note), ("reason", said.reason)) if text
        ]
    if said.alert is not None and (patch := said.alert.set) is not None:
        texts = (patch.summary, patch.resource, patch.service, patch.site, _listed(patch.labels))
        found += [("alert", text) for text in texts if text]
    if kind == "alert.moved" and said.summary:
        found.append(("alert", said.summary))
    return found


def _of_patch(patch: _Patch) -> tuple[Piece, ...]:
    return (
        ("title", patch.title),
        ("resource", patch.resource),
        ("service", patch.service),
        ("cause", patch.cause),
        ("resolution", patch.resolution_code),
        ("label", _listed(patch.labels)),
    )


def _anything(body: bytes) -> list[Piece]:
    """All texts in a body that is not of our making, such as a newer version's."""
    found: list[Piece] = []
    left: list[Any] = [{name: part for name, part in decode_body(body).items() if name != "was"}]
    while left:
        part = left.pop()
        if isinstance(part, str):
            found.append(("note", part))
        elif isinstance(part, (dict, list)):
            left += part.values() if isinstance(part, dict) else part
    return found


def pieces_of_rows(incident: Incident, alerts: Iterable[Alert]) -> list[Piece]:
    """Return what the rows say of an incident whose events are not held, as in a replica."""
    labels = ("label", ", ".join(incident.labels))
    found = [*head_of(incident), ("cause", incident.cause), ("resolution", incident.resolution_code), labels]
    for alert in alerts:
        values = ", ".join(value for _, value in alert.labels)
        found += [("alert", text) for text in (alert.summary, alert.resource, alert.service, alert.site, values)]
    return [(where, text) for where, text in found if text]


def head_of(incident: Incident) -> list[Piece]:
    """Return the head of an incident, which every entry of it carries."""
    return [("title", incident.title), ("resource", incident.resource), ("service", incident.service)]


def _listed(labels: list[str | list[str]]) -> str:
    """The labels of an incident, or the values of an alert's."""
    return ", ".join(label if isinstance(label, str) else label[-1] for label in labels if label) if labels else ""
