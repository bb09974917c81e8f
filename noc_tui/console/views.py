"""Views: named looks at the board, one key or one word away (OPERATOR.md 2.3).

Those that the console comes with are functions, so that no query need be read before the first paint; `query` says the
same in the filter language. The others are saved: the desk's, and a person's own, which hides the desk's of its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Literal, NamedTuple

import msgspec

from noc_tui.console.arranging import Arrangement, sorted_by
from noc_tui.console.selection import Predicate
from noc_tui.incidents import ordering
from noc_tui.incidents.clocks import quarter_at
from noc_tui.incidents.model import OPEN_STATES, Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.saved_views import SavedView


class Eyes(NamedTuple):
    """Who looks, by which policy, at which instant, and when they left last."""

    me: str
    policy: Policy
    now: Micros
    left: Micros = 0


Test = Callable[[Eyes], Predicate]
"""Makes the function that says what a view shows at one instant."""
Turns = Callable[[Incident, Eyes], Micros | None]
"""Gives the next instant at which time alone may change what a view says of an incident."""


class View(msgspec.Struct, frozen=True):
    """A view: its name, its key after `g`, what it shows, and in which order and groups.

    Without a `test` all is shown. `hidden`: what is shelved or suppressed, too. `turns` is there where time alone
    changes what is shown at other instants than those of the board's own bands.
    """

    name: str
    key: str = ""
    query: str = ""
    hidden: bool = False
    test: Test | None = None
    turns: Turns | None = None
    arrangement: Arrangement = Arrangement()
    whose: Literal["", "shared", "own"] = ""

    @property
    def is_bare(self) -> bool:
        """Whether it is the board as it is, with nothing left out but what is hidden."""
        return self.test is None and not self.hidden


def _mine(eyes: Eyes) -> Predicate:
    me = eyes.me
    return lambda incident: incident.owner == me and incident.state in OPEN_STATES


def _unowned(eyes: Eyes) -> Predicate:
    return lambda incident: not incident.owner and incident.state in OPEN_STATES


def _majors(eyes: Eyes) -> Predicate:
    return lambda incident: incident.major and incident.state in OPEN_STATES


def _short_of_time(eyes: Eyes) -> Predicate:
    policy, now = eyes.policy, eyes.now
    return lambda incident: (quarter := quarter_at(policy, incident)) is not None and quarter <= now


def _waiting(eyes: Eyes) -> Predicate:
    now = eyes.now
    return lambda incident: ordering.is_held(incident, now) or ordering.is_snoozed(incident, now)


def _changed(eyes: Eyes) -> Predicate:
    left = eyes.left
    return lambda incident: incident.updated_at > left


def _cleared(eyes: Eyes) -> Predicate:
    return ordering.is_cleared


def _shelved(eyes: Eyes) -> Predicate:
    now = eyes.now
    return lambda incident: (
        incident.alerts_shelved > 0 and (incident.shelved_until or 0) > now and incident.state in OPEN_STATES
    )


def _suppressed(eyes: Eyes) -> Predicate:
    return lambda incident: incident.alerts_suppressed > 0 and incident.state in OPEN_STATES


def _snoozed(eyes: Eyes) -> Predicate:
    now = eyes.now
    return lambda incident: ordering.is_snoozed(incident, now) and incident.state in OPEN_STATES


CHANGED: Final = "changed"
"""The view of what has changed since the one who looks left last."""
VIEWS: Final = (
    View("default", "1"),
    View("mine", "2", "is:open is:mine", True, _mine),
    View("unowned", "3", "is:open is:unowned", False, _unowned),
    View("majors", "4", "is:open is:major", True, _majors),
    View("short of time", "5", "is:short", True, _short_of_time),
    View("waiting", "6", "is:waiting", True, _waiting),
    View(CHANGED, "7", "", False, _changed),
    View("cleared", "8", "is:cleared", True, _cleared),
    View("all", "9", "", True),
    View("shelved", "s", "", True, _shelved),
    View("suppressed", "x", "", True, _suppressed),
    View("snoozed", "z", "is:open is:snoozed", True, _snoozed),
)
"""The views that the console comes with."""
DEFAULT: Final = VIEWS[0]
BY_KEY: Final = {view.key: view for view in VIEWS}
SHIPPED: Final = frozenset(view.name for view in VIEWS)
"""Names that no saved view can have."""


def in_order(views: Sequence[View], names: Iterable[str]) -> list[View]:
    """Return views in the order of these names; one that is not among them stands behind the one it usually follows."""
    known = {view.name: view for view in views}
    found = [name for name in dict.fromkeys(names) if name in known]
    placed, before = set(found), None
    for view in views:
        if view.name not in placed:
            found.insert(0 if before is None else found.index(before) + 1, view.name)
        before = view.name
    return [known[name] for name in found]


class Views:
    """All views of one console. `question` makes the test of a saved one, and says when time alone changes it."""

    def __init__(self, question: Callable[[str], tuple[Test | None, Turns | None]]) -> None:
        self._question = question
        self.shared: dict[str, SavedView] = {}
        """The desk's, by their names."""
        self.own: dict[str, SavedView] = {}
        """The person's own, by their names."""
        self.order: tuple[str, ...] = ()
        """The names in the order that the person has given them; empty for the usual one."""
        self._in_order: tuple[View, ...] = VIEWS
        self._made: dict[str, tuple[SavedView, View]] = {}

    def take(
        self,
        shared: Iterable[SavedView] | None = None,
        own: Iterable[SavedView] | None = None,
        order: Iterable[str] | None = None,
    ) -> None:
        """Take the saved views as they are now; one with the name of a shipped view is not to be seen."""
        if shared is not None:
            self.shared = {view.name: view for view in shared}
        if own is not None:
            self.own = {view.name: view for view in own}
        if order is not None:
            self.order = tuple(order)
        names = sorted((self.shared.keys() | self.own.keys()) - SHIPPED, key=str.casefold)
        usual = (*VIEWS[:9], *map(self._view, names), *VIEWS[9:])
        self._in_order = tuple(in_order(usual, self.order))

    def _view(self, name: str) -> View:
        whose: Literal["shared", "own"] = "own" if name in self.own else "shared"
        saved = self.own[name] if whose == "own" else self.shared[name]
        known, view = self._made.get(name, (None, DEFAULT))
        if known == saved and view.whose == whose:
            return view  # rows that were asked by its test need not be asked again
        test, turns = self._question(saved.query) if saved.query else (None, None)
        try:
            sort, reverse = sorted_by(saved.sort)
        except ValueError:  # a column of a newer version
            sort, reverse = "", False
        arrangement = Arrangement(sort, reverse, saved.group)
        view = View(name, "", saved.query, saved.hidden, test, turns, arrangement, whose)
        self._made[name] = (saved, view)
        return view

    def __iter__(self) -> Iterator[View]:
        """Yield all views in the order in which one turns them over."""
        yield from self._in_order

    def named(self, word: str) -> View | None:
        """Return the view with this key or name, or the only one whose name begins so."""
        wanted = word.strip().casefold()
        views = list(self)
        exact = next((view for view in views if wanted in (view.key, view.name.casefold())), None)
        if exact is not None or not wanted:
            return exact
        begun = [view for view in views if view.name.casefold().startswith(wanted)]
        return begun[0] if len(begun) == 1 else None
