"""Which alerts belong together: labels named by the policy, within a window (DESIGN.md 8.6)."""

from __future__ import annotations

from noc_tui.incidents.model import Incident, Micros, Report
from noc_tui.incidents.policy import ALONE, Grouping, Policy

_FIELDS = ("resource", "service", "site", "source")


def _values(report: Report) -> dict[str, str]:
    """The report's labels; its own fields fill in where no label has their name."""
    values = dict(report.labels)
    for name in _FIELDS:
        value = getattr(report, name)
        if value:
            values.setdefault(name, value)
    return values


def rule_for(policy: Policy, report: Report) -> tuple[Grouping, str] | None:
    """Return the first rule that fits the report and the group's key, or None if it stands alone."""
    values = _values(report)
    for rule in policy.grouping:
        if any(values.get(name) != value for name, value in rule.match.items()):
            continue
        parts = [values.get(name, "") for name in rule.by]
        if all(parts):
            return rule, "\x1f".join((rule.name, *parts))
    return None


def group_key(policy: Policy, report: Report) -> str:
    """Return the key of the group that the report belongs to; an alert that no rule groups has one of its own."""
    found = rule_for(policy, report)
    return found[1] if found else f"{ALONE}\x1f{report.ref}"


def window_of(policy: Policy, key: str) -> Micros:
    """Return how long after its last alert a group still takes another."""
    name = key.partition("\x1f")[0]
    return next((rule.window for rule in policy.grouping if rule.name == name), 0)


def takes(policy: Policy, incident: Incident, now: Micros) -> bool:
    """Return whether an open incident still gathers alerts of its group at `now`."""
    last = incident.last_alert_at or incident.opened_at
    return now - last <= window_of(policy, incident.group_key)
