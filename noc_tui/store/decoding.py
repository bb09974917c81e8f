"""Many rows at once into structs: the board's hundred thousand, a verification's million.

`rows.py` says what a row is and turns one into its value; here a chunk is worked column by column, and words that recur
on many rows are held in memory once. Needs no SQL library, as the first page may not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from sys import intern
from typing import Any, Final, get_origin

import msgspec
from msgspec.structs import fields

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.envelope import Event

Rows = Sequence[Sequence[Any]]
"""Rows of any driver, their values in the order of the struct's fields."""

_RECURRING: Final = frozenset(
    (
        *("state", "impact", "urgency", "severity", "category", "service", "resource", "site", "owner", "team"),
        *("title", "source", "held_reason", "suppressed_by", "prior_state", "resolution_code", "shelved_by"),
        *("actor", "origin", "kind"),
    )
)
"""Columns whose values recur on many rows: one string in memory for each value."""

_NULLABLE: Final = frozenset(("command_id", "incident_id", "batch", "undoes"))
"""Ids that a row may be without."""


def _from_json(type_: Any) -> Callable[[str], tuple[Any, ...]]:
    """Return what reads the JSON list of a column into the tuple that the struct holds."""
    decode: Callable[[str], tuple[Any, ...]] = msgspec.json.Decoder(type_).decode
    return lambda text: () if text == "[]" else decode(text)


def _present(value: bytes | None) -> bytes:
    return value or b""


def _change(name: str, type_: Any) -> Callable[[Any], Any] | None:
    """Return what turns a column's value into the field's, None where it is the same."""
    if name in _RECURRING:
        return intern
    if name in _NULLABLE:
        return _present
    if type_ is bool:
        return bool
    return _from_json(type_) if get_origin(type_) is tuple else None


class _Shape:
    """How rows of one table become structs: their maker, and the columns whose values need a change."""

    def __init__(self, struct: type[Any]) -> None:
        self._make = struct
        changes = ((place, _change(field.name, field.type)) for place, field in enumerate(fields(struct)))
        self._changes = [(place, change) for place, change in changes if change is not None]

    def structs(self, rows: Rows) -> list[Any]:
        if not rows:
            return []
        columns: list[Iterable[Any]] = list(zip(*rows, strict=True))
        for place, change in self._changes:
            columns[place] = map(change, columns[place])
        return list(map(self._make, *columns))


_INCIDENTS: Final = _Shape(Incident)
_ALERTS: Final = _Shape(Alert)
_EVENTS: Final = _Shape(Event)


def incidents_of(rows: Rows) -> list[Incident]:
    """Return the incidents of rows in the order of `INCIDENT_COLUMNS`."""
    return _INCIDENTS.structs(rows)


def alerts_of(rows: Rows) -> list[Alert]:
    """Return the alerts of rows in the order of `ALERT_COLUMNS`."""
    return _ALERTS.structs(rows)


def events_of(rows: Rows) -> list[Event]:
    """Return the events of rows in the order of `EVENT_COLUMNS`."""
    return _EVENTS.structs(rows)


def columns_sql(columns: Iterable[str]) -> str:
    """Return the column list of a SELECT."""
    return ", ".join(f'"{name}"' for name in columns)
