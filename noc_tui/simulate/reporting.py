"""What a monitoring system would report of a fault: raised, worsened, cleared, always under the same key."""

from __future__ import annotations

from msgspec.structs import replace

from noc_tui.incidents.model import Labels, Micros, Report
from noc_tui.simulate.faults import Fault, category_of, slug_of
from noc_tui.simulate.wording import INSTANCE, WHO, Rand
from noc_tui.simulate.world import Resource

Timed = tuple[Micros, Report]
"""A report and when it arrives."""


def report_fault(resource: Resource, fault: Fault, rand: Rand, at: Micros) -> Report:
    """Return the report that raises this fault of this resource, with numbers from `rand`."""
    summary = fault.says.say(rand)
    if resource.role == "cust":
        summary = summary.replace(WHO, resource.named)
    part: Labels = ()
    key = f"{resource.name}/{fault.slug}"
    if fault.instance is not None:
        instance = fault.instance.say(rand)
        summary = summary.replace(INSTANCE, instance)
        part = (("instance", instance),)
        key = f"{key}/{instance}"
    return Report(
        source=fault.source,
        key=key,
        severity=fault.severity,
        resource=resource.name,
        summary=summary,
        service=resource.service,
        site=resource.site,
        labels=(
            ("alertname", fault.name),
            ("category", fault.category),
            *resource.customer_labels(),
            *part,
            ("resource", resource.name),
            ("runbook", fault.runbook),
            *resource.place_labels(),
        ),
        starts_at=at,
        at=at,
    )


def report_condition(
    resource: Resource,
    name: str,
    summary: str,
    at: Micros,
    *,
    severity: str,
    source: str,
    instance: str = "",
    **labels: str,
) -> Report:
    """Return the report that raises a condition that a scenario words itself.

    `labels` are further ones, such as `circuit`, `power` or `release`; `category` and `runbook` have defaults. The
    circuit is part of the key: a router that ends two fibres has other ports and sessions on each.
    """
    values = dict(resource.customer_labels()) | dict(resource.place_labels())
    values |= {"alertname": name, "resource": resource.name}
    if instance:
        values["instance"] = instance
    values |= labels
    values.setdefault("category", category_of(resource.role, name))
    values.setdefault("runbook", f"rb/{slug_of(name)}")
    return Report(
        source=source,
        key="/".join(part for part in (resource.name, slug_of(name), instance, labels.get("circuit", "")) if part),
        severity=severity,
        resource=resource.name,
        summary=summary,
        service=resource.service,
        site=resource.site,
        labels=tuple(sorted(values.items())),
        starts_at=at,
        at=at,
    )


def worsened(report: Report, at: Micros, severity: str, summary: str) -> Report:
    """Return the report that the same condition is now of another severity."""
    return replace(report, severity=severity, summary=summary, at=at)


def cleared(report: Report, at: Micros) -> Report:
    """Return the report that the condition is over."""
    return replace(report, firing=False, at=at)


def raised_again(report: Report, at: Micros) -> Report:
    """Return the report that the condition is back, as of now."""
    return replace(report, firing=True, starts_at=at, at=at)
