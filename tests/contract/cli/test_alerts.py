"""`noc-tui alert send`: one alert by options, many as lines; each answered when it is durable."""

import json
import subprocess
from pathlib import Path

import pytest

from noc_tui.sources.native import LONGEST_LINE
from tests.contract.cli.running import PROGRAM, Run, as_program, refused


def test_one_alert_by_options(noc: Run) -> None:
    words = ["--source", "cron", "--key", "k1", "--severity", "critical", "--resource", "r1", "--summary", "down"]
    ran = noc("alert", "send", *words, "--label", "tier=gold", "--label", "site=a=b")
    assert (ran.status, ran.out) == (0, "INC-000001 opened k1\n")
    (alert,) = noc("show", "1", "--json").json()["alerts"]
    assert (alert["alert"], alert["source"], alert["labels"]) == ("k1", "cron", {"site": "a=b", "tier": "gold"})
    assert noc("alert", "send", *words, "--state", "cleared").out == "INC-000001 cleared k1\n"


def test_json_without_a_file_answers_in_json(noc: Run) -> None:
    ran = noc("alert", "send", "--json", "--resource", "r1", "--key", "k")
    assert ran.json() == {"alert": "k", "incident": "INC-000001", "outcome": "opened"}


def test_lines_are_answered_in_their_order() -> None:
    lines = ['{"resource": "a", "key": "1"}', "", '{"resource": "a", "key": "2"}', '{"resource": "a", "key": "1"}']
    ran = as_program("alert", "send", "--json", "-", stdin="\n".join(lines))
    assert ran.status == 0, ran.err
    assert ran.lines() == [
        {"alert": "1", "incident": "INC-000001", "outcome": "opened"},
        {"alert": "2", "incident": "INC-000001", "outcome": "attached"},
        {"alert": "1", "incident": "INC-000001", "outcome": "repeated"},
    ]


def test_a_line_that_is_no_alert_is_kept_and_told() -> None:
    stdin = b'{"resource": "a", "key": "1"}\nnonsense \x1b[31m\xff\n{"resource": "b", "key": "2", "severity": "bad"}\n'
    ran = as_program("alert", "send", "--json", "-", stdin=stdin)
    assert ran.status == 1
    assert [answer["outcome"] for answer in ran.lines()] == ["opened", "quarantined", "quarantined"]
    assert ran.lines()[1] == {"alert": None, "incident": None, "outcome": "quarantined"}
    assert "Line 2 was put into quarantine: " in ran.err
    assert "Line 3 was put into quarantine: severity 'bad' is not known" in ran.err
    (facts,) = [document["facts"] for document in as_program("doctor", "--json").lines()]
    assert facts["quarantine"] == "2 kept that could not be read"
    as_program("alert", "send", "--json", "-", stdin=stdin)
    (facts,) = [document["facts"] for document in as_program("doctor", "--json").lines()]
    assert facts["quarantine"] == "2 kept that could not be read; repeats left out: 2"
    assert "\x1b" not in ran.err


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    body = b'{"resource": "' + b"x" * (3 * LONGEST_LINE) + b'"}\n{"resource": "b", "key": "2"}'
    ran = as_program("alert", "send", "--json", "-", stdin=body)
    assert [answer["outcome"] for answer in ran.lines()] == ["quarantined", "opened"]


def test_lines_from_a_file(noc: Run, tmp_path: Path) -> None:
    file = tmp_path / "alerts"
    file.write_text("".join(json.dumps({"resource": f"r{n}", "key": str(n)}) + "\n" for n in range(2_500)))
    ran = noc("alert", "send", "--json", str(file))
    assert ran.status == 0
    assert [answer["alert"] for answer in ran.lines()] == [str(n) for n in range(2_500)]
    assert noc("verify").status == 0


def test_a_line_is_answered_before_the_next_one_comes() -> None:
    command = [*PROGRAM, "alert", "send", "--json", "-"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for key in ("1", "2"):
            running.stdin.write(b'{"resource": "a", "key": "%s"}\n' % key.encode())
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["alert"] == key
        running.stdin.close()
        assert running.wait(timeout=30) == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "needs key or resource"),
        (["--resource", "a", "--severity", "bad"], "severity 'bad' is not known"),
        (["--resource", "a", "--label", "x"], "'x' is no label"),
        (["--resource", "a", "--starts-at", "noon"], "'noon' is not a time"),
        (["--resource", "a", "--source", "a b"], "A source's name"),
        (["--resource", "a", "--json", "-"], "not from both"),
        (["--state", "gone"], "--state"),
    ],
)
def test_bad_alerts_by_options_are_bad_usage(noc: Run, words: list[str], said: str) -> None:
    refused(noc("alert", "send", *words), 2, said)


def test_a_file_that_cannot_be_read(noc: Run) -> None:
    refused(noc("alert", "send", "--json", "no-such-file"), 1, "no-such-file", "No such file")


def test_text_that_is_not_utf8_is_taken() -> None:
    ran = subprocess.run(
        [*PROGRAM, "alert", "send", "--resource", b"caf\xe9"], capture_output=True, timeout=60, check=False
    )
    assert ran.returncode == 0, ran.stderr
