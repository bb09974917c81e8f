"""A storm for the journeys: alerts that a monitoring system hands over while somebody works."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from noc_tui.incidents.model import Micros
from noc_tui.incidents.times import iso

CIRCUIT: Final = "PAR-LYO-7"
OTHERS: Final = (
    ("fw2.lon1", "HA peer lost", "critical"),
    ("sw11.mrs2", "PSU B failed", "major"),
    ("ap-9.fra2", "access point down", "warning"),
    ("dns3.ams1", "slow answers", "minor"),
    ("rack7.lyo1", "29 C at the inlet", "warning"),
    ("mx3.ams1", "mail queue 9k", "minor"),
)
"""What has nothing to do with the fibre: resource, summary, severity; the first is a P1."""

Alert = dict[str, Any]


class Storm:
    """Alerts that are still to come, and the program that takes them in: `noc-tui alert send`."""

    def __init__(self, store: Path, alerts: Sequence[Alert]) -> None:
        self._left = list(alerts)
        command = [sys.executable, "-P", "-m", "noc_tui", "alert", "send", "--store", str(store), "--json", "-"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)

    def pours(self, count: int) -> None:
        """So many come now; what the console does meanwhile, it does beside them."""
        now, self._left = self._left[:count], self._left[count:]
        assert self._process.stdin is not None
        self._process.stdin.write("".join(f"{json.dumps(alert)}\n" for alert in now).encode())
        self._process.stdin.flush()

    def passes(self) -> None:
        """The rest comes, and all of it is taken in."""
        self.pours(len(self._left))
        self._process.communicate()
        assert self._process.returncode == 0

    def kill(self) -> None:
        """End it if it has not ended."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def storm(store: Path, alerts: Sequence[Alert]) -> Iterator[Storm]:
    """A storm over a store while the block lasts."""
    made = Storm(store, alerts)
    try:
        yield made
    finally:
        made.kill()


def fibre_cut(count: int, since: Micros) -> list[Alert]:
    """So many alerts of one cut fibre, and among them those that have nothing to do with it."""
    alerts: list[Alert] = [
        {
            "key": f"lol-{index}",
            "severity": "critical" if index % 5 == 0 else "major",
            "resource": f"wdm{index % 40}.par3",
            "summary": f"loss of light on et-0/{index // 40}",
            "labels": {"circuit": CIRCUIT, "customers": "1204"},
        }
        for index in range(count)
    ]
    for place, (resource, summary, severity) in enumerate(OTHERS, 1):
        other = {"key": resource, "severity": severity, "resource": resource, "summary": summary}
        alerts.insert(place * count // (len(OTHERS) + 1), other)
    return [alert | {"source": "nms", "starts_at": iso(since)} for alert in alerts]
