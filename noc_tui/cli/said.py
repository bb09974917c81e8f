"""What a command prints: data to standard output, words to standard error, all of it harmless (DESIGN.md 8.15)."""

from __future__ import annotations

import json
import os
import sys
from typing import Any, TextIO

from noc_tui.incidents.text import clean, clean_block


def prepare() -> None:
    """Make the standard streams safe to use.

    One that was closed becomes /dev/null, or the next file that is opened, a store perhaps, would take its place. A
    character that the terminal's encoding lacks is shown by its number instead of ending the program.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        if getattr(sys, name) is None:
            _occupy(number)
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 (lives as long as we)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def line(text: str) -> None:
    """Print one line of data."""
    _write(sys.stdout, clean(text, limit=64 * 1024))


def block(text: str) -> None:
    """Print several lines of data."""
    _write(sys.stdout, clean_block(text))


def document(value: Any) -> None:
    """Print one JSON document, ASCII alone, on one line."""
    _write(sys.stdout, json.dumps(value, ensure_ascii=True))


def words(sentence: str) -> None:
    """Say a sentence to the person, on standard error."""
    _write(sys.stderr, clean(sentence, limit=4096))
    sys.stderr.flush()


def flush() -> None:
    """Hand over what was printed."""
    sys.stdout.flush()


def _occupy(number: int) -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    if nowhere != number:
        os.dup2(nowhere, number)
        os.close(nowhere)


def _write(stream: TextIO, text: str) -> None:
    stream.write(f"{text}\n")
