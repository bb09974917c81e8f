"""Every code point that does harm, by every door, and printed by every command: none of it reaches a terminal."""

from __future__ import annotations

import http.client
import json
import unicodedata
from pathlib import Path
from typing import Any, Final

import pytest

from tests.contract.remote.running import Account, Server, serving
from tests.faults.test_hostile_files import call
from tests.journeys.hostile import ALL, MARK, around

HARMFUL: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
"""Categories whose characters steer a terminal or a reader, or are seen by nobody (Unicode 15, 4.5)."""
EVERY: Final = [
    chr(point)
    for point in range(0x110000)
    if unicodedata.category(chr(point)) in HARMFUL - {"Co"} or point & 0xFFFE == 0xFFFE or 0xFE00 <= point <= 0xFE0F
]
"""All of them but the private ones, with the noncharacters and the variation selectors."""
PART: Final = 900
"""Characters of one title: no more than are shown."""


def harm(text: str) -> list[str]:
    """What of a text should never have been printed."""
    return sorted({
        f"U+{ord(one):04X}"
        for one in text
        if one != "\n" and (unicodedata.category(one) in HARMFUL - {"Co"} or ord(one) & 0xFFFE == 0xFFFE)
    })  # fmt: skip


def alerts() -> list[dict[str, Any]]:
    """Alerts that hold every code point in each of their fields."""
    parts = ["".join(EVERY[start : start + PART]) for start in range(0, len(EVERY), PART)]
    return [
        {
            "source": "sim",
            "key": f"{number}{text[:100]}",
            "severity": "minor",
            "resource": f"{number}{text}",
            "summary": around(text),
            "service": text,
            "site": text,
            "labels": {"alertname": text, f"l{number}": text},
        }
        for number, text in enumerate([*parts, *ALL.values()])
    ]


def printed(*more: str) -> str:
    """What all commands that print anything of the store say, to both streams."""
    said = []
    for words in (
        *(["list"], ["board", "--at", "now"], ["journal"], ["search", MARK], ["doctor"], ["verify"], ["view", "list"]),
        *(["policy", "show"], *(["show", str(number)] for number in range(1, 12))),
        *(["list", MARK + "\x1b]0;x\x07"], ["do", "note", "1", "--text", "\x9b31m"], ["do", "\x1b[2J", "1"]),
    ):
        _, out, err = call(*words, *more)
        said += [out, err]
    return "".join(said)


@pytest.fixture
def store(tmp_path: Path) -> str:
    """A store into which all of it was sent, and what was sent is in the journal to the letter."""
    path, lines = tmp_path / "noc.db", tmp_path / "lines"
    lines.write_text("\n".join(map(json.dumps, alerts())), encoding="ascii")
    status, out, err = call("alert", "send", "--json", str(lines), "--store", str(path))
    assert status == 0, err
    assert out.isascii()
    assert harm(out + err) == []
    return str(path)


def test_no_command_prints_any_of_it(store: str) -> None:
    for label in ("\x1b[31m", "\u202e"):
        call("do", "label", "1", "--label", label, "--store", store)
    found = printed("--store", store)
    assert MARK in found
    assert harm(found) == []
    assert "Traceback" not in found


def test_an_export_and_all_json_are_ascii_and_hold_all_of_it(store: str, tmp_path: Path) -> None:
    lines = tmp_path / "out.ndjson"
    assert call("export", str(lines), "--store", store)[0] == 0
    assert lines.read_bytes().isascii()
    assert b"\x1b" not in lines.read_bytes()
    bodies = [json.loads(line).get("body") for line in lines.read_text(encoding="ascii").splitlines()]
    kept = "".join(_strings(json.loads(body)) for body in bodies if body)
    assert {one for one in EVERY if unicodedata.category(one) != "Cs"} <= set(kept)
    for words in (["list", "--json"], ["journal", "--json"], ["show", "1", "--json"], ["doctor", "--json"]):
        assert call(*words, "--store", store)[1].isascii(), words


def _strings(value: Any) -> str:
    """All text in a value of JSON."""
    if isinstance(value, dict):
        return "".join(_strings(one) for pair in value.items() for one in pair)
    if isinstance(value, list):
        return "".join(map(_strings, value))
    return value if isinstance(value, str) else ""


def test_by_the_doors_of_a_server_it_comes_no_further(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "srv").mkdir()
    with serving(tmp_path / "srv" / "noc.db") as server:
        come_in(server)
        account = Account(tmp_path / "home", server.url)
        account.log_in(server.token())
        monkeypatch.setenv("NOC_TUI_HOME", str(account.home))
        found = printed("--store", server.url) + server.said()
        found += printed("--store", str(server.store))
    assert MARK in found
    assert harm(found.replace("\r", "")) == []


def come_in(server: Server) -> None:
    """Send all of it by each door; the answers are JSON for programs, on one line without a C0 control."""
    native = server.token("native", "source", "native")
    hook = server.token("am", "source", "am")
    pager = server.token("pd", "source", "pd")
    sent: list[tuple[str, str, Any]] = []
    for number, alert in enumerate(alerts()):
        text = alert["summary"]
        labels = {"alertname": text, "instance": f"{number}{text}", "severity": text, "service": text}
        hooked = {"labels": labels, "annotations": {"summary": text, text: text}, "status": "firing"}
        payload = {"summary": text[:1000], "source": f"{number}{text}", "severity": "error", "class": text}
        paged = {"routing_key": pager, "event_action": "trigger", "dedup_key": f"{number}", "payload": payload}
        sent += [
            ("/v1/alerts", native, {**alert, "source": "native"}),
            ("/v1/alerts/alertmanager", hook, {"version": "4", "status": "firing", "alerts": [hooked]}),
            ("/v2/enqueue", "", paged),
        ]
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    for path, bearer, body in sent:
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        connection.request("POST", path, json.dumps(body), headers)
        answer = connection.getresponse()
        body = answer.read()
        assert answer.status < 500, body
        assert not any(byte < 0x20 for byte in body), body
    connection.close()


def test_the_eye_for_harm_is_not_blind() -> None:
    assert len(EVERY) > 2_300
    assert harm("plain text, ⚡ é 漢字 \U0001f525") == []
    for one in EVERY:
        assert unicodedata.category(one) in ("Mn", "Cn") or one == "\n" or harm(one)
