"""The agent's words: sentences on standard error for a person or a service's log, stages for the console that waits."""

from __future__ import annotations

import sys
from contextlib import suppress
from typing import Final

from noc_tui.incidents.text import clean
from noc_tui.journal.beside import LinkStatus
from noc_tui.journal.exchange import LIMIT

ON_DUTY: Final = "on duty"
WAITING: Final = "waiting"
"""Stages that a supervised agent tells on standard output, a line each."""
_LONGEST: Final = 1_000
_LINK: Final = {
    "connecting": "",
    "filling": "{url}: the board is being loaded, {rows} rows.",
    "following": "{url}: in step.",
}
"""What is said of a link's state; of any other what it says itself."""


def tell(sentence: str) -> None:
    """Say a sentence on standard error; whoever listened may be gone."""
    with suppress(OSError, ValueError):
        print(f"noc-tui agent: {clean(sentence, limit=_LONGEST)}", file=sys.stderr, flush=True)


class LinkVoice:
    """Says how the link to a remote store is doing, whenever that changes."""

    def __init__(self) -> None:
        self._said = ""
        self._status: LinkStatus | None = None

    @property
    def is_behind(self) -> bool:
        """Whether much is coming over the link now: all of the board, or more than a page."""
        status = self._status
        if status is None or status.state != "following":
            return status is not None and status.state == "filling"
        return status.head - status.seq > LIMIT

    def hear(self, status: LinkStatus) -> None:
        """Take a status, and say it if it says something new."""
        self._status = status
        words = _LINK.get(status.state, "{sentence}").format(
            url=status.url, sentence=status.sentence, rows=f"{status.total:,}"
        )
        if words and words != self._said:
            self._said = words
            tell(words)


def tell_stage(stage: str) -> None:
    """Tell the console that started us how far we are."""
    with suppress(OSError, ValueError):
        print(stage, flush=True)
