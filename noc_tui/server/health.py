"""How the server is: alive, ready, and in figures."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from noc_tui.server.asking import desk_of
from noc_tui.server.desk import Desk
from noc_tui.server.metrics import CONTENT_TYPE, Series, exposition
from noc_tui.server.refusing import Refused, json_response
from noc_tui.store.board_reader import BoardReader


async def healthz(request: Request) -> Response:
    """Answer that the process is alive."""
    return json_response({"ok": True})


async def readyz(request: Request) -> Response:
    """Answer whether it can serve; if not, why."""
    trouble = desk_of(request).trouble
    if trouble:
        raise Refused(503, "unready", trouble)
    return json_response({"ok": True})


async def metrics(request: Request) -> Response:
    """Answer in figures, for Prometheus."""
    desk = desk_of(request)
    opened = await asyncio.to_thread(_open_count, desk)
    return Response(exposition(_series(desk, opened), desk.metrics.latency), media_type=CONTENT_TYPE)


def _open_count(desk: Desk) -> tuple[int, int]:
    board = BoardReader(desk.store.path)
    try:
        return board.open_count(), board.quarantined()
    finally:
        board.close()


def _series(desk: Desk, counted: tuple[int, int]) -> list[Series]:
    own = desk.metrics
    opened, quarantined = counted
    return [
        ("noc_tui_up", "gauge", "Whether the server can serve as it should.", [("", int(not desk.trouble))]),
        ("noc_tui_journal_head", "gauge", "Seq of the journal's last event.", [("", desk.tail.head.seq)]),
        ("noc_tui_incidents_open", "gauge", "Incidents that are open.", [("", opened)]),
        ("noc_tui_quarantined", "gauge", "What was sent and could not be read.", [("", quarantined)]),
        ("noc_tui_commands_waiting", "gauge", "Commands not answered yet.", [("", desk.appender.waiting)]),
        ("noc_tui_reports_waiting", "gauge", "Reports not answered yet.", [("", desk.intake.waiting)]),
        ("noc_tui_polls_held", "gauge", "Polls that wait for news.", [("", desk.watch.held)]),
        ("noc_tui_present", "gauge", "Consoles that poll.", [("", len(desk.present.remote()))]),
        ("noc_tui_agent_up", "gauge", "Whether the agent does its duties.", [("", int(desk.present.agent_well))]),
        ("noc_tui_forks_total", "counter", "Cursors that were not on the journal's history.", [("", own.forks)]),
        ("noc_tui_bugs_total", "counter", "Requests that failed by a fault of the server.", [("", own.bugs)]),
        ("noc_tui_reports_total", "counter", "Reports taken in.", [("", desk.intake.taken)]),
        (
            "noc_tui_commands_total",
            "counter",
            "Commands answered, by outcome.",
            [(f'{{outcome="{word}"}}', count) for word, count in sorted(own.commands.items())],
        ),
        (
            "noc_tui_requests_total",
            "counter",
            "Answers, by route and status.",
            [
                (f'{{route="{route}",status="{status}"}}', count)
                for (route, status), count in sorted(own.requests.items())
            ],
        ),
    ]
