"""What every source has in common: what it brings, and how the agent asks for it."""

from __future__ import annotations

import re
from typing import Final, Protocol

import msgspec

from noc_tui.incidents.model import Report
from noc_tui.sources.differ import Known
from noc_tui.sources.errors import BadSource
from noc_tui.sources.reading import Odd

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Polled(msgspec.Struct, frozen=True):
    """What one poll brought: only what is new, changed or gone since the last poll that was kept.

    `alerts` counts all that the source has now. `known` is what it will compare with once this is kept.
    """

    reports: list[Report]
    odd: list[Odd]
    alerts: int
    known: Known


class SourceTest(msgspec.Struct, frozen=True):
    """What `noc-tui source test` has to tell of a source that answers. `round_trip` is in microseconds."""

    name: str
    url: str
    version: str
    alerts: int
    odd: list[Odd]
    sample: list[Report]
    round_trip: int


class Source(Protocol):
    """A monitoring system that is asked again and again.

    `poll` changes nothing: until `keep` says that its reports are durable, the next poll brings them again, so
    that a full disk or a crash between the two loses no alert.
    """

    name: str
    url: str

    async def poll(self) -> Polled:
        """Ask once; raise `NetError` or `SourceError`, after which nothing is known to be gone."""
        ...

    def keep(self, polled: Polled) -> None:
        """Remember a poll whose reports and odd ones are durable."""
        ...

    async def test(self) -> SourceTest:
        """Ask once for what a person setting it up wants to know; raise as `poll` does."""
        ...


def check_name(name: str) -> str:
    """Return the name of a source; raise `BadSource` when it cannot be the first part of an alert's ref."""
    if _NAME.fullmatch(name):
        return name
    raise BadSource(
        "A source's name is 1 to 64 letters, digits, dots, dashes and underscores; it starts with a letter or a digit."
    )
