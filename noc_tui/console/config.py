"""What a console is started with."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, tzinfo
from pathlib import Path

import msgspec

from noc_tui.console.keymap import STANDARD, Keymap


class ConsoleConfig(msgspec.Struct, frozen=True, kw_only=True):
    """A console's preferences and connections (config.toml and the command line).

    `theme` is dark, light, ansi16, mono or "" for what the terminal can show; `ascii` None lets the terminal be asked.
    `zone` is where the operator sits: times are typed in it. With a `remote` store (its URL) `store` is the replica of
    it, and what is pressed goes to the `outbox`. `notices` are to be told when the board opens; `kept` is the file of
    what a console keeps between runs (None keeps nothing); `templates` are texts for notes by their names.
    """

    store: Path
    me: str
    origin: str
    zone: tzinfo = UTC
    remote: str = ""
    outbox: Path | None = None
    demo: bool = False
    theme: str = ""
    ascii: bool | None = None
    debug: bool = False
    keys: Keymap = STANDARD
    notices: tuple[str, ...] = ()
    kept: Path | None = None
    templates: Mapping[str, str] = {}
    frame: str = "cells"
    """`cells`: what changed is written; `stock`: Textual writes every dirty region."""
