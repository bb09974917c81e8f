"""The program as a process: what it loads, pipes that close, interrupts, encodings."""

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.architecture.test_loading import loaded_after
from tests.contract.cli.running import PROGRAM, Run, as_program

CODE = (
    "import io, sys, noc_tui.__main__ as program\n"
    "sys.argv = ['noc-tui', *{words!r}]\n"
    "out, sys.stdout = sys.stdout, io.StringIO()\n"
    "assert program.main() == 0\n"
    "sys.stdout = out"
)


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        (["list"], {"asyncio", "httpx", "rich", "sqlalchemy", "textual", "widgets"}),
        (["policy", "show"], {"asyncio", "httpx", "rich", "sqlalchemy", "textual", "widgets"}),
        (["log", "One"], {"httpx", "rich", "textual", "widgets"}),
        (["alert", "send", "--resource", "r"], {"httpx", "rich", "textual", "widgets"}),
        (["do", "ack", "1"], {"httpx", "rich", "textual", "widgets"}),
        (["show", "1"], {"httpx", "rich", "textual", "widgets"}),
        (["journal"], {"httpx", "rich", "textual", "widgets"}),
        (["keys"], {"asyncio", "httpx", "rich", "sqlalchemy", "sqlite3", "textual", "widgets"}),
        ([], {"asyncio", "httpx", "rich", "sqlalchemy", "textual", "widgets"}),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_command_loads_no_more_than_it_needs(noc: Run, words: list[str], heavy: set[str]) -> None:
    noc("log", "One")
    assert loaded_after(CODE.format(words=words)) & heavy == set()


def test_whoever_reads_may_stop(noc: Run) -> None:
    for _ in range(3):
        noc("log", "x" * 1000)
    with subprocess.Popen([*PROGRAM, "journal", "--json"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(timeout=30) == 141


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_may_be_closed_from_the_start(noc: Run, closed: str) -> None:
    noc("log", "One")
    script = f'"$0" -m noc_tui log Two {closed}'
    ran = subprocess.run(["sh", "-c", script, sys.executable], capture_output=True, timeout=60, check=False)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert noc("verify").status == 0
    assert len(noc("list", "--json").json()) == 2


def test_a_disk_that_is_full_is_told(noc: Run) -> None:
    noc("log", "One")
    with open("/dev/full", "wb") as full:  # noqa: PTH123 (a device is opened, no file)
        ran = subprocess.run([*PROGRAM, "list"], stdout=full, stderr=subprocess.PIPE, timeout=60, check=False)
    assert ran.returncode == 1
    assert b"No space left" in ran.stderr
    assert ran.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("words", "ready"),
    [
        (["journal", "--follow", "--json"], lambda running: running.stdout.readline()),
        (["alert", "send", "--json", "-"], lambda running: _first_answer(running)),
    ],
    ids=["journal", "alert"],
)
def test_an_interrupt_is_quiet_and_leaves_nothing_half_done(
    noc: Run, words: list[str], ready: Callable[[subprocess.Popen[bytes]], bytes]
) -> None:
    noc("log", "One")
    with subprocess.Popen(
        [*PROGRAM, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stderr is not None
        assert ready(running)
        running.send_signal(signal.SIGINT)
        assert running.stderr.read().strip() == b""
        assert running.wait(timeout=30) == 130
    assert noc("verify").status == 0


def test_an_interrupt_while_it_starts_says_nothing(noc: Run) -> None:
    noc("log", "One")
    for milliseconds in range(40, 240, 40):
        with subprocess.Popen([*PROGRAM, "list"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            assert running.stderr is not None
            try:
                running.wait(timeout=milliseconds / 1000)
            except subprocess.TimeoutExpired:
                running.send_signal(signal.SIGINT)
            assert b"noc_tui/cli" not in running.stderr.read()  # Python's own start is not ours to keep quiet


def _first_answer(running: "subprocess.Popen[bytes]") -> bytes:
    assert running.stdin is not None
    assert running.stdout is not None
    running.stdin.write(b'{"resource": "a"}\n')
    running.stdin.flush()
    return running.stdout.readline()


def test_follow_tells_what_is_appended(noc: Run) -> None:
    noc("log", "One")
    command = [*PROGRAM, "journal", "--follow", "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert b'"seq": 1' in running.stdout.readline()
        noc("do", "ack", "1")
        assert b'"incident.acked"' in running.stdout.readline()
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=30) == 130


def test_where_the_terminal_knows_no_unicode_nothing_breaks(noc: Run) -> None:
    noc("log", "Köln 日本")
    ran = as_program("list", env={"PYTHONIOENCODING": "ascii"})
    assert ran.status == 0
    assert "K\\xf6ln \\u65e5\\u672c" in ran.out


def test_hostile_text_reaches_no_terminal(noc: Run) -> None:
    title = "\x1b[31mred\x1b[0m \x9b5m \u202egnp.exe [bold]x[/] \x07\r\n"
    noc("log", title)
    noc("do", "note", "1", "--text", title)
    for words in (["list"], ["show", "1"], ["journal"], ["board", "--at", "now"], []):
        ran = noc(*words)
        assert ran.status == 0
        said = ran.out + ran.err
        assert not any(sign < " " and sign != "\n" for sign in said), words
        assert not any(sign in said for sign in "\x7f\x9b\u202e"), words
        assert "[bold]" in ran.out
    assert noc("show", "1", "--json").out.isascii()


def test_the_version_is_told() -> None:
    ran = as_program("--version")
    assert ran.out.startswith("noc-tui ")
    assert ran.status == 0


def test_every_command_has_a_help(noc: Run) -> None:
    commands = [line.split()[0] for line in noc("--help").out.partition("Commands:")[2].splitlines() if line.strip()]
    assert {"list", "log", "do", "alert", "agent", "demo", "verify"} <= set(commands)
    for command in commands:
        ran = noc(command, "--help")
        assert ran.status == 0
        assert ran.out.startswith(f"Usage: noc-tui {command}")
