"""The news line: the most pressing news and the key that answers it; blank when quiet (LOOK.md section 3).

In this order: a P1 outside the view, the store, the agent, the link, what came in while it was down, a restored server,
what another took over, what was refused, who writes here, a source, loading, a flood, a frozen list, other clocks,
the coach, what is wrong in the configuration, that one may only look.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Final

from noc_tui.console import link_text, outbox_text
from noc_tui.console.bars import margins, spread
from noc_tui.console.link import RETURN_SAID
from noc_tui.console.outliers import name_of
from noc_tui.console.row_text import Page
from noc_tui.console.session import SAID_FOR, Session
from widgets.line import Line, line_width, width_of
from widgets.roles import Run

News = tuple[list[Run], list[Run]]
"""The words at the left, and at the right the key that answers them."""


def _outbox(session: Session) -> list[Run]:
    """The key to the outbox."""
    return [(session.keys.keys_of(action="outbox"), "key"), (" outbox", "muted")]


def news(session: Session, page: Page, width: int, *, but: Collection[str] = ()) -> Line:
    """Return the most pressing news, or a blank line: the list never moves because of it.

    `but` are kinds of news that stand on the screen already: `link`.
    """
    for kind, tell in _IN_ORDER:
        if kind in but:
            continue
        found = tell(session, width - sum(margins(width)))
        if found is not None:
            return spread(*found, width, page.signs.cut)
    return []


def _p1_outside(session: Session, _room: int) -> News | None:
    hidden = session.p1_outside()
    if hidden is None:
        return None
    words: list[Run] = [("P1 outside your view: ", "bright"), (name_of(session, hidden.number), "bright")]
    return words, [(session.keys.keys_of(action="board"), "key"), (" go", "muted")]


def _store(session: Session, _room: int) -> News | None:
    return ([(session.trouble, "bright")], []) if session.trouble else None


def _agent(session: Session, _room: int) -> News | None:
    if session.agent_word == "lost":
        why = f" {session.agent_reason}" if session.agent_reason else ""
        return [(f"The agent is lost and is being started again; what you do is kept.{why}", "bright")], []
    if session.agent is not None and session.agent.trouble:
        return [(session.agent.trouble, "bright")], []
    return None


def _link(session: Session, room: int) -> News | None:
    """Link down, or not up yet: the longest sentence that has room beside the key."""
    link, key = session.link, _outbox(session)
    if link is None:
        return None
    if link.word in ("live", "late") and not link.refused:
        waits = list(link_text.blocked(link)) if session.outgoing.entries else []
        return ([(_fitting(waits, room, key), "bright")], key) if waits else None
    if link.word == "filling":
        return [(link_text.filling(link), "text")], []
    if link.word == "connecting":
        return [(link_text.connecting(link), "text")], key
    sentences = list(link_text.down(session, link))
    return [(_fitting(sentences, room, key), "bright")], key


def _fitting(sentences: Sequence[str], room: int, key: Sequence[Run]) -> str:
    """The first sentence that has room beside the key that answers it, else the last."""
    beside = line_width(key) + 2
    return next((said for said in sentences if width_of(said) + beside <= room), sentences[-1])


def _refused(session: Session, _room: int) -> News | None:
    refused = session.outgoing.refused
    if not refused:
        return None
    first = next(iter(refused.values()))
    more = f" and {len(refused) - 1} more" if len(refused) > 1 else ""
    return [
        ("CONFLICT", "soon"),
        (f"  {outbox_text.named(session, first)}{more}: {outbox_text.why(session, first)}", "bright"),
    ], _outbox(session)


def _restored(session: Session, room: int) -> News | None:
    link = session.link
    if link is None or not link.restored:
        return None
    key = _outbox(session)
    return [(_fitting(link_text.restored(link, session.now), room, key), "bright")], key


def _returned(session: Session, _room: int) -> News | None:
    link = session.link
    if link is None or link.returned is None or session.now - link.returned.at > RETURN_SAID:
        return None
    refused = len(session.outgoing.refused)
    mine: list[Run] = [(session.keys.keys_of(action="view_2"), "key"), (" mine", "muted")]
    answer = _outbox(session) if refused else mine if link.returned.touched else []
    return [(link_text.returned(link, refused), "bright")], answer


def _taken_over(session: Session, _room: int) -> News | None:
    taken = session.taken_over
    if not taken.told(session.row(taken.number), session.now):
        return None
    words = f"{taken.owner} has {name_of(session, taken.number)} now; it was yours."
    return [(words, "bright")], []


def _writing(session: Session, _room: int) -> News | None:
    said = session.people.writing(session.about) if session.prompting and session.about is not None else ""
    return ([(f"{said}.", "bright")], []) if said else None


def _source(session: Session, _room: int) -> News | None:
    sources = session.agent.sources if session.agent is not None else ()
    failing = next((source for source in sources if source.state in ("failing", "late")), None)
    if failing is None:
        return None
    return [(f"{failing.name}: {failing.last_error or 'no answer'}", "bright")], []


def _loading(session: Session, _room: int) -> News | None:
    if session.loaded:
        return None
    return [(f"Reading the board, {len(session.board.rows)} incidents so far.", "muted")], []


def _flood(session: Session, _room: int) -> News | None:
    arrivals = session.arrivals
    if not arrivals.flooded:
        return None
    return [("FLOOD", "p2"), (f"  {arrivals.alerts} alerts in 10 min, {arrivals.incidents} rows added.", "text")], []


def _frozen(session: Session, _room: int) -> News | None:
    if not (session.frozen and session.board.waiting):
        return None
    words: list[Run] = [("The list is frozen; ", "text"), (f"{session.board.waiting} rows are to move.", "text")]
    return words, [(session.keys.keys_of(action="freeze"), "key"), (" let it move", "muted")]


def _coached(session: Session, _room: int) -> News | None:
    told = session.coached
    return ([(told.text, "bright")], []) if told.text and session.now - told.at < SAID_FOR else None


def _notice(session: Session, _room: int) -> News | None:
    if not session.notices:
        return None
    more = f"; {len(session.notices) - 1} more: noc-tui keys" if len(session.notices) > 1 else ""
    return [("Standard keys: ", "bright"), (f"{session.notices[0]}{more}", "text")], []


def _skewed(session: Session, _room: int) -> News | None:
    said = link_text.skewed(session.link) if session.link is not None else ""
    return ([(said, "text")], []) if said else None


def _only_looks(session: Session, _room: int) -> News | None:
    said = session.link.only_looks if session.link is not None else ""
    return ([(said, "text")], []) if said else None


_IN_ORDER: Final[tuple[tuple[str, Callable[[Session, int], News | None]], ...]] = (
    ("", _p1_outside),
    ("", _store),
    ("", _agent),
    ("link", _link),
    ("link", _returned),
    ("link", _restored),
    ("", _taken_over),
    ("link", _refused),
    ("", _writing),
    ("", _source),
    ("", _loading),
    ("", _flood),
    ("", _frozen),
    ("link", _skewed),
    ("", _coached),
    ("", _notice),
    ("", _only_looks),
)
