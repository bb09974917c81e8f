"""The desk's policy: matrix, targets, grouping, quiet times and limits, as data that travels in the journal.

DESIGN.md 8.7. Written by people as JSON with durations in words (`"5m"`); every mistake is named by its path.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import msgspec

from noc_tui.incidents.durations import duration_text, parse_duration
from noc_tui.incidents.model import DAY, HOLD_REASONS, HOUR, LEVELS, MINUTE, SEVERITIES, Micros

FEWEST_TOGGLES: Final = 3
"""Fewer changes than raised, cleared, raised are no flapping."""


ALONE: Final = "alone"
"""The name of the group of an alert that no rule groups."""


class PolicyError(ValueError):
    """A policy that cannot be taken; the message says where and why."""


class Grouping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Alerts that agree in all labels `by` within `window` of each other are one incident.

    `by` may name labels, or the fields resource, service, site, source. `match` restricts it to alerts with these
    label values. An alert that lacks one of `by` is not grouped by this rule; the first rule that fits decides.
    """

    name: str
    by: tuple[str, ...]
    window: Micros = 10 * MINUTE
    match: dict[str, str] = {}
    title: str = ""


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long a priority may take: to be acknowledged, and to be resolved (microseconds)."""

    response: Micros
    resolution: Micros


class RaisedImpact(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A label value that raises the impact of a new incident to at least `impact`."""

    label: str
    value: str
    impact: str


SEVERITY_LEVELS: Final[dict[str, tuple[str, str]]] = {
    "critical": ("high", "high"),
    "major": ("medium", "high"),
    "minor": ("medium", "medium"),
    "warning": ("medium", "low"),
    "indeterminate": ("medium", "low"),
}
"""What a severity means for impact and urgency, when nobody has classed the incident (OPERATOR.md 1.2)."""

TARGETS: Final[dict[int, Target]] = {
    1: Target(15 * MINUTE, 4 * HOUR),
    2: Target(30 * MINUTE, 8 * HOUR),
    3: Target(HOUR, DAY),
    4: Target(8 * HOUR, 3 * DAY),
    5: Target(DAY, 7 * DAY),
}
"""The clocks of each priority that a new store starts with."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """All that the rules leave to the desk; `Policy()` is what a new store starts with."""

    matrix: tuple[tuple[int, int, int], ...] = ((1, 2, 3), (2, 3, 4), (3, 4, 5))
    severity: dict[str, tuple[str, str]] = msgspec.field(default_factory=lambda: dict(SEVERITY_LEVELS))
    raise_impact: tuple[RaisedImpact, ...] = (RaisedImpact("tier", "gold", "high"),)
    grouping: tuple[Grouping, ...] = (
        Grouping(name="circuit", by=("circuit",), title="{circuit}"),
        Grouping(name="power", by=("power",), title="{power}"),
        Grouping(name="resource", by=("resource",)),
    )
    category_label: str = "category"
    targets: dict[int, Target] = msgspec.field(default_factory=lambda: dict(TARGETS))
    pausing: tuple[str, ...] = tuple(HOLD_REASONS.values())
    quiet: Micros = 5 * MINUTE
    reopen_window: Micros = HOUR
    flap_toggles: int = 6
    flap_window: Micros = 5 * MINUTE
    flap_quiet: Micros = 5 * MINUTE
    snooze_max: Micros = 8 * HOUR
    shelf_max: Micros = 8 * HOUR
    resolved_shown: Micros = 15 * MINUTE
    auto_close: Micros = 72 * HOUR
    teams: tuple[str, ...] = ("t1", "t2", "t3")
    managers: tuple[str, ...] = ("duty manager", "head of operations")

    def target(self, priority: int) -> Target:
        """Return the clocks of a priority."""
        return self.targets[priority]


_DURATIONS = frozenset(
    (
        "quiet",
        "reopen_window",
        "flap_window",
        "flap_quiet",
        "snooze_max",
        "shelf_max",
        "resolved_shown",
        "auto_close",
        "window",
        "response",
        "resolution",
    )
)


_FREE: Final = frozenset(("match",))
"""Settings whose names are the desk's own: a label may be called `window`, too."""


def policy_to(policy: Policy) -> dict[str, Any]:
    """Return the policy as people write it: JSON types, durations in words."""
    worded = _durations_to_words(msgspec.to_builtins(policy, str_keys=True))
    assert isinstance(worded, dict)  # a struct always becomes an object
    return worded


def _durations_to_words(value: Any, name: str = "") -> Any:
    if name in _FREE:
        return value
    if isinstance(value, dict):
        return {key: _durations_to_words(item, key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_durations_to_words(item) for item in value]
    if name in _DURATIONS and isinstance(value, int):
        return duration_text(value)
    return value


def policy_from(data: object) -> Policy:
    """Return the policy that `data` (decoded JSON) describes; what is not named keeps its default.

    PolicyError names the place, what is wrong with it and what is allowed.
    """
    if not isinstance(data, dict):
        raise PolicyError("a policy is a JSON object, like the one `noc-tui policy show` prints")
    unknown = sorted(set(data) - set(Policy.__struct_fields__))
    if unknown:
        raise PolicyError(f"unknown setting {unknown[0]!r}; the settings are {', '.join(Policy.__struct_fields__)}")
    try:
        policy = msgspec.convert(_durations_from_words(data, "policy"), Policy, strict=False)
    except msgspec.ValidationError as error:
        raise PolicyError(str(error)) from None
    _check(policy)
    return policy


def _durations_from_words(value: Any, path: str, name: str = "") -> Any:
    if name in _FREE:
        return value
    if isinstance(value, dict):
        return {key: _durations_from_words(item, f"{path}.{key}", key) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_durations_from_words(item, f"{path}[{place}]") for place, item in enumerate(value)]
    if name in _DURATIONS:
        try:
            return parse_duration(str(value))
        except ValueError as error:
            raise PolicyError(f"{path}: {error}") from None
    return value


def _check(policy: Policy) -> None:
    faults = (*_matrix_faults(policy), *_target_faults(policy), *_grouping_faults(policy), *_limit_faults(policy))
    if faults:
        raise PolicyError(faults[0])


def _matrix_faults(policy: Policy) -> Iterator[str]:
    if len(policy.matrix) != len(LEVELS) or any(p not in range(1, 6) for row in policy.matrix for p in row):
        yield "matrix: three rows (impact high, medium, low) of three priorities from 1 to 5"
    if set(policy.severity) != set(SEVERITIES):
        yield f"severity: needs an entry for each of {', '.join(SEVERITIES)}"
    for name, pair in policy.severity.items():
        if any(level not in LEVELS for level in pair):
            yield f"severity.{name}: impact and urgency are each one of {', '.join(LEVELS)}"
    for place, raised in enumerate(policy.raise_impact):
        if raised.impact not in LEVELS:
            yield f"raise_impact[{place}].impact: one of {', '.join(LEVELS)}"


def _target_faults(policy: Policy) -> Iterator[str]:
    if set(policy.targets) != set(range(1, 6)):
        yield "targets: needs an entry for each priority from 1 to 5"
    for priority, target in policy.targets.items():
        if target.response <= 0 or target.resolution <= 0:
            yield f"targets.{priority}: response and resolution are longer than nothing"


def _grouping_faults(policy: Policy) -> Iterator[str]:
    names: set[str] = set()
    for place, rule in enumerate(policy.grouping):
        if not rule.by:
            yield f"grouping[{place}].by: names at least one label, or all alerts would be one incident"
        if not rule.name:
            yield f"grouping[{place}].name: says what the rule is about"
        if rule.name == ALONE:
            yield f"grouping[{place}].name: is given to alerts that no rule groups; choose another"
        if rule.name in names:
            yield f"grouping[{place}].name: is taken already; each rule has one of its own"
        names.add(rule.name)


def _limit_faults(policy: Policy) -> Iterator[str]:
    if policy.flap_toggles < FEWEST_TOGGLES:
        yield f"flap_toggles: at least {FEWEST_TOGGLES} changes (raised, cleared, raised) are flapping"
    if not policy.teams:
        yield "teams: names at least one team, the first line"
    for place, reason in enumerate(policy.pausing):
        if reason not in HOLD_REASONS.values():
            yield f"pausing[{place}]: one of {', '.join(HOLD_REASONS.values())}"
