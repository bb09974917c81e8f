"""The pages about one incident: which there are, what is shown on each, and what their own keys do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from noc_tui.console.alerts_page import AlertsPage
from noc_tui.console.arguments import ArgumentError
from noc_tui.console.detail import Known
from noc_tui.console.doing import Asked, Doer, Page, Screen
from noc_tui.console.nearby_page import NearbyPage
from noc_tui.console.paging import Shown
from noc_tui.console.raw import RawPage
from noc_tui.console.row_text import Page as Look
from noc_tui.console.session import Session
from noc_tui.console.timeline import TimelinePage
from noc_tui.incidents.model import Incident, number_text

TABS: Final[tuple[Page, ...]] = ("detail", "timeline", "alerts", "near", "seen", "raw")
"""The pages in the order in which one key goes through them."""


class AboutPages:
    """What is open about one incident at this terminal."""

    def __init__(self, session: Session, screen: Screen, doer: Doer) -> None:
        self._session, self._screen, self._doer = session, screen, doer
        self.timeline = TimelinePage()
        self.raw = RawPage()
        self._alerts = AlertsPage()
        self._lists: dict[str, NearbyPage] = {name: NearbyPage(name) for name in ("near", "seen")}
        self._known: Known | None = None

    def show(self, row: Incident, known: Known | None, page: Look, width: int, height: int) -> Shown | None:
        """Return what the page that fills the body shows of an incident; None for one that is none of these."""
        name = self._doer.page
        self._known = fresh = known if known is not None and known.number == row.number else None
        if name == "timeline":
            self.timeline.turn_to(row.number)
            return self.timeline.show(row, fresh, page, width, height)
        if name == "alerts":
            return self._alerts.show(row, fresh, page, width, height, self._doer.alert_at)
        if name in self._lists:
            return self._lists[name].show(row, fresh, page, width, height)
        return self.raw.show(row, fresh, page, width, height) if name == "raw" else None

    def move(self, what: str, count: int) -> bool:
        """Move the cursor of the page; says whether it has one."""
        name = self._doer.page
        if name == "timeline":
            self.timeline.move(what, count)
        elif name == "alerts":
            self._doer.move_alert(what, count)
        elif name in self._lists:
            self._lists[name].move(what, count, self._known)
        elif name == "raw":
            self.raw.move(what, count)
        else:
            return False
        return True

    def action(self, action: str) -> bool:
        """Do an action that only these pages have; says whether it is one."""
        if action not in _ACTIONS:
            return False
        _ACTIONS[action](self)
        return True

    def turn(self, step: int) -> None:
        """Show the next page about the incident, or the one before."""
        at = TABS.index(self._doer.page) if self._doer.page in TABS else 0
        self._screen.show_page(TABS[(at + step) % len(TABS)])

    def narrow(self) -> None:
        """Show another part of the timeline."""
        self.timeline.narrow()

    def open_it(self) -> None:
        """Open the incident under the cursor, on the board or not."""
        page = self._lists.get(self._doer.page)
        other = page.under_cursor(self._known) if page is not None else None
        if other is None:
            self._session.say("There is no incident under the cursor.", trouble=True)
            return
        self._session.visited.remember(self._doer.about)
        if other.number not in self._session.board.rows:
            self._session.guest = other
        else:
            self._screen.go_to(other.number)
        self._doer.about = other.number
        self._screen.show_page("detail")

    # Search within

    def ask_text(self) -> None:
        """Ask what to look for on the page."""
        self._screen.ask(Asked("/", self.seek, kind="seek"))

    def seek(self, text: str, *, forward: bool = True) -> None:
        """Go to the next place that says a text; without one, that was sought last. ArgumentError if there is none."""
        name, text = self._doer.page, text.strip()
        row = self._session.row(self._doer.about)
        if name == "timeline":
            found = self.timeline.seek(text, forward=forward)
        elif name in self._lists:
            found = self._lists[name].seek(text, self._known)
        elif name == "alerts":
            found = self._seek_alert(text)
        else:
            found = row is not None and self.raw.seek(row, self._known, text, forward=forward)
        if not found:
            way = "after" if forward else "before"
            raise ArgumentError(f"Nothing {way} this says {text}." if text else "There is nothing to look for.")

    def not_found(self) -> None:
        """Say what a search read on for in vain."""
        if self.timeline.missed:
            number = number_text(self.timeline.number)
            self._session.say(f"Nothing else in {number}'s timeline says {self.timeline.missed}.", trouble=True)
            self.timeline.missed = ""

    def _seek_alert(self, text: str) -> bool:
        alerts, wanted, here = self._known.alerts if self._known else (), text.casefold(), self._doer.alert_at
        order = [*range(here + 1, len(alerts)), *range(min(here + 1, len(alerts)))]
        for at in order:
            alert = alerts[at]
            told = (
                alert.resource,
                alert.summary,
                alert.key,
                alert.severity,
                *(word for pair in alert.labels for word in pair),
            )
            if wanted in " ".join(told).casefold():
                self._doer.alert_at = at
                return True
        return False


_ACTIONS: Final[dict[str, Callable[[AboutPages], None]]] = {
    "next_tab": lambda pages: pages.turn(1),
    "previous_tab": lambda pages: pages.turn(-1),
    "kinds": AboutPages.narrow,
    "seek": AboutPages.ask_text,
    "seek_on": lambda pages: pages.seek(""),
    "seek_back": lambda pages: pages.seek("", forward=False),
    "open_near": AboutPages.open_it,
}
"""What the keys do that only these pages have."""
