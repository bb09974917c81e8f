"""What must hold for every report that the simulated NOC makes, whichever part of it made it."""

from __future__ import annotations

from collections.abc import Iterable

from noc_tui.incidents.model import SEVERITIES, Micros, Report

LABELS = {
    "alertname",
    "carrier",
    "category",
    "circuit",
    "customer",
    "customers",
    "instance",
    "power",
    "release",
    "resource",
    "runbook",
    "service",
    "site",
    "tier",
}


def assert_believable(reports: Iterable[Report]) -> None:
    """Fail on a report with unclean text, unsorted labels, or labels that contradict its fields."""
    for report in reports:
        labels = dict(report.labels)
        assert report.severity in SEVERITIES
        assert tuple(sorted(labels.items())) == report.labels, "sorted by name, each name once"
        assert set(labels) <= LABELS
        assert labels["resource"] == report.resource
        assert labels["service"] == report.service
        assert labels["site"] == report.site
        for text in (report.source, report.key, report.resource, report.summary, report.site, *labels.values()):
            assert text, report
            assert text.isprintable(), text
            assert text == " ".join(text.split()), "no blanks to spare"
            assert not {"{", "}", "%s"} & set(text.split()), text
            assert "{" not in text, text
        assert not report.summary.endswith(".")
        assert report.starts_at is not None
        assert report.at is not None
        assert report.starts_at <= report.at


def assert_clears_follow_raises(reports: Iterable[Report]) -> set[str]:
    """Fail where an alert clears that is not firing; return the refs that still fire."""
    firing: dict[str, Micros | None] = {}
    for report in reports:
        if report.firing:
            firing[report.ref] = report.starts_at
        else:
            assert report.ref in firing, f"{report.ref} clears without having been raised"
            assert report.starts_at == firing.pop(report.ref), "it clears what began then"
    return set(firing)
