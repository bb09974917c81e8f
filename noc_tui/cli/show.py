"""`noc-tui show`: one incident with its alerts and its timeline."""

from __future__ import annotations

from collections.abc import Iterator

import click

from noc_tui.cli import said
from noc_tui.cli.board_text import line_width, state_text, table
from noc_tui.cli.faults import OK, Trouble
from noc_tui.cli.invocation import Invocation, pass_any_invocation
from noc_tui.cli.reading import Reading, all_alerts, ask_any
from noc_tui.cli.shape import Command
from noc_tui.cli.values import NumberType
from noc_tui.console.event_text import lateness, words
from noc_tui.incidents.durations import short
from noc_tui.incidents.model import Alert, Incident, Micros, number_text
from noc_tui.incidents.text import clean
from noc_tui.incidents.times import day_clock, echo
from noc_tui.journal.envelope import Event
from noc_tui.journal.wire import alert_json, event_json, incident_json


@click.command(cls=Command)
@click.argument("number", type=NumberType())
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with `events` and `alerts`.")
@pass_any_invocation
def show(invocation: Invocation, number: int, as_json: bool) -> int:
    """Print an incident with its alerts and its timeline.

    NUMBER is 42, INC-42 or INC-000042.
    """

    async def read(reader: Reading) -> tuple[Incident | None, list[Alert], list[Event]]:
        incident = await reader.incident(number)
        if incident is None:
            return None, [], []
        return incident, await all_alerts(reader, number), await reader.whole_timeline(number)

    incident, alerts, events = ask_any(invocation, read)
    if incident is None:
        raise Trouble(f"There is no incident {number_text(number)} in {invocation.place}: `noc-tui list` shows them.")
    if as_json:
        shape = incident_json(incident)
        shape["events"] = [event_json(event) for event in events]
        shape["alerts"] = [alert_json(alert) for alert in alerts]
        said.document(shape)
        return OK
    for line in _text(incident, alerts, events, invocation):
        said.line(line)
    return OK


def _text(incident: Incident, alerts: list[Alert], events: list[Event], invocation: Invocation) -> Iterator[str]:
    now = invocation.now()
    major = "  MAJOR" if incident.major else ""
    name = number_text(incident.number, incident.id)
    yield f"{name}  P{incident.priority}  {state_text(incident, now)}{major}  {clean(incident.title)}"
    yield ""
    for label, value in _facts(incident, invocation, now):
        if value:
            yield f"{label:<12}{clean(value)}"
    if alerts:
        yield ""
        yield f"Alerts: {len(alerts)}, {incident.alerts_firing} firing"
        rows = [("", "SEVERITY", "SINCE", "RESOURCE", "SUMMARY"), *(_alert_row(alert, now) for alert in alerts)]
        yield from table(rows, line_width())
    yield ""
    yield "Timeline (UTC)"
    rows = [("", "", "", ""), *(_event_row(event) for event in events)]
    yield from list(table(rows, line_width()))[1:]


def _facts(incident: Incident, invocation: Invocation, now: Micros) -> Iterator[tuple[str, str]]:
    def at(instant: Micros | None) -> str:
        return echo(instant, invocation.zone) if instant is not None else ""

    def clock(due: Micros | None) -> str:
        if due is None:
            return ""
        return f"{at(due)} ({short(due - now)} left)" if due > now else f"{at(due)} ({short(now - due)} late)"

    open_ = incident.state in ("new", "acked", "active", "held")
    yield "Resource", incident.resource
    yield "Service", incident.service
    yield "Site", incident.site
    yield "Severity", incident.severity
    yield "Impact", f"{incident.impact}, urgency {incident.urgency}"
    yield "Category", incident.category
    yield "Owner", incident.owner or "nobody"
    yield "Team", incident.team
    yield "Source", incident.source or "a person"
    yield "Labels", " ".join(incident.labels)
    yield "Parent", number_text(incident.parent) if incident.parent else ""
    yield "Opened", f"{at(incident.opened_at)} ({short(now - incident.opened_at)} ago)"
    yield "Respond by", clock(incident.response_due) if open_ and incident.acked_at is None else ""
    yield "Acked", at(incident.acked_at)
    yield "Resolve by", clock(incident.resolution_due) if open_ else ""
    yield (
        "Held",
        f"for {incident.held_reason}" + (f" until {at(incident.held_until)}" if incident.held_until else "")
        if (incident.state == "held")
        else "",
    )
    yield "Snoozed", f"until {at(incident.snoozed_until)}" if incident.snoozed_until else ""
    yield "Suppressed", incident.suppressed_by
    yield "Resolved", f"{at(incident.resolved_at)}, {incident.resolution_code}" if incident.resolved_at else ""
    yield "Cause", incident.cause
    yield "Closed", at(incident.closed_at)


def _alert_row(alert: Alert, now: Micros) -> tuple[str, ...]:
    since = alert.raised_at if alert.firing else alert.cleared_at
    return (
        "*" if alert.firing else "",
        alert.severity if alert.firing else "cleared",
        short(now - since) if since is not None else "",
        clean(alert.resource),
        clean(alert.summary),
    )


def _event_row(event: Event) -> tuple[str, ...]:
    late = lateness(event)
    return str(event.seq), day_clock(event.at), clean(event.actor), words(event) + (f" ({late})" if late else "")
