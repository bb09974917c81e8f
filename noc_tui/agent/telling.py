"""The agent's words: sentences on standard error for a person or a service's log, stages for the console that waits."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Final

from noc_tui.incidents.text import clean

ON_DUTY: Final = "on duty"
WAITING: Final = "waiting"
"""Stages that a supervised agent tells on standard output, a line each."""
_LONGEST: Final = 1_000


def tell(sentence: str) -> None:
    """Say a sentence on standard error; whoever listened may be gone."""
    with suppress(OSError, ValueError):
        print(f"noc-tui agent: {clean(sentence, limit=_LONGEST)}", file=sys.stderr, flush=True)


def tell_stage(stage: str) -> None:
    """Tell the console that started us how far we are."""
    with suppress(OSError, ValueError):
        print(stage, flush=True)
