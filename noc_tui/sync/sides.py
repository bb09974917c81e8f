"""All that a link knows, in its parts."""

from __future__ import annotations

from noc_tui.sync.effects import Cancel
from noc_tui.sync.following import Following
from noc_tui.sync.histories import Histories
from noc_tui.sync.loading import Loading
from noc_tui.sync.pushing import Pushing
from noc_tui.sync.requests import Requests
from noc_tui.sync.telling import Telling


class Sides:
    """The parts of a link to the store at `url`: each knows its own side, and the requests that all share."""

    def __init__(self, url: str) -> None:
        self.requests = Requests()
        self.loading = Loading()
        self.following = Following(self.requests)
        self.pushing = Pushing(self.requests)
        self.histories = Histories(self.requests)
        self.telling = Telling(url)

    def abandon(self, *, restored: bool = False, least: int = 0) -> list[Cancel]:
        """From now on another history is followed, in a lineage that is `least` or more."""
        self.following.abandon()
        self.pushing.abandon(restored=restored)
        self.histories.abandon()
        return self.requests.begin_lineage(least)
