"""A real alert from firing to closed, key by key, without leaving the home row: seven keys and a note."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.contract.desk import rows, sound
from tests.journeys.conftest import Sit, sit
from tests.real.conftest import AlertmanagerProcess

pytestmark = [pytest.mark.real, pytest.mark.pty]

__all__ = ["sit"]

LABELS = {"alertname": "LinkDown", "instance": "pe02.ams1", "severity": "critical", "site": "ams1"}


def test_from_firing_to_closed_in_seven_keys(real_alertmanager: AlertmanagerProcess, sit: Sit, tmp_path: Path) -> None:
    store = tmp_path / "noc.db"
    terminal = sit()
    words = ("--store", str(store), "--alertmanager", f"am={real_alertmanager.url}", "--theme", "dark")
    terminal.start(*words)
    terminal.sees(r"sources 1/1")

    began = datetime.now(UTC)
    alert = {"labels": LABELS, "annotations": {"summary": "uplink lost"}, "startsAt": began.isoformat()}
    real_alertmanager.fire(alert)
    terminal.sees(r"!1 .*pe02\.ams1 .*uplink lost")

    terminal.press("Tab", "t")
    terminal.sees(r"INC-000001 pe02\.ams1 taken\.")
    terminal.press("n")
    terminal.sees(r"^ note\b")
    terminal.write("fibre reseated")
    terminal.press("Enter")
    terminal.sees(r"INC-000001 pe02\.ams1 noted\.")
    real_alertmanager.fire(alert | {"endsAt": (began + timedelta(milliseconds=1)).isoformat()})
    terminal.press("r", "f")
    terminal.sees(r"INC-000001 pe02\.ams1 resolved as fixed\.")
    terminal.press("c")
    terminal.sees(r"INC-000001 (pe02\.ams1 )?closed\.")

    assert terminal.pressed == 7
    done = rows(store, "SELECT kind FROM journal WHERE number = 1 AND actor = 'me' ORDER BY seq")
    assert [kind for (kind,) in done] == [
        "incident.taken", "incident.noted", "incident.resolved", "incident.closed",
    ]  # fmt: skip
    terminal.press("Ctrl-q")
    assert terminal.ends() == 0
    assert sound(store)
