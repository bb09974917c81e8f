"""`POST /v1/alerts`: alerts in our own form, one, an array of them, or one a line; each is answered, in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from noc_tui.incidents.commands import Accepted
from noc_tui.incidents.model import Report, number_text
from noc_tui.server.asking import bad, desk_of, identity_of
from noc_tui.server.doors.parsing import parsed
from noc_tui.server.refusing import Refused, json_response
from noc_tui.server.tokens import Identity
from noc_tui.sources.errors import BadAlert, Unreadable
from noc_tui.sources.native import DEFAULT_SOURCE, LONGEST_LINE, parse_alert_json, split

_KEPT: Final = LONGEST_LINE + 1
"""Bytes of something odd that are kept: enough to see that it was too long."""


class _Line(msgspec.Struct, frozen=True):
    """One alert as it was sent: the report that it is, or why it is none."""

    body: bytes
    report: Report | None = None
    fault: str = ""


async def alerts(request: Request) -> Response:
    """Take alerts in and answer each, in order; one that cannot be read is put into quarantine, and answered so."""
    identity = identity_of(request)
    source = identity.source or DEFAULT_SOURCE
    try:
        lines = await parsed(request, _lines, source)
    except Unreadable as error:
        raise bad(str(error)) from None
    if not lines:
        raise bad('There is no alert in this body; an alert is a JSON object, like {"resource": "core-sw1"}.')
    reports = [line.report for line in lines if line.report is not None]
    _refuse_others(identity, reports)
    odd = [(line.fault, line.body[:_KEPT]) for line in lines if line.report is None]
    accepted = await desk_of(request).intake.take(reports, odd, source)
    return json_response({"answers": list(_answers(lines, accepted))})


def _lines(body: bytes, source: str) -> list[_Line]:
    return [_line(piece, source) for piece in split(body)]


def _line(body: bytes, source: str) -> _Line:
    try:
        return _Line(body, parse_alert_json(body, source))
    except BadAlert as error:
        return _Line(body, fault=str(error))


def _refuse_others(identity: Identity, reports: Sequence[Report]) -> None:
    """Raise Refused if a source reports under a name that is not its own; then nothing of it is taken."""
    if identity.source and any(report.source != identity.source for report in reports):
        sentence = f"This token brings alerts of source {identity.source} only: leave source out, or name that one."
        raise Refused(403, "source", sentence)


def _answers(lines: Sequence[_Line], accepted: Sequence[Accepted]) -> Iterator[dict[str, Any]]:
    rest = iter(accepted)
    for line in lines:
        if line.report is None:
            yield {"alert": None, "incident": None, "outcome": "quarantined", "reason": line.fault}
            continue
        taken = next(rest)
        yield {
            "alert": line.report.key,
            "incident": number_text(taken.number) if taken.number else None,
            "outcome": taken.outcome,
            "reason": taken.reason or None,
        }
