"""Incidents, alerts and events as rows of a table, and back. Needs no SQL library, as the first page may not.

A row holds the value's fields in the order of its struct. Here, and only here, the text of a projection is cleaned
(DESIGN.md 8.15); what identifies (an alert's ref, a group's key) is kept to the letter, or two could become one.
An absent id is NULL, so that indexes leave it out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from operator import ne
from typing import Any, Final, TypeVar

import msgspec
from msgspec.structs import astuple, fields

from noc_tui.incidents.model import Alert, Incident
from noc_tui.incidents.text import LINE_LIMIT, clean
from noc_tui.journal.envelope import Event

Value = TypeVar("Value", Incident, Alert)
Row = tuple[Any, ...]
"""Values in the order of the columns, as SQLite takes and gives them."""

INCIDENT_COLUMNS: Final = Incident.__struct_fields__
ALERT_COLUMNS: Final = Alert.__struct_fields__
EVENT_COLUMNS: Final = Event.__struct_fields__


def _in_state(*states: str) -> str:
    """Return the condition of being in one of the states: for IN, SQLite would build a table at every row written."""
    return "(" + " OR ".join(f"state = '{state}'" for state in states) + ")"


ON_BOARD: Final = _in_state("new", "acked", "active", "held", "resolved")
"""The condition of the board's partial indexes; a query must repeat it to the letter to be served by them."""
OPEN: Final = _in_state("new", "acked", "active", "held")
"""The condition of work that is not done, a part of other conditions."""
GATHERING: Final = _in_state("new", "acked", "active", "held", "merged")
"""The condition of the groups' partial index: a merged incident's alerts still go to the one it was merged into."""
OF_INCIDENT: Final = "revision <> 0"
"""The condition of the index of the events of an incident, by its number and revision."""

_encode = msgspec.json.Encoder().encode
_decode_words = msgspec.json.Decoder(tuple[str, ...]).decode
_decode_pairs = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode
_decode_times = msgspec.json.Decoder(tuple[int, ...]).decode


def _places(struct: type[msgspec.Struct], type_: object, but: Sequence[str] = ()) -> tuple[int, ...]:
    return tuple(n for n, field in enumerate(fields(struct)) if field.type is type_ and field.name not in but)


def _labels_text(labels: tuple[str, ...]) -> str:
    return _encode([clean(label) for label in labels]).decode() if labels else "[]"


def _pairs_text(labels: tuple[tuple[str, str], ...]) -> str:
    try:
        text = _encode(labels).decode()
    except UnicodeEncodeError:  # half of a pair of surrogates, which `clean` replaces
        text = ""
    if text and "\\" not in text and _is_plain(text):
        return text  # nothing in it is escaped: what is plain as a whole is so in its parts
    return _encode([(clean(name), clean(value)) for name, value in labels]).decode()


def _times_text(times: tuple[int, ...]) -> str:
    return _encode(times).decode()


def _is_plain(text: str) -> bool:
    return len(text) <= LINE_LIMIT and text.isascii() and text.isprintable()


def _cells(
    struct: type[msgspec.Struct], texts: Sequence[int], lists: dict[int, Callable[[Any], str]]
) -> tuple[Callable[[Any], Any] | None, ...]:
    """What makes the cell of each field's value, None where it is the same."""
    return tuple(clean if place in texts else lists.get(place) for place in range(len(struct.__struct_fields__)))


_INCIDENT_TEXTS: Final = _places(Incident, str, ("group_key",))
_INCIDENT_FLAGS: Final = _places(Incident, bool)
_INCIDENT_LABELS: Final = INCIDENT_COLUMNS.index("labels")
_ALERT_TEXTS: Final = _places(Alert, str, ("ref",))
_ALERT_FLAGS: Final = _places(Alert, bool)
_ALERT_LABELS: Final = ALERT_COLUMNS.index("labels")
_ALERT_TOGGLES: Final = ALERT_COLUMNS.index("recent_toggles")
_INCIDENT_CELLS: Final = _cells(Incident, _INCIDENT_TEXTS, {_INCIDENT_LABELS: _labels_text})
_ALERT_CELLS: Final = _cells(Alert, _ALERT_TEXTS, {_ALERT_LABELS: _pairs_text, _ALERT_TOGGLES: _times_text})
_PLACES: Final = range(max(len(INCIDENT_COLUMNS), len(ALERT_COLUMNS)))
_EVENT_IDS: Final = tuple(map(EVENT_COLUMNS.index, ("command_id", "incident_id", "batch", "undoes")))


def clean_incident(incident: Incident) -> Incident:
    """Return the incident with its text cleaned, as its projection holds it."""
    return incident_from(incident_row(incident))


def clean_alert(alert: Alert) -> Alert:
    """Return the alert with its text cleaned, as its projection holds it."""
    return alert_from(alert_row(alert))


def incident_row(incident: Incident) -> Row:
    """Return the row of an incident, its text cleaned."""
    row = list(astuple(incident))
    _clean_at(row, _INCIDENT_TEXTS)
    row[_INCIDENT_LABELS] = _labels_text(row[_INCIDENT_LABELS])
    return tuple(row)


def incident_from(row: Sequence[Any]) -> Incident:
    """Return the incident of a row in the order of `INCIDENT_COLUMNS`."""
    values = list(row)
    for place in _INCIDENT_FLAGS:
        values[place] = row[place] == 1
    labels = row[_INCIDENT_LABELS]
    values[_INCIDENT_LABELS] = _decode_words(labels) if labels != "[]" else ()
    return Incident(*values)


def alert_row(alert: Alert) -> Row:
    """Return the row of an alert, its text cleaned."""
    row = list(astuple(alert))
    _clean_at(row, _ALERT_TEXTS)
    row[_ALERT_LABELS] = _pairs_text(row[_ALERT_LABELS])
    row[_ALERT_TOGGLES] = _times_text(row[_ALERT_TOGGLES])
    return tuple(row)


def alert_from(row: Sequence[Any]) -> Alert:
    """Return the alert of a row in the order of `ALERT_COLUMNS`."""
    values = list(row)
    for place in _ALERT_FLAGS:
        values[place] = row[place] == 1
    labels, toggles = row[_ALERT_LABELS], row[_ALERT_TOGGLES]
    values[_ALERT_LABELS] = _decode_pairs(labels) if labels != "[]" else ()
    values[_ALERT_TOGGLES] = _decode_times(toggles) if toggles != "[]" else ()
    return Alert(*values)


def changed_cells(before: Value, after: Value) -> tuple[tuple[int, ...], list[Any]]:
    """Return the places of the columns in which two values differ, and the later one's cells there."""
    values = astuple(after)
    places = tuple(compress(_PLACES, map(ne, astuple(before), values)))
    makers = _INCIDENT_CELLS if isinstance(after, Incident) else _ALERT_CELLS
    return places, [values[place] if (make := makers[place]) is None else make(values[place]) for place in places]


def event_row(event: Event) -> Row:
    """Return the row of an event."""
    return (
        event.seq,
        event.id,
        event.kind,
        event.at,
        event.received_at,
        event.actor,
        event.origin,
        event.command_id or None,
        event.incident_id or None,
        event.number,
        event.alert,
        event.revision,
        event.batch or None,
        event.undoes or None,
        event.salt,
        event.body,
        event.hash,
    )


def event_from(row: Sequence[Any]) -> Event:
    """Return the event of a row in the order of `EVENT_COLUMNS`."""
    values = list(row)
    for place in _EVENT_IDS:
        values[place] = row[place] or b""
    return Event(*values)


def _clean_at(row: list[Any], places: tuple[int, ...]) -> None:
    """Clean the texts at `places`; short printable ASCII, nearly all there is, is found clean in one look."""
    if _is_plain("".join([row[place] for place in places])):
        return
    for place in places:
        row[place] = clean(row[place])
