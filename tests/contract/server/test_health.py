"""How the server is: alive, ready, and in figures that Prometheus can read."""

from __future__ import annotations

import re
from pathlib import Path

from noc_tui.store.errors import StoreBusy
from tests.architecture.tree import ROOT
from tests.contract.desk import report
from tests.contract.server.house import Client, House, house
from tests.contract.server.test_journal import command, start

_SAMPLE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"\n]*"(,[a-z_]+="[^"\n]*")*\})? (\d+(\.\d+)?(e[+-]\d+)?)')


async def test_it_is_ready_while_it_can_serve_and_says_why_not(served: House) -> None:
    async with served.bare() as http:
        assert (await http.get("/healthz")).status_code == 200
        assert (await http.get("/readyz")).status_code == 200
        served.desk.watch.trouble = str(StoreBusy(served.store, "another process"))
        answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "unready")
        assert "another process" in answer.json()["error"]
        await served.until(lambda: not served.desk.trouble)
        served.desk.watch.stop()
        assert (await http.get("/readyz")).status_code == 503
        assert (await http.get("/healthz")).status_code == 200


async def test_it_is_not_ready_once_a_thread_has_died(tmp_path: Path) -> None:
    async with house(tmp_path / "noc.db") as served, served.bare() as http:
        await served.desk.intake.close()
        answer = await http.get("/readyz")
        assert (answer.status_code, answer.json()["code"]) == (503, "unready")
        served.desk.intake.close = served.desk.appender.close  # type: ignore[method-assign] # it is over already


async def test_its_figures_are_what_happened(served: House, ana: Client) -> None:
    one = command()
    await ana.push(one, command())
    await ana.push(one)
    await served.desk.intake.take([report("k1")], [("odd", b"?")], "sim")
    await served.until(lambda: served.desk.tail.head.seq == 4)
    cursor = await start(ana)
    await ana.get("/v1/journal", epoch=cursor.epoch.hex(), after="1", hash=bytes(32).hex())
    answer = await ana.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    figures = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    document = (ROOT / "docs/operating.md").read_text(encoding="utf-8")
    assert figures == set(re.findall(r"`(noc_tui_\w+)`", document))
    assert all(line.startswith("# ") or _SAMPLE.fullmatch(line) for line in lines), lines
    for line in (
        "noc_tui_up 1",
        "noc_tui_journal_head 4",
        "noc_tui_incidents_open 3",
        "noc_tui_quarantined 1",
        "noc_tui_agent_up 0",
        "noc_tui_forks_total 1",
        "noc_tui_reports_total 1",
        'noc_tui_commands_total{outcome="ok"} 2',
        'noc_tui_commands_total{outcome="repeated"} 1',
        'noc_tui_requests_total{route="commands",status="200"} 2',
        'noc_tui_request_seconds_count{route="commands"} 2',
    ):
        assert line in lines
