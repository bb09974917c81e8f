"""What a decision may look at: the state inside the transaction that appends (a port that the store fills)."""

from __future__ import annotations

from typing import Any, Protocol

from noc_tui.incidents.flapping import Counter
from noc_tui.incidents.model import Alert, Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.saved_views import SavedView


class PastEvent(Protocol):
    """What an undo needs to know of an event that is in the journal."""

    @property
    def kind(self) -> str: ...
    @property
    def command_id(self) -> bytes: ...
    @property
    def incident_id(self) -> bytes: ...
    @property
    def alert(self) -> str: ...
    @property
    def revision(self) -> int: ...
    @property
    def actor(self) -> str: ...
    @property
    def at(self) -> Micros: ...
    @property
    def undoes(self) -> bytes: ...
    @property
    def data(self) -> dict[str, Any]: ...


class Scene(Protocol):
    """The state that a command or report is decided against, each earlier item of the same batch included."""

    @property
    def policy(self) -> Policy: ...
    @property
    def now(self) -> Micros: ...
    def incident(self, id: bytes) -> Incident | None:
        """Return the incident with this id."""

    def by_number(self, number: int) -> Incident | None:
        """Return the incident with this number."""

    def children(self, number: int) -> list[Incident]:
        """Return the incidents whose parent is this number, merged ones included."""

    def alerts(self, number: int) -> list[Alert]:
        """Return the alerts attached to this incident."""

    def alert(self, ref: str) -> Alert | None:
        """Return the alert with this identity."""

    def open_group(self, group_key: str) -> Incident | None:
        """Return the newest incident of this group that is open, or merged into one that is open in the end."""

    def events_since(self, id: bytes, revision: int) -> list[PastEvent]:
        """Return the incident's events after `revision`, in order."""

    def events_of(self, command_id: bytes) -> list[PastEvent]:
        """Return what came of a command, in order; empty if nothing did."""

    def desk_view(self, name: str) -> SavedView | None:
        """Return the desk's view of this name."""

    def new_number(self) -> int:
        """Return the next incident number and use it up."""

    def counter(self, ref: str) -> Counter:
        """Return what is counted of an alert beside the journal."""
