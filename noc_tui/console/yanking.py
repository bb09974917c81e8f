"""Copies: what is taken of an incident, or of the picked ones, to be pasted elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from noc_tui.console.event_text import words
from noc_tui.console.session import Session
from noc_tui.incidents.model import Incident, number_text
from noc_tui.incidents.text import clean
from noc_tui.incidents.times import iso

Copy = Callable[[str, str], None]
"""Copies a text; the second one says what it is."""


class Yanking:
    """Takes copies for one session; `copy` puts them into the terminal's clipboard and says so."""

    def __init__(self, session: Session, copy: Copy) -> None:
        self._session, self._copy = session, copy

    def yank(self, what: str, numbers: Sequence[int]) -> None:
        """Copy `id`, `link`, `summary` or `timeline` of these incidents."""
        rows = [row for number in numbers if (row := self._session.row(number)) is not None]
        if not rows:
            self._session.say("There is no incident under the cursor.", trouble=True)
        elif what == "timeline":
            self._timeline(rows)
        else:
            text = "\n".join(_TAKEN[what](self._session, row) for row in rows)
            name = number_text(rows[0].number) if len(rows) == 1 else f"{len(rows)} incidents"
            self._copy(text, f"{what} of {name}")

    def _timeline(self, rows: Sequence[Incident]) -> None:
        row, known = rows[0], self._session.known
        if len(rows) > 1:
            self._session.say("A timeline is of one incident; , before the keys takes this row alone.", trouble=True)
        elif known is None or known.number != row.number:
            self._session.say("Its timeline is still being read; press again.", trouble=True)
        else:
            lines = [
                f"{iso(event.at)}  {clean(event.actor)}  {clean(words(event))}" for event in reversed(known.events)
            ]
            of = f", the newest {len(lines)} of {row.revision}" if len(lines) < row.revision else ""
            head = f"{_summary(self._session, row)}{of}"
            self._copy("\n".join((head, *lines, "")), f"timeline of {number_text(row.number)}{of}")


def _link(session: Session, row: Incident) -> str:
    """Where another finds it: on a server its address, else the command that shows it."""
    if session.link is not None:
        return f"{session.link.url.rstrip('/')}/v1/incidents/{row.number}"
    return f"noc-tui show {number_text(row.number)}"


def _summary(_session: Session, row: Incident) -> str:
    parts = (number_text(row.number), f"P{row.priority}", row.state, clean(row.resource), clean(row.title))
    return f"{' '.join(part for part in parts if part)} (owner {clean(row.owner) or 'nobody'})"


_TAKEN: Final[dict[str, Callable[[Session, Incident], str]]] = {
    "id": lambda _session, row: number_text(row.number),
    "link": _link,
    "summary": _summary,
}
