"""How many rows each view has, kept row by row: a row is asked anew when it changes, or when its time has come.

Nothing is counted before it is wanted: after other views were taken, all rows are asked once, in slices.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from noc_tui.console.selection import Predicate
from noc_tui.console.views import Eyes, View
from noc_tui.incidents import ordering
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.policy import Policy


class Standing:
    """Which of a number of views a row is in; `left` is when the one who looks left last."""

    def __init__(self, me: str, views: Sequence[View], left: Micros = 0) -> None:
        self._me, self._left = me, left
        self._tests = [(place, view.test, view.hidden) for place, view in enumerate(views)]
        self._turns = [view.turns for view in views if view.turns is not None]
        self._bound_at: tuple[Policy, Micros] | None = None
        self._bound: list[tuple[int, Predicate | None, bool]] = []
        self.names = tuple(view.name for view in views)
        """The names of the views, by their places."""
        self._views = {view.name: view for view in views}

    def asks(self, views: Iterable[View]) -> bool:
        """Return whether it is these views that it asks, in whatever order."""
        return self._views == {view.name: view for view in views}

    def of(self, incident: Incident, policy: Policy, now: Micros) -> tuple[int, ...]:
        """Return the places of the views that show an incident."""
        if self._bound_at != (policy, now):
            self._bind(policy, now)
        out = ordering.is_hidden(incident, policy, now)
        return tuple(
            [place for place, test, hidden in self._bound if (hidden or not out) and (test is None or test(incident))]
        )

    def turns_at(self, incident: Incident, policy: Policy, now: Micros) -> Micros | None:
        """Return the next instant at which time alone may move an incident from band to band, or from view to view."""
        at = ordering.turns_at(incident, policy, now)
        if not self._turns:
            return at
        eyes = Eyes(self._me, policy, now, self._left)
        found = [instant for turns in self._turns if (instant := turns(incident, eyes)) is not None]
        return min(found if at is None else [at, *found], default=None)

    def _bind(self, policy: Policy, now: Micros) -> None:
        eyes = Eyes(self._me, policy, now, self._left)
        self._bound = [(place, test(eyes) if test else None, hidden) for place, test, hidden in self._tests]
        self._bound_at = (policy, now)
