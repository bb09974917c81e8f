"""The program in docs/journal.md, which knows nothing of ours, proves an exported journal and finds what changed."""

import io
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.store.exporting import export_journal
from tests.architecture.tree import ROOT
from tests.contract.desk import Desk

LONGEST = 20
"""Lines that the document may ask its reader to type."""


@pytest.fixture(scope="module")
def checker() -> str:
    """The program as it stands in the document."""
    text = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"<!-- run: check\.py -->\n```python\n(.*?)```", text, re.DOTALL)
    return str(found)


@pytest.fixture
def exported(tmp_path: Path) -> tuple[bytes, str]:
    """A small journal as lines, and the hash of its last event."""
    desk = Desk(tmp_path)
    with closing(desk.open()) as store:
        incident = desk.log(store, "Stromausfall in Zürich ⚡")
        for verb, words in (("ack", {}), ("note", {"text": "called the carrier"}), ("release", {}), ("take", {})):
            desk.do(store, verb, incident, **words)
        desk.log(store)
    out = io.BytesIO()
    head = export_journal(desk.path, out)
    assert head.seq > 4
    return out.getvalue(), head.hash.hex()


def run(checker: str, lines: bytes) -> subprocess.CompletedProcess[bytes]:
    """Run the program on an export."""
    return subprocess.run([sys.executable, "-c", checker], input=lines, capture_output=True, timeout=60, check=False)


def test_it_is_short_enough_to_type(checker: str) -> None:
    assert "noc_tui" not in checker
    assert len([line for line in checker.splitlines() if line]) <= LONGEST


def test_it_proves_a_journal(checker: str, exported: tuple[bytes, str]) -> None:
    lines, last = exported
    proven = run(checker, lines)
    assert (proven.returncode, proven.stderr) == (0, b"")
    assert proven.stdout.decode().strip() == last


def test_it_finds_a_changed_word(checker: str, exported: tuple[bytes, str]) -> None:
    changed = run(checker, exported[0].replace(b"called the carrier", b"called the courier"))
    assert changed.returncode == 1
    assert b"was changed" in changed.stderr


def test_it_finds_a_missing_event(checker: str, exported: tuple[bytes, str]) -> None:
    lines = exported[0].splitlines(keepends=True)
    cut = run(checker, b"".join(lines[:2] + lines[3:]))
    assert cut.returncode == 1
    assert b"was changed" in cut.stderr
