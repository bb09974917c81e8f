"""What a report says of its alert, and how that differs from what is known of it."""

from __future__ import annotations

from typing import Final

from noc_tui.incidents.commands import Patch
from noc_tui.incidents.model import SEVERITIES, SEVERITY_RANK, Alert, Labels, Report
from noc_tui.incidents.text import clean

_WORDED: Final = ("summary", "resource", "service", "site", "url")
"""What a source says of an alert in words of its own, its labels apart."""


def said(report: Report) -> Patch:
    """Return the alert's fields as the source says them now."""
    return {
        "severity": severity_of(report),
        "resource": report.resource,
        "summary": report.summary,
        "service": report.service,
        "site": report.site,
        "labels": report.labels,
        "url": report.url,
        "suppressed_by": report.suppressed_by,
    }


def severity_of(report: Report) -> str:
    """Return the severity that the report gives; a word that is none is indeterminate."""
    return report.severity if report.severity in SEVERITY_RANK else SEVERITIES[0]


def began_later(report: Report, alert: Alert) -> bool:
    """Return whether it tells of a later occurrence than the known one, whose end then never reached us."""
    known = alert.raised_at if alert.starts_at is None else alert.starts_at
    return None not in (report.starts_at, known) and (report.starts_at or 0) > (known or 0)


def other_start(report: Report, alert: Alert) -> Patch:
    """Return since when the alert fires, where its source says otherwise than is known.

    Later is another occurrence. Earlier is the same one, of which more is known now: Alertmanager keeps the earlier
    start of what two Prometheus tell it, and its end would else be taken for the end of an occurrence before.
    """
    earlier = None not in (report.starts_at, alert.starts_at) and (report.starts_at or 0) < (alert.starts_at or 0)
    return {"starts_at": report.starts_at} if earlier or began_later(report, alert) else {}


def differs(text: str, known: str) -> bool:
    """Return whether a source's text is another than the known one, which may have been cleaned when it was kept."""
    return text != known and clean(text) != known


def reworded(report: Report, alert: Alert) -> Patch:
    """Return what the source says in other words than before, another start included."""
    found = other_start(report, alert)
    for name in _WORDED:
        text = getattr(report, name)
        if differs(text, getattr(alert, name)):
            found[name] = text
    if report.labels != alert.labels and _cleaned(report.labels) != alert.labels:
        found["labels"] = report.labels
    return found


def _cleaned(labels: Labels) -> Labels:
    return tuple([(clean(name), clean(value)) for name, value in labels])
