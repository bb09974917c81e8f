"""Hostile text through every field and every screen: nothing of it reaches the terminal but what is seen."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from itertools import cycle, islice
from typing import Final

import pytest

from tests.console.night import Night
from tests.contract.cli.running import as_program, in_process
from tests.contract.desk import sound
from tests.journeys.conftest import Sit
from tests.journeys.hostile import ALL, ESCAPES, FORBIDDEN, MARK, MARKUP, around, betrayals
from tests.journeys.terminal import Terminal, store_words

pytestmark = pytest.mark.pty

FIELDS: Final = ("summary", "resource", "service", "site", "key", "label", "note", "word", "cause")
"""Where hostile text is put: each payload stands in each field of some incident."""


def fields_of(start: int) -> dict[str, str]:
    """The hostile texts of one incident, each field with another one."""
    turned = islice(cycle(ALL.values()), start, start + len(FIELDS))
    return {name: around(text) for name, text in zip(FIELDS, turned, strict=True)}


def attacked(night: Night) -> int:
    """Fill the store through the program's own door and the operators' verbs; returns how many incidents there are."""
    lines = [json.dumps(_alert(index, fields_of(index))) for index in range(len(ALL))]
    sent = subprocess.run(
        [sys.executable, "-P", "-m", "noc_tui", "alert", "send", "--json", "-", "--store", str(night.path)],
        input="\n".join(lines).encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert sent.returncode == 0, sent.stderr.decode()
    assert sent.stdout.isascii()
    answers = [json.loads(line) for line in sent.stdout.splitlines()]
    assert [answer["outcome"] for answer in answers] == ["opened"] * len(ALL)
    for index, answer in enumerate(answers):
        number, hostile = answer["incident"], fields_of(index)
        number = int(str(number).removeprefix("INC-"))
        night.does(hostile["word"], "note", number, text=hostile["note"])
        night.does("bo", "label", number, label=hostile["word"])
    night.close()
    return len(ALL)


def _alert(index: int, hostile: dict[str, str]) -> dict[str, object]:
    return {
        "source": "sim",
        "key": f"{index}{hostile['key']}"[:200],
        "severity": "minor",
        "resource": f"{index}{hostile['resource']}",
        "summary": hostile["summary"],
        "service": hostile["service"],
        "site": hostile["site"],
        "labels": {"alertname": hostile["label"], "customers": hostile["cause"], "runbook": hostile["note"]},
    }


def visit(terminal: Terminal) -> None:
    """Look at every page of the incident under the cursor."""
    terminal.press("Enter")
    terminal.sees(r"^ +DETAIL")
    terminal.sees(r"Timeline  \d+")
    terminal.press("g", "t")
    terminal.sees(r"^ +TIMELINE")
    terminal.press("q", "l")
    terminal.sees(r"^ +ALERTS")
    terminal.press("q", "q")
    terminal.sees(r"^ +NORMAL")


def test_nothing_of_it_reaches_the_terminal(night: Night, sit: Sit) -> None:
    count = attacked(night)
    terminal = sit((160, 50))
    terminal.start(*store_words(night.path))
    terminal.sees(rf"{count} of {count}")
    shown = set(terminal.lines())
    for _ in range(count):
        visit(terminal)
        shown.update(terminal.lines())
        terminal.press("j")
    terminal.press("i")
    terminal.sees(r"^ +TRIAGE")
    for _ in range(count):
        terminal.press("j")
    terminal.press("q", "*", "a")
    terminal.sees(rf"ack {count} ")
    terminal.press("Esc")
    terminal.sees(r"Left as it is")
    terminal.press("U", "g", "g", "t")
    terminal.sees(r"taken\.")
    terminal.press("p")
    terminal.sees(r"set the priority")
    terminal.press("1", "Ctrl-g")
    terminal.sees(r"owner")
    terminal.reads_on()

    assert betrayals(bytes(terminal.raw)) == []
    assert terminal.process.poll() is None
    seen = "\n".join(shown)
    for name, text in MARKUP.items():
        assert around(text) in seen, f"{name} is shown as it is"
    terminal.press("Ctrl-q")
    assert terminal.ends() == 0
    assert sound(night.path)


def test_pasted_into_every_prompt(night: Night, sit: Sit) -> None:
    night.fires("fan", resource="sw11.ams1", severity="minor")
    night.close()
    terminal = sit()
    terminal.start(*store_words(night.path))
    terminal.sees(r"sw11\.ams1")
    everything = " ".join(ESCAPES.values()).replace("\x1b", "")  # terminals take that out of a paste themselves
    for key, label in (("/", r"^ +/"), (":", r"^ +:"), ("n", r"^ note"), ("T", r"^ assign")):
        terminal.press(key)
        terminal.sees(label)
        terminal.paste(around(everything))
        terminal.sees(r"zq")
        terminal.press("Enter", "Ctrl-c")
        terminal.sees(r"^ +NORMAL")
        if key == "/":
            terminal.press("q")
    terminal.reads_on()

    assert betrayals(bytes(terminal.raw)) == []
    assert terminal.process.poll() is None


def test_list_show_and_journal_print_nothing_of_it(night: Night, capsys: pytest.CaptureFixture[str]) -> None:
    count = attacked(night)
    run, words = in_process(capsys), ("--store", str(night.path))
    printed = run("list", *words).out + run("board", "--at", "now", *words).out + run("journal", *words).out
    for number in range(1, count + 1):
        printed += run("show", str(number), *words).out
    rest = printed.replace("\n", "")

    assert "zq" in rest
    assert [repr(found[0]) for found in FORBIDDEN.finditer(rest)] == []
    assert "\x1b" not in rest
    for command in (("list",), ("show", "1"), ("journal",)):
        ran = run(*command, *words, "--json")
        assert ran.out.isascii(), command


def test_the_command_line_says_nothing_of_it_back(night: Night) -> None:
    night.store.checkpoint_if_due()
    night.close()
    text = around(MARK.join(ESCAPES.values()).replace("\x00", ""))
    for words in (("log", text), ("log", "x", "--note", text, "--service", text), ("list", text), (text,)):
        ran = as_program(*words, "--store", str(night.path))
        assert "Traceback" not in ran.err
        assert not FORBIDDEN.search(re.sub(r"\n", "", ran.out + ran.err)), words[0]
        assert "\x1b" not in ran.out + ran.err


@pytest.mark.parametrize("name", ESCAPES)
def test_the_eye_that_reads_the_bytes_is_not_blind(name: str) -> None:
    assert betrayals(b"\x1b[?1049h\x1b[1;1H" + around(ESCAPES[name]).encode())
