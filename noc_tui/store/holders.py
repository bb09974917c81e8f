"""Who holds a lock, in words, for a message: looked up only when somebody has waited in vain."""

from __future__ import annotations

from pathlib import Path
from typing import Final

_LOCKS: Final = Path("/proc/locks")
_PROCESSES: Final = Path("/proc")
SOMEBODY: Final = "another process"


def holder_of(path: Path) -> str:
    """Return the process that holds a lock on the file (`process 4711 (noc-tui, stopped)`), as far as can be known.

    Linux tells in /proc/locks (proc(5)); elsewhere, and where /proc is closed to us, it is "another process".
    """
    try:
        inode = path.stat().st_ino
        lines = _LOCKS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return SOMEBODY
    for line in lines:
        # 1: FLOCK  ADVISORY  WRITE 4711 fe:00:131 0 EOF
        words = line.replace("->", "").split()
        if len(words) >= 6 and words[3] == "WRITE" and words[5].rpartition(":")[2] == str(inode):
            return _named(words[4])
    return SOMEBODY


def _named(pid: str) -> str:
    try:
        # 4711 (noc-tui) T 1 ...: the name may hold spaces and brackets, the state follows its last bracket
        text = (_PROCESSES / pid / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return f"process {pid}"
    name = text[text.find("(") + 1 : text.rfind(")")]
    stopped = ", stopped" if text[text.rfind(")") + 2 :][:1] in ("T", "t") else ""
    return f"process {pid} ({name if name.isprintable() else '?'}{stopped})"
