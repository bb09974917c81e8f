"""Every refusal and error is one sentence, that says what, where and what to do, and an exit status."""

import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.contract.cli.running import AS_ANYBODY, Run, as_program, refused

READERS = (["list"], ["show", "1"], ["journal"], ["do", "ack", "1"], ["verify"], ["board", "--at", "now"])
WRITERS = (["log", "One"], ["alert", "send", "--resource", "r"])


@pytest.mark.parametrize("words", [*READERS, ["backup", "copy"], ["export"], ["policy", "show"]], ids=" ".join)
def test_no_store_yet(noc: Run, words: list[str]) -> None:
    refused(noc(*words), 1, "There is no store yet at ", "noc-tui demo")


@pytest.mark.parametrize("words", READERS, ids=" ".join)
def test_no_store_there(noc: Run, tmp_path: Path, words: list[str]) -> None:
    refused(noc("--store", str(tmp_path / "x.db"), *words), 1, f"There is no store at {tmp_path}/x.db", "--store")


@pytest.mark.parametrize("words", [*READERS, *WRITERS], ids=" ".join)
def test_a_missing_directory(noc: Run, tmp_path: Path, words: list[str]) -> None:
    refused(noc("--store", str(tmp_path / "a" / "x.db"), *words), 1, f"There is no directory {tmp_path}/a", "make it")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", [*READERS, *WRITERS], ids=" ".join)
def test_a_file_that_is_no_store(noc: Run, tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "x.db"
    file.write_text("shopping list\n" * 1000)
    refused(noc("--store", str(file), *words), 1, f"{file} is not a noc-tui store")
    assert file.read_text() == "shopping list\n" * 1000


@pytest.mark.parametrize("words", [*READERS, *WRITERS], ids=" ".join)
def test_a_directory_is_no_store(noc: Run, tmp_path: Path, words: list[str]) -> None:
    refused(noc("--store", str(tmp_path), *words), 1, str(tmp_path), "not a noc-tui store")


@pytest.mark.parametrize("words", [*READERS, *WRITERS], ids=" ".join)
def test_a_newer_store(noc: Run, words: list[str], home: Path) -> None:
    noc("log", "One")
    store = home / "noc-tui" / "noc.db"
    with closing(sqlite3.connect(store)) as db, db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    refused(noc(*words), 1, str(store), "newer noc-tui", "upgrade")


@pytest.mark.parametrize("words", [["list"], ["log", "One"], ["journal"], ["show", "1"]], ids=" ".join)
def test_a_corrupt_store(noc: Run, words: list[str], home: Path) -> None:
    noc("log", "One")
    store = home / "noc-tui" / "noc.db"
    with store.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * (store.stat().st_size - 100))
    refused(noc(*words), 1, str(store), "damaged", "noc-tui restore")


def test_verify_names_the_first_fault(noc: Run, home: Path) -> None:
    noc("log", "One")
    store = home / "noc-tui" / "noc.db"
    assert noc("verify", "--json").json()["ok"] is True
    with closing(sqlite3.connect(store)) as db, db:
        db.execute("UPDATE incidents SET title = 'Two'")
    ran = noc("verify")
    assert ran.status == 1
    assert "title" in ran.err
    told = noc("verify", "--json").json()
    assert (told["ok"], told["fault"]["number"], told["fault"]["field"]) == (False, "INC-000001", "title")


@pytest.mark.skipif(sys.platform != "linux", reason="root keeps its rights elsewhere")
@pytest.mark.parametrize(
    ("where", "mode", "words", "said"),
    [
        ("noc-tui/noc.db", 0o000, ["list"], "may not open"),
        ("noc-tui/noc.db", 0o000, ["log", "Two"], "may not open"),
        ("noc-tui/noc.db", 0o000, ["journal"], "may not open"),
        ("noc-tui/noc.db", 0o400, ["log", "Two"], "cannot be written"),
        ("noc-tui/noc.db", 0o400, ["do", "ack", "1"], "cannot be written"),
        ("noc-tui", 0o500, ["log", "Two"], "cannot be written"),
        ("noc-tui", 0o000, ["list"], "Permission denied"),
        ("noc-tui", 0o000, ["log", "Two"], "Permission denied"),
    ],
    ids=lambda value: oct(value) if isinstance(value, int) else None,
)
def test_no_permission(noc: Run, home: Path, where: str, mode: int, words: list[str], said: str) -> None:
    noc("log", "One")
    place = home / where
    before = place.stat().st_mode
    place.chmod(mode)
    try:
        refused(as_program(*words, program=AS_ANYBODY), 1, str(home / "noc-tui"), said)
    finally:
        place.chmod(before)
    assert noc("verify").status == 0


@pytest.mark.skipif(sys.platform != "linux", reason="root keeps its rights elsewhere")
def test_a_home_that_cannot_be_written(home: Path) -> None:
    home.chmod(0o500)
    try:
        refused(as_program("log", "One", program=AS_ANYBODY), 1, str(home), "noc-tui/noc.db")
        refused(as_program("demo", program=AS_ANYBODY), 1, str(home), "Permission denied")
    finally:
        home.chmod(0o700)


def test_a_directory_of_the_kernel(noc: Run) -> None:
    refused(noc("--store", "/proc/noc.db", "log", "One"), 1, "/proc/noc.db")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["bogus"], "No such command 'bogus'"),
        (["list", "--bogus"], "No such option"),
        (["list", "--sort", "colour"], "--sort"),
        (["list", "--limit", "many"], "--limit"),
        (["list", "p:"], "column 3"),
        (["list", "age>soon"], "not a duration: 'soon'"),
        (["list", ")"], "column 1"),
        (["board", "--at", "now", "p:9"], "column"),
        (["show"], "NUMBER"),
        (["show", "forty"], "'forty' is no incident"),
        (["do"], ""),
        (["do", "dance", "1"], "No such command 'dance'"),
        (["do", "log", "1"], "No such command 'log'"),
        (["do", "ack"], "NUMBER"),
        (["do", "ack", "0"], "'0' is no incident"),
        (["do", "resolve", "1"], "--code"),
        (["do", "resolve", "1", "--code", "zz"], "one of fixed, workaround"),
        (["do", "hold", "1", "--reason", "c", "--until", "soon"], "'soon' is no time to come"),
        (["do", "link", "1", "--parent", "x"], "'x' is no incident"),
        (["do", "undo", "1", "--command", "x"], "'x' is no command's id"),
        (["board"], "--at"),
        (["board", "--at", "soon"], "not a time: 'soon'"),
        (["board", "--at", "2999-01-01"], "has not come yet"),
        (["--store", "postgresql://db/noc", "list"], "this version opens store files only"),
        (["--store", "http://noc.example", "list"], "plain http to another host"),
        (["--store", "https://ana:x@noc.example", "list"], "name or password"),
        (["--store", "https://noc.example", "verify"], "run it on the server's host"),
        (["--me", "rule", "list"], "standing duties"),
        (["agent", "--alertmanager", "ftp://x"], "--alertmanager"),
        (["agent", "--simulate", "0"], "--simulate"),
        (["agent", "--interval", "0"], "--interval"),
        (["--ascii", "list"], "behind the command list"),
        (["simulate"], "--store PATH"),
        (["source", "test", "http://u:p@x"], "user or password"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_usage(noc: Run, words: list[str], said: str) -> None:
    ran = noc(*words)
    assert ran.status == 2, ran
    assert "Traceback" not in ran.err
    assert said in ran.err


def test_bad_usage_says_where_to_look(noc: Run) -> None:
    refused(noc("list", "--bogus"), 2, "noc-tui list: ", "`noc-tui list --help`")


def test_the_environment_names_the_store_too(noc: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NOC_TUI_STORE", str(tmp_path / "mine.db"))
    noc("log", "One")
    assert (tmp_path / "mine.db").exists()
    noc("--store", f"sqlite:///{tmp_path}/other.db", "log", "Two")
    assert (tmp_path / "other.db").exists()
    monkeypatch.setenv("NOC_TUI_STORE", "postgresql://x")
    refused(noc("list"), 2, "NOC_TUI_STORE: ")


def test_the_configuration(noc: Run, home: Path) -> None:
    config = home / "noc-tui" / "config.toml"
    config.parent.mkdir()
    config.write_text('me = "cy"\n')
    noc("log", "One")
    assert [event["actor"] for event in noc("journal", "--json").lines()] == ["cy"]
    for text, said in (
        ('colour = "red"', "'colour'"),
        ("me = 3", "`$.me`"),
        ("me = ", "Invalid value"),
        ('theme = "pink"', "'pink'"),
        ('[[source]]\nname = "a"\ntype = "zabbix"\nurl = "http://x"', "'zabbix'"),
        ('[[source]]\nname = "a"\ntype = "alertmanager"\nlink = "http://x"', "'link'"),
    ):
        config.write_text(text)
        refused(noc("list"), 1, str(config), said)
    config.write_bytes(b"me = '\xff'")
    refused(noc("list"), 1, str(config), "UTF-8")


def test_the_policy(noc: Run, tmp_path: Path) -> None:
    noc("log", "One")
    file = tmp_path / "policy.json"
    assert noc("policy", "show").json()["quiet"] == "5m"
    file.write_text('{"quiet": "7m"}')
    assert noc("policy", "set", str(file)).status == 0
    assert noc("policy", "show").json()["quiet"] == "7m"
    for text, said in (
        ("{", "no JSON"),
        ("[]", "JSON object"),
        ('{"quite": 1}', "'quite'"),
        ('{"quiet": "soon"}', "quiet"),
        ('{"matrix": [[9]]}', "matrix"),
    ):
        file.write_text(text)
        refused(noc("policy", "set", str(file)), 1, str(file), said)
    refused(noc("policy", "set", str(tmp_path / "none")), 1, "No such file")
    assert noc("policy", "show").json()["quiet"] == "7m"
    assert noc("verify").status == 0


def test_a_source_that_does_not_answer(noc: Run) -> None:
    ran = noc("source", "test", "http://127.0.0.1:9")
    refused(ran, 1, "127.0.0.1:9")
    refused(noc("source", "test", "prod"), 1, "There is no source 'prod'")


def test_a_traceback_only_for_those_who_ask(noc: Run, tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    file.write_text("no store" * 1000)
    assert "Traceback" not in noc("--store", str(file), "list").err
    assert "Traceback" in noc("--store", str(file), "list", "--debug").err
