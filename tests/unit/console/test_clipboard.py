"""What is written to a terminal so that a text is in its clipboard, directly, in tmux and in screen."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from noc_tui.console.clipboard import LARGEST, fitting, private_file, sequences
from noc_tui.console.templates import filled
from noc_tui.console.yanking import Yanking
from tests.unit.console.boards import NOW, incident, session_of

XTERM = {"TERM": "xterm-256color"}


def decoded(sequence: str) -> str:
    """The text in an OSC 52 sequence."""
    found = re.search(r"\x1b]52;c;([A-Za-z0-9+/=]*)\x07", sequence)
    assert found is not None
    return base64.b64decode(found[1]).decode()


def test_a_text_goes_into_the_clipboard_as_it_is() -> None:
    sequence = sequences("INC-000042 Köln", XTERM)
    assert sequence is not None
    assert decoded(sequence) == "INC-000042 Köln"


def test_in_tmux_it_goes_to_tmux_and_through_it() -> None:
    plain, through = sequences("x", XTERM) or "", sequences("x", {**XTERM, "TMUX": "/tmp/t,1,0"})
    assert through == f"{plain}\x1bPtmux;\x1b{plain}\x1b\\"


def test_in_screen_it_is_passed_on_in_pieces() -> None:
    plain, through = sequences("x" * 1000, XTERM), sequences("x" * 1000, {**XTERM, "STY": "1.tty"}) or ""
    pieces = re.findall(r"\x1bP(.*?)\x1b\\", through, re.DOTALL)
    assert "".join(pieces) == plain
    assert max(map(len, pieces)) <= 240


def test_a_large_text_is_cut_at_a_line() -> None:
    lines = "".join(f"line {number}\n" for number in range(20_000))
    sequence = sequences(lines, XTERM) or ""
    assert LARGEST - 100 < len(sequence) <= LARGEST
    assert lines.startswith(decoded(sequence))
    assert decoded(sequence).endswith("\n")
    assert fitting("short") == "short"


@pytest.mark.parametrize("term", ["linux", "dumb", "vt100", ""])
def test_a_terminal_without_a_clipboard_is_known(term: str) -> None:
    assert sequences("x", {"TERM": term}) is None


def test_a_file_is_for_the_account_alone(tmp_path: Path) -> None:
    path = private_file("text", ".txt", {"XDG_RUNTIME_DIR": str(tmp_path)})
    assert path.parent == tmp_path
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text(encoding="utf-8") == "text"


def test_what_is_copied_says_what_it_is_and_obeys_nothing() -> None:
    rows = [incident(1, title="down \x1b]52;c;AAAA\x07\n bgp"), incident(2, owner="ana")]
    session, taken = session_of(rows), list[tuple[str, str]]()
    yanking = Yanking(session, lambda text, what: taken.append((text, what)))
    yanking.yank("id", [1, 2])
    yanking.yank("summary", [1])
    yanking.yank("link", [2])
    assert taken[0] == ("INC-000001\nINC-000002", "id of 2 incidents")
    assert taken[1][0].startswith("INC-000001 P3 new sw1.ams1 down ")
    assert taken[1][0].isprintable()
    assert taken[2] == ("noc-tui show INC-000002", "link of INC-000002")
    yanking.yank("timeline", [1])
    assert "still being read" in session.said.text
    yanking.yank("id", [])
    assert "no incident" in session.said.text


def test_texts_are_filled_in_and_other_braces_stay() -> None:
    texts = {"carrier": "{time} {me} called about {resource} ({service}) {number} {cost} {0.__class__}", "plain": "ok"}
    row = incident(42, resource="pe07\x1b[2J", service="core")
    (carrier, plain) = filled(texts, row, "ana", NOW)
    assert carrier[0] == "carrier"
    assert carrier[1].startswith("02:52:44Z ana called about pe07")
    assert carrier[1].endswith("(core) INC-000042 {cost} {0.__class__}")
    assert carrier[1].isprintable()
    assert plain == ("plain", "ok")
    assert filled({"x": "{number}"}, None, "me", NOW) == [("x", "")]
