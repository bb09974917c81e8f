"""The machine under the figures: what it is, how fast its disk syncs, what a process holds and uses."""

from __future__ import annotations

import os
import platform
import sqlite3
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

import psutil

from tests.bench.figures import spread

_SYNCS = 200
_PAGE = b"\0" * 4096


def machine() -> str:
    """Return what the figures were measured on."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores, load {load:.1f}; {platform.system()} {platform.release()}, "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, Textual {version('textual')}"
    )


def disk_sync(folder: Path) -> str:
    """Return how long the disk takes to make a page durable: nothing that is durable can be faster."""
    took: list[float] = []
    with tempfile.NamedTemporaryFile(dir=folder) as file:
        for _ in range(_SYNCS):
            os.pwrite(file.fileno(), _PAGE, 0)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append((time.perf_counter() - began) * 1000)
    return f"disk sync p50 / p99 {spread(took, 'ms', 50, 99)}"


def memory_mb(pid: int) -> float:
    """Return what a process holds alone, with its share of what it shares (PSS), in MB."""
    return float(psutil.Process(pid).memory_full_info().pss) / 1e6


def cpu_seconds(pid: int) -> float:
    """Return the processor time that a process has used."""
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def agent_of(console: int) -> int | None:
    """Return the process of the agent that a console has started."""
    for child in psutil.Process(console).children(recursive=True):
        if "agent" in child.cmdline():
            return int(child.pid)
    return None
