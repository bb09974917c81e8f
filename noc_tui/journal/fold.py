"""The fold: what an event's patches make of an incident and of an alert.

Total by construction (DESIGN.md 2): an event carries what it changed, so any kind, also one of a newer version, folds
the same everywhere, and replaying never fails. A field that this version does not know is passed over, and so is a
value that the field cannot hold. Of a body only the patches are read: what else it holds is skipped, which is most of
the work spared where many events are folded.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, TypeVar, get_args, get_origin

import msgspec
from msgspec.structs import astuple, fields, replace

from noc_tui.incidents.model import Alert, Incident
from noc_tui.journal.envelope import Event

T = TypeVar("T")


class _Fields(msgspec.Struct, frozen=True):
    """The fields that a patch may set: the types of their values, and what the lists are made into."""

    plain: dict[str, frozenset[type]]
    listed: dict[str, Any]


def _fields(struct: type[Incident] | type[Alert], *apart: str) -> _Fields:
    known = [field for field in fields(struct) if field.name not in apart]
    listed = {field.name: field.type for field in known if get_origin(field.type) is tuple}
    plain = {
        field.name: frozenset(get_args(field.type) or (field.type,)) for field in known if field.name not in listed
    }
    return _Fields(plain, listed)


_NOTHING: Final[frozenset[type]] = frozenset()
_INCIDENT: Final = _fields(Incident, "id", "number", "revision", "changed_seq", "updated_at")
_ALERT: Final = _fields(Alert, "ref", "changed_seq")


def _known(patch: Any, known: _Fields) -> dict[str, Any]:
    """Return what a patch sets that this version knows and can hold, lists as the tuples that the structs hold."""
    if not isinstance(patch, dict):
        return {}
    types, listed = known.plain, known.listed
    kept: dict[str, Any] = {}
    for name, value in patch.items():
        if type(value) in types.get(name, _NOTHING) or (type(value) is tuple and name in listed):
            kept[name] = value
        elif type(value) is list and name in listed:
            with suppress(msgspec.ValidationError):
                kept[name] = msgspec.convert(value, listed[name])
    return kept


def patch_incident(incident: Incident, patch: dict[str, Any], event: Event) -> Incident:
    """Return the incident after a `set` patch, at the event's revision and seq."""
    return replace(
        incident,
        number=event.number or incident.number,
        revision=event.revision,
        changed_seq=event.seq,
        updated_at=event.received_at,
        **_known(patch, _INCIDENT),
    )


def patch_alert(alert: Alert, patch: dict[str, Any], seq: int) -> Alert:
    """Return the alert after a `set` patch, at the event's seq."""
    return replace(alert, changed_seq=seq, **_known(patch, _ALERT))


def evolve(incident: Incident | None, event: Event) -> Incident:
    """Return what the incident is after `event`; the first event of an incident makes it."""
    before = incident or Incident(id=event.incident_id, number=event.number)
    body = _read(_decode_body, event.body)
    return patch_incident(before, body.set if body is not None else {}, event)


def evolve_alert(alert: Alert | None, event: Event) -> Alert:
    """Return what the alert is after `event`; the first event of an alert makes it."""
    if alert is None and (new := _read(_decode_new, event.body)) is not None:
        return new_alert(new, event)
    body = _read(_decode_alert, event.body)
    return patch_alert(alert or Alert(ref=event.alert), body.alert.set if body is not None else {}, event.seq)


def makes_alert(event: Event) -> bool:
    """Return whether an event says of its alert that it is new: such a patch replaces nothing, so it has no `was`."""
    body = _read(_decode_alert, event.body)
    return body is not None and body.alert.set is not msgspec.UNSET and body.alert.was is msgspec.UNSET


# Many events at once


class Evolving:
    """An incident while events of it are folded: `evolve` by one after the other, but it is made anew only once."""

    __slots__ = ("_before", "_patch", "last", "number")

    def __init__(self, before: Incident) -> None:
        self._before = before
        self._patch: dict[str, Any] = {}
        self.number = before.number
        self.last: Event | None = None
        """The last event."""

    @property
    def revision(self) -> int:
        """The revision that it has now."""
        return self._before.revision if self.last is None else self.last.revision

    def take(self, event: Event, patches: Patches | None) -> None:
        """Fold the next event; `patches` is what `patches_of` says of it."""
        if patches is None:
            body = _read(_decode_body, event.body)
            patch = body.set if body is not None else {}
        else:
            patch = patches.set
        self._patch |= _known(patch, _INCIDENT)
        self.number = event.number or self.number
        self.last = event

    def evolved(self) -> Incident:
        """Return what it is now."""
        last = self.last
        if last is None:
            return self._before
        return replace(
            self._before,
            number=self.number,
            revision=last.revision,
            changed_seq=last.seq,
            updated_at=last.received_at,
            **self._patch,
        )


def patches_of(event: Event) -> Patches | None:
    """Return what there is to read of an event in one go; None where its parts must be read one by one."""
    return _read(_decode_patches, event.body)


def new_alert(patches: _NewAlertBody, event: Event) -> Alert:
    """Return the alert that an event makes."""
    set_ = patches.alert.set
    return Alert(*(event.alert, *astuple(set_ if set_ is not msgspec.UNSET else _NO_ALERT), event.seq))


# What is read of a body


class _Body(msgspec.Struct, frozen=True):
    set: Any = msgspec.UNSET


class _AlertPatch(msgspec.Struct, frozen=True):
    set: Any = msgspec.UNSET
    was: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _AlertBody(msgspec.Struct, frozen=True):
    alert: _AlertPatch = _AlertPatch()


_AlertSet: Final = msgspec.defstruct(
    "_AlertSet",
    [(field.name, field.type, field.default) for field in fields(Alert) if field.name not in ("ref", "changed_seq")],
    frozen=True,
)
"""An alert without its identity, which comes first in an alert, and its place, which comes last."""


class _NewAlertPatch(msgspec.Struct, frozen=True):
    set: _AlertSet | msgspec.UnsetType = msgspec.UNSET  # type: ignore[valid-type]  # made of the alert's own fields
    was: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _NewAlertBody(msgspec.Struct, frozen=True):
    alert: _NewAlertPatch = _NewAlertPatch()


class Patches(_NewAlertBody, frozen=True):
    """What a body sets: of its incident, and of its alert, as far as that is read as one that is new."""

    set: Any = msgspec.UNSET

    @property
    def makes_alert(self) -> bool:
        """Whether it says of its alert that it is new."""
        return self.alert.set is not msgspec.UNSET and self.alert.was is msgspec.UNSET


_decode_body = msgspec.json.Decoder(_Body).decode
_decode_alert = msgspec.json.Decoder(_AlertBody).decode
_decode_new = msgspec.json.Decoder(_NewAlertBody).decode
_decode_patches = msgspec.json.Decoder(Patches).decode
_NO_ALERT: Final = _AlertSet()


def _read(decode: Callable[[bytes], T], body: bytes) -> T | None:
    """Return what there is to read of a body; None where it is erased, is no such text, or not of that shape."""
    try:
        return decode(body) if body.isascii() or body.decode() else None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
