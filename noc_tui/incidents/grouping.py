"""Which alerts belong together: labels named by the policy, within a window (DESIGN.md 8.6)."""

from __future__ import annotations

from noc_tui.incidents.model import Incident, Micros, Report
from noc_tui.incidents.policy import ALONE, Grouping, Policy

_FIELDS = ("resource", "service", "site", "source")


def _value(report: Report, labels: dict[str, str], name: str) -> str:
    """A label's value; where there is no such label, the report's own field of that name."""
    value = labels.get(name)
    if value is None:
        return str(getattr(report, name)) if name in _FIELDS else ""
    return value


def rule_for(policy: Policy, report: Report) -> tuple[Grouping, str] | None:
    """Return the first rule that fits the report and the group's key, or None if it stands alone."""
    labels = dict(report.labels)
    for rule in policy.grouping:
        if rule.match and any(_value(report, labels, name) != value for name, value in rule.match.items()):
            continue
        parts = [_value(report, labels, name) for name in rule.by]
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
