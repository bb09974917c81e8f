"""The keys that a user has given in config.toml, and where in it something is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from noc_tui.cli.preferences import Preferences
from noc_tui.console.keymap import Keymap
from noc_tui.console.remapping import Fault, remapped


def own_keys(preferences: Preferences, path: Path) -> tuple[Keymap, tuple[str, ...]]:
    """Return the user's keymap, and a sentence with the line for everything that is wrong in the file at `path`.

    With anything wrong the keys are the standard ones: a night shift gets a board, and is told.
    """
    keymap, faults = remapped(preferences.keys)
    if not faults:
        return keymap, ()
    lines: Sequence[str] = ()
    with suppress(OSError, UnicodeDecodeError):
        lines = path.read_text(encoding="utf-8").splitlines()
    return keymap, tuple(_told(fault, path, lines) for fault in faults)


def _told(fault: Fault, path: Path, lines: Sequence[str]) -> str:
    at = _line_of(fault.name, lines)
    return f"{path.name}{f' line {at}' if at else ''}, {fault.name}: {fault.sentence}"


def _line_of(name: str, lines: Sequence[str]) -> int:
    """Where a key of `[keys]` is given, from 1; 0 where that is not found."""
    wanted = re.compile(rf"""\s*(?:keys\s*\.\s*)?["']?{re.escape(name)}["']?\s*=""")
    within = False
    for number, line in enumerate(lines, 1):
        if line.lstrip().startswith("["):
            within = line.strip().startswith("[keys]")
        elif (within or line.lstrip().startswith("keys")) and wanted.match(line):
            return number
    return 0
