"""What an incident and an alert are: the values that the whole product folds, shows and stores.

Times are whole microseconds since the epoch, UTC (`Micros`); `None` is "not so far". An empty string is
"nobody" or "nothing". Severities are those of ITU-T X.733 and RFC 8632; "cleared" is a flag, never a severity.
"""

from __future__ import annotations

from typing import Final

import msgspec

Micros = int
"""An instant or a duration in whole microseconds (instants: since the epoch, UTC)."""

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

SEVERITIES: Final = ("indeterminate", "warning", "minor", "major", "critical")
"""From least to worst (RFC 8632 `severity`)."""
SEVERITY_RANK: Final = {name: rank for rank, name in enumerate(SEVERITIES)}

STATES: Final = ("new", "acked", "active", "held", "resolved", "closed", "merged")
OPEN_STATES: Final = frozenset(("new", "acked", "active", "held"))
"""States in which somebody still has to do something."""

LEVELS: Final = ("high", "medium", "low")
"""Impact and urgency, worst first."""
CATEGORIES: Final = ("network", "application", "hardware", "security", "facility", "other")
RESOLUTION_CODES: Final = {
    "f": "fixed",
    "w": "workaround",
    "c": "cleared by itself",
    "n": "no fault found",
    "d": "duplicate",
    "m": "planned maintenance",
    "p": "provider or external",
    "u": "user or customer side",
    "x": "false alarm",
}
HOLD_REASONS: Final = {
    "c": "customer",
    "p": "provider",
    "t": "parts",
    "h": "change",
    "m": "monitoring",
}

Labels = tuple[tuple[str, str], ...]
"""An alert's labels, sorted by name."""


class Incident(msgspec.Struct, frozen=True, gc=False):
    """One incident as folded from its events: what people work on.

    `revision` counts its events from 1 without a gap. `changed_seq` is the journal's seq of the last one.
    Dues are absolute instants; `resolution_due` is None while the clock is paused, and then
    `resolution_left` holds the microseconds that remain.
    """

    id: bytes
    number: int
    revision: int = 0
    changed_seq: int = 0
    title: str = ""
    state: str = "new"
    attention: bool = True
    touched: bool = False
    priority: int = 4
    priority_fixed: bool = False
    title_fixed: bool = False
    impact: str = "medium"
    urgency: str = "low"
    severity: str = "indeterminate"
    category: str = "other"
    major: bool = False
    service: str = ""
    resource: str = ""
    site: str = ""
    owner: str = ""
    team: str = ""
    tier: int = 1
    level: int = 0
    source: str = ""
    group_key: str = ""
    alert_count: int = 0
    alerts_firing: int = 0
    alerts_shelved: int = 0
    alerts_suppressed: int = 0
    flapping: bool = False
    toggles: int = 0
    opened_at: Micros = 0
    updated_at: Micros = 0
    last_alert_at: Micros | None = None
    cleared_at: Micros | None = None
    acked_at: Micros | None = None
    resolved_at: Micros | None = None
    closed_at: Micros | None = None
    snoozed_until: Micros | None = None
    snoozed_till_clear: bool = False
    shelved_until: Micros | None = None
    held_since: Micros | None = None
    held_until: Micros | None = None
    held_reason: str = ""
    suppressed_by: str = ""
    response_due: Micros | None = None
    resolution_due: Micros | None = None
    resolution_left: Micros | None = None
    parent: int = 0
    prior_state: str = ""
    recurrence_of: int = 0
    reopen_count: int = 0
    resolution_code: str = ""
    cause: str = ""
    labels: tuple[str, ...] = ()


class Alert(msgspec.Struct, frozen=True, gc=False):
    """One condition that a source reports about a resource, folded from its events.

    Its identity is `ref` = "source:key", the source's name and its dedup key. `incident` is the number of the
    incident it is attached to, 0 if none.
    """

    ref: str
    source: str = ""
    key: str = ""
    incident: int = 0
    firing: bool = False
    severity: str = "indeterminate"
    resource: str = ""
    summary: str = ""
    service: str = ""
    site: str = ""
    labels: Labels = ()
    url: str = ""
    starts_at: Micros | None = None
    raised_at: Micros | None = None
    cleared_at: Micros | None = None
    raises: int = 0
    recent_toggles: tuple[Micros, ...] = ()
    flapping: bool = False
    toggles: int = 0
    shelved_until: Micros | None = None
    shelved_till_clear: bool = False
    shelved_by: str = ""
    shelf_reason: str = ""
    suppressed_by: str = ""
    changed_seq: int = 0


class Report(msgspec.Struct, frozen=True, gc=False, kw_only=True):
    """What a source said about one condition at one moment, in our words; the input of the intake.

    `firing` False says the condition is over. `suppressed_by` names the silence or inhibition of the source that
    hides it. `at` is when the source says it happened; `damaged` marks text that was not valid UTF-8. `anew` marks what
    the source says once of something that happened, and not again and again of something that goes on.
    """

    source: str
    key: str
    firing: bool = True
    severity: str = "indeterminate"
    resource: str = ""
    summary: str = ""
    service: str = ""
    site: str = ""
    labels: Labels = ()
    url: str = ""
    starts_at: Micros | None = None
    suppressed_by: str = ""
    at: Micros | None = None
    damaged: bool = False
    anew: bool = False

    @property
    def ref(self) -> str:
        """The alert's identity: source and dedup key."""
        return f"{self.source}:{self.key}"


def provisional_number(id: bytes) -> int:
    """Return the number below zero that stands for that of an incident which has none yet, told apart by its id."""
    return -max(1, int.from_bytes(id[-6:], "big"))


def number_text(number: int, id: bytes = b"") -> str:
    """Return `INC-000042`; before a number is given, `INC-~` and the last four hex digits of the id."""
    if number < 0:
        return f"INC-~{-number & 0xFFFF:04x}"
    return f"INC-{number:06d}" if number else f"INC-~{id.hex()[-4:]}"
