"""The command line as the tests call it: in this process, or as the program that a shell starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pytest

from noc_tui.cli.main import main

PROGRAM = (sys.executable, "-m", "noc_tui")

_PLAIN = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
    libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP
os.execv(sys.executable, [sys.executable, "-m", "noc_tui", *sys.argv[1:]])
"""
"""Starts the program without root's right to pass over the modes of files; others have no such right to lose."""

AS_ANYBODY = (sys.executable, "-c", _PLAIN)
"""The program for whom the modes of files count, also where the tests run as root."""


@dataclass(frozen=True)
class Ran:
    """What came of one command."""

    status: int
    out: str
    err: str

    def json(self) -> Any:
        """The one JSON document that was printed; it is ASCII."""
        assert self.out.isascii(), self.out
        return json.loads(self.out)

    def lines(self) -> list[Any]:
        """The JSON objects that were printed, one a line."""
        assert self.out.isascii(), self.out
        return [json.loads(line) for line in self.out.splitlines()]


Run = Callable[..., Ran]
"""Runs one command, given by its words."""


def in_process(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return what runs a command in this process."""

    def run(*words: str) -> Ran:
        capsys.readouterr()
        status = main(list(words))
        out, err = capsys.readouterr()
        return Ran(status, out, err)

    return run


def as_program(
    *words: str,
    stdin: str | bytes = "",
    env: Mapping[str, str] | None = None,
    program: Sequence[str] = PROGRAM,
) -> Ran:
    """Run a command as a program of its own, without a terminal."""
    body = stdin.encode() if isinstance(stdin, str) else stdin
    ran = subprocess.run(
        [*program, *words], input=body, capture_output=True, timeout=60, check=False, env={**os.environ, **(env or {})}
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())


def refused(ran: Ran, status: int, *said: str) -> None:
    """Check that a command printed no data and said why in one sentence, without a traceback."""
    assert ran.status == status, ran
    assert ran.out == ""
    assert ran.err.count("\n") == 1, ran.err
    assert "Traceback" not in ran.err
    assert "unexpected failure" not in ran.err
    for part in said:
        assert part in ran.err, ran.err
