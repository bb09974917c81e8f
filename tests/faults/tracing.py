"""A program whose calls to the disk fail, or that dies in one of them: `strace` does it, and the program knows nothing.

Counted are the calls that change what a disk holds, and those that make it sure.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.contract.cli.running import Ran

CALLS: Final = "pwrite64,ftruncate,fsync,fdatasync,rename,renameat2,link,linkat,unlink,unlinkat"
_COUNTED: Final = re.compile(rf"^(\d+) +({CALLS.replace(',', '|')})\(", re.MULTILINE)
KILL: Final = "signal=KILL"
KILLED: Final = (-9, 137)
"""The exit status of what was killed, as Python says it and as a shell does."""


def fails(name: str) -> str:
    """Return the fault of a call that fails by an error of this name."""
    return f"error={name}"


def calls_of(command: Sequence[str], log: Path) -> int:
    """Run a command to its end and return how often its busiest thread made the call to the disk that it made most."""
    ran = _traced(command, log, ())
    assert ran.status == 0, ran
    return max(Counter(_COUNTED.findall(log.read_text(encoding="utf-8", errors="replace"))).values())


def with_fault(command: Sequence[str], log: Path, fault: str, call: int) -> Ran:
    """Run a command whose `call`th call of each kind to the disk has this fault, and return what came of it."""
    return _traced(command, log, ("-e", f"inject={CALLS}:{fault}:when={call}"))


def can_trace(log: Path) -> bool:
    """Return whether this host lets a process be traced, and its calls be changed."""
    return _traced(["true"], log, ("-e", f"inject={CALLS}:error=EIO:when=1")).status == 0


def _traced(command: Sequence[str], log: Path, fault: Sequence[str]) -> Ran:
    quicker = () if KILL in str(fault) else ("--seccomp-bpf",)  # which injects no signals
    options = ("-f", *quicker, "-qq", "-o", str(log), "-e", f"trace={CALLS}", "-e", "signal=none", *fault)
    ran = subprocess.run(
        ["strace", *options, *command], stdin=subprocess.DEVNULL, capture_output=True, timeout=120, env=dict(os.environ)
    )
    return Ran(ran.returncode, ran.stdout.decode(), ran.stderr.decode())
