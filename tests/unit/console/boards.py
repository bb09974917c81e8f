"""Sessions with made-up rows, for what is shown of them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC
from itertools import count
from typing import Any, Final

from noc_tui.console.row_text import Page
from noc_tui.console.session import Seat, Session
from noc_tui.incidents.model import HOUR, MINUTE, Incident, Micros
from noc_tui.incidents.policy import Policy
from widgets.signs import UNICODE

NOW: Final[Micros] = 1_794_970_364_000_000
"""Wednesday 18 November 2026, 02:52:44 UTC."""


def incident(number: int, **fields: Any) -> Incident:
    """An open incident that nobody has acknowledged, but for what is given."""
    known: dict[str, Any] = {
        "state": "new",
        "attention": True,
        "priority": 3,
        "resource": f"sw{number}.ams1",
        "title": "fan 2 slow",
        "site": "ams1",
        "opened_at": NOW - number * MINUTE,
        "updated_at": NOW - MINUTE,
        "response_due": NOW + HOUR,
        "resolution_due": NOW + 8 * HOUR,
        "alert_count": 1,
        "alerts_firing": 1,
        "changed_seq": number,
        "revision": 2,
    }
    return Incident(id=bytes([number % 256]) * 16, number=number, **(known | fields))


def session_of(rows: Iterable[Incident] = (), *, demo: bool = False) -> Session:
    """A session of `me` whose board holds these rows."""
    ids = count(1)
    seat = Seat(me="me", origin="me@tty1", zone=UTC, desk="ams1", demo=demo)
    session = Session(seat, Policy(), lambda: NOW, lambda: next(ids).to_bytes(16))
    session.first_page(list(rows))
    session.loaded = True
    return session


def page_of(session: Session) -> Page:
    """What all rows of a paint share."""
    return Page(NOW, session.me, session.policy, UNICODE)
