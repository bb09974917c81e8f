"""What changed between two complete answers of a source: new, changed, gone. Pure.

A source that is polled never says that an alert is over, the alert is just not there any more. So an answer must
be complete to be compared: whoever could not read one in full must not come here with the part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import msgspec

from noc_tui.incidents.model import Alert, Report
from noc_tui.sources.reading import Odd, Parsed


class Known(msgspec.Struct, frozen=True):
    """What a source had at its last kept poll: report by key, and the digests of what could not be read."""

    reports: dict[str, Report] = {}
    odd: frozenset[bytes] = frozenset()


class Difference(msgspec.Struct, frozen=True):
    """What to take in, and what is known afterwards.

    `appeared` are new or changed, `gone` are cleared reports, `odd` have not been seen before.
    """

    appeared: list[Report]
    gone: list[Report]
    odd: list[Odd]
    known: Known


def known_from(alerts: Iterable[Alert], source: str) -> Known:
    """Return what the store knows of a source, so that what ended while nobody looked is cleared."""
    return Known(
        {
            alert.key: Report(
                source=source,
                key=alert.key,
                severity=alert.severity,
                resource=alert.resource,
                summary=alert.summary,
                service=alert.service,
                site=alert.site,
                labels=alert.labels,
                url=alert.url,
                starts_at=alert.starts_at,
                suppressed_by=alert.suppressed_by,
            )
            for alert in alerts
            if alert.firing and alert.source == source
        }
    )


def compare(known: Known, parsed: Parsed, *, may_clear: bool = True) -> Difference:
    """Compare a complete answer with what is known.

    An alert that is there but could not be read is neither gone nor changed. With `may_clear` False (the source
    has just started and does not know its alerts yet) nothing is gone, and what is missing stays known.
    """
    now: dict[str, Report] = {}
    appeared = []
    for report in parsed.reports:
        if report.key in now:
            continue  # two of one key would take turns at every poll: the first one counts
        now[report.key] = report
        before = known.reports.get(report.key)
        if before is None or _differs(before, report):
            appeared.append(report)
    unread = {odd.key for odd in parsed.odd if odd.key}
    gone = []
    for key, before in known.reports.items():
        if key in now:
            continue
        if key in unread or not may_clear:
            now[key] = before
        else:
            gone.append(msgspec.structs.replace(before, firing=False, suppressed_by="", at=None))
    digests = {hashlib.sha256(odd.body).digest(): odd for odd in parsed.odd}
    fresh = [odd for digest, odd in digests.items() if digest not in known.odd]
    return Difference(appeared, gone, fresh, Known(now, frozenset(digests)))


def _differs(before: Report, now: Report) -> bool:
    """Whether a source says something else; when it last touched the alert is not said by it."""
    return msgspec.structs.replace(before, at=now.at, damaged=now.damaged, anew=now.anew) != now
