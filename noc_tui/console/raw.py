"""The page of what the store keeps of an incident, as JSON: itself, its alerts, its newest events; cleaned."""

from __future__ import annotations

import msgspec

from noc_tui.console.detail import Known
from noc_tui.console.leafing import Leaf
from noc_tui.console.paging import Shown, head, lit
from noc_tui.console.row_text import Page
from noc_tui.console.wrapping import ALL, wrap
from noc_tui.incidents.model import Alert, Incident
from noc_tui.incidents.text import clean
from noc_tui.journal.envelope import Event
from noc_tui.journal.wire import alert_json, event_json, incident_json
from widgets.line import Line

Thing = Incident | Alert | Event
"""What a document is made of."""


class RawPage:
    """The documents of one incident; one is made when it comes into view."""

    def __init__(self) -> None:
        self._leaf = Leaf()
        self._of: tuple[int, int, int] = (0, 0, 0)
        self._made: dict[tuple[int, int], list[str]] = {}
        self._count = 1
        self._sought = ""

    def move(self, what: str, count: int) -> None:
        """Move the cursor from document to document, and through one that is taller than the screen."""
        self._leaf.move(what, count, self._count)

    def seek(self, incident: Incident, known: Known | None, text: str = "", *, forward: bool = True) -> bool:
        """Go to the next document that says a text, or the last one sought; False if none does."""
        self._sought = text or self._sought
        wanted, things = self._sought.casefold(), self._things(incident, known)
        here = self._leaf.at
        order = range(here + 1, len(things)) if forward else range(here - 1, -1, -1)
        found = next((at for at in order if wanted in "\n".join(_document(things[at])).casefold()), None)
        if found is not None and wanted:
            self._leaf.at = found
        return found is not None and bool(wanted)

    def text(self, incident: Incident, known: Known | None) -> str:
        """Return the document under the cursor, whole."""
        things = self._things(incident, known)
        return "\n".join(_document(things[min(self._leaf.at, len(things) - 1)])[1:])

    def show(self, incident: Incident, known: Known | None, page: Page, width: int, height: int) -> Shown:
        """Return the page for a body of this size."""
        things = self._things(incident, known)
        of = (incident.number, incident.revision, len(things))
        if of != self._of:
            if of[0] != self._of[0]:
                self._leaf = Leaf()
            self._of = of
            self._made.clear()
        self._count = len(things)
        lines: list[Line] = [
            head("Raw", f"{min(self._leaf.at, len(things) - 1) + 1} of {len(things)}", incident, page, width),
            [],
        ]
        shown = self._leaf.view(
            len(things), max(1, height - 2), lambda at: self._lines(things[at], at, page, width - 6)
        )
        found = lit(shown, self._leaf.at, 2, page)
        return Shown([*lines, *found.lines], {}, found.cursor)

    def _things(self, incident: Incident, known: Known | None) -> list[Thing]:
        return [incident, *known.alerts, *known.events] if known is not None else [incident]

    def _lines(self, thing: Thing, at: int, page: Page, width: int) -> list[Line]:
        made = self._made.get((at, width))
        if made is None:
            made = self._made[at, width] = [
                part for line in _document(thing) for part in wrap(line, width, ALL, page.signs.cut)
            ]
        rest: list[Line] = [[(line, "text")] for line in made[1:]]
        return [[(made[0], "bright")], *rest, []]


def _document(thing: Thing) -> list[str]:
    """A thing's name, and its JSON with one value on each line; nothing in it is obeyed by a terminal."""
    if isinstance(thing, Incident):
        name, shape = "incident", incident_json(thing)
    elif isinstance(thing, Alert):
        name, shape = "alert", alert_json(thing)
    else:
        name, shape = "event", event_json(thing)
    text = msgspec.json.format(msgspec.json.encode(shape), indent=2).decode()
    return [name, *(_kept(line) for line in text.split("\n"))]


def _kept(line: str) -> str:
    """A line cleaned, its indentation kept."""
    bare = line.lstrip(" ")
    return " " * (len(line) - len(bare)) + clean(bare, limit=len(bare) + 1)
