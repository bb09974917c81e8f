"""The clipboard of the operator's own terminal, over whatever lies between: OSC 52, and a file where that cannot be."""

from __future__ import annotations

import base64
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

LARGEST: Final = 74_000
"""Bytes of a sequence that terminals take (xterm 74,994 in base64); more is cut by some and breaks others."""
_TEXT: Final = (LARGEST - 16) // 4 * 3
_SCREEN: Final = 240
"""Bytes of a string that every GNU screen passes on."""
_WITHOUT: Final = ("linux", "dumb", "vt", "ansi", "cons", "sun")
"""What the names of terminals without a clipboard begin with."""


def fitting(text: str) -> str:
    """Return as much of a text, from its beginning and in whole lines, as a clipboard takes."""
    body = text.encode()
    if len(body) <= _TEXT:
        return text
    cut = body[:_TEXT].decode(errors="ignore")
    return cut[: cut.rfind("\n") + 1] or cut


def sequences(text: str, environ: Mapping[str, str]) -> str | None:
    """Return what to write to the terminal so that a text is copied; None if this terminal has no clipboard.

    tmux takes the plain sequence with `set-clipboard on`, and passes the wrapped one on with `allow-passthrough on`:
    it gets both, for it tells nobody how it is set.
    """
    name = environ.get("TERM", "")
    if not name or name.startswith(_WITHOUT):
        return None
    plain = f"\x1b]52;c;{base64.b64encode(fitting(text).encode()).decode()}\x07"
    if environ.get("TMUX"):
        return f"{plain}\x1bPtmux;{plain.replace(chr(27), chr(27) * 2)}\x1b\\"
    if environ.get("STY"):
        return "".join(f"\x1bP{plain[at : at + _SCREEN]}\x1b\\" for at in range(0, len(plain), _SCREEN))
    return plain


def private_file(text: str, suffix: str, environ: Mapping[str, str]) -> Path:
    """Write a text to a new file that the account alone may read, where such files end with the session; OSError."""
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    place = runtime if runtime and Path(runtime).is_dir() else None
    handle, name = tempfile.mkstemp(suffix=suffix, prefix="noc-tui-", dir=place)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    return Path(name)
