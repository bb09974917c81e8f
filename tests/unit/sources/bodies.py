"""Alerts as Alertmanager 0.25 writes them."""

import json
from typing import Any


def alert(name: str = "LinkDown", instance: str = "core-sw1:9100", **parts: Any) -> dict[str, Any]:
    """One alert; `parts` replace its members, None takes one away."""
    whole: dict[str, Any] = {
        "annotations": {"summary": f"{name} on {instance}", "description": "two\nlines é"},
        "endsAt": "2026-11-24T02:04:44.613Z",
        "fingerprint": "a6da382b853dc135",
        "receivers": [{"name": "noc"}],
        "startsAt": "2026-11-24T01:54:14.613Z",
        "status": {"inhibitedBy": [], "silencedBy": [], "state": "active"},
        "updatedAt": "2026-11-24T01:54:44.618Z",
        "generatorURL": "http://prometheus:9090/graph?g0.expr=up",
        "labels": {"alertname": name, "severity": "critical", "instance": instance, "job": "node", "site": "par3"},
    }
    return {key: value for key, value in (whole | parts).items() if value is not None}


def body(*alerts: object) -> bytes:
    """The answer of `GET /api/v2/alerts`."""
    return json.dumps(alerts, ensure_ascii=False, separators=(",", ":")).encode()
