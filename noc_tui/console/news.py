"""The news line: the most pressing news and the key that answers it; blank when quiet (LOOK.md section 3).

In this order: a P1 outside the view, the store, the agent, a source, loading, a flood, a frozen list.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from noc_tui.console.bars import spread
from noc_tui.console.outliers import name_of
from noc_tui.console.row_text import Page
from noc_tui.console.session import Session
from widgets.line import Line
from widgets.roles import Run

News = tuple[list[Run], list[Run]]
"""The words at the left, and at the right the key that answers them."""


def news(session: Session, page: Page, width: int) -> Line:
    """Return the most pressing news, or a blank line: the list never moves because of it."""
    for tell in _IN_ORDER:
        found = tell(session)
        if found is not None:
            return spread(*found, width, page.signs.cut)
    return []


def _p1_outside(session: Session) -> News | None:
    hidden = session.p1_outside()
    if hidden is None:
        return None
    words: list[Run] = [("P1 outside your view: ", "bright"), (name_of(session, hidden.number), "bright")]
    return words, [("gb", "key"), (" go", "muted")]


def _store(session: Session) -> News | None:
    return ([(session.trouble, "bright")], []) if session.trouble else None


def _agent(session: Session) -> News | None:
    if session.agent_word == "lost":
        why = f" {session.agent_reason}" if session.agent_reason else ""
        return [(f"The agent is lost and is being started again; what you do is kept.{why}", "bright")], []
    if session.agent is not None and session.agent.trouble:
        return [(session.agent.trouble, "bright")], []
    return None


def _source(session: Session) -> News | None:
    sources = session.agent.sources if session.agent is not None else ()
    failing = next((source for source in sources if source.state in ("failing", "late")), None)
    if failing is None:
        return None
    return [(f"{failing.name}: {failing.last_error or 'no answer'}", "bright")], []


def _loading(session: Session) -> News | None:
    if session.loaded:
        return None
    return [(f"Reading the board, {len(session.board.rows)} incidents so far.", "muted")], []


def _flood(session: Session) -> News | None:
    arrivals = session.arrivals
    if not arrivals.flooded:
        return None
    return [("FLOOD", "p2"), (f"  {arrivals.alerts} alerts in 10 min, {arrivals.incidents} rows added.", "text")], []


def _frozen(session: Session) -> News | None:
    if not (session.frozen and session.board.waiting):
        return None
    words: list[Run] = [("The list is frozen; ", "text"), (f"{session.board.waiting} changes wait.", "text")]
    return words, [("f", "key"), (" let it move", "muted")]


_IN_ORDER: Final[tuple[Callable[[Session], News | None], ...]] = (
    _p1_outside,
    _store,
    _agent,
    _source,
    _loading,
    _flood,
    _frozen,
)
