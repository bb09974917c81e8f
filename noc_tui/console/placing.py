"""Where the operator is, as the others are told."""

from __future__ import annotations

from noc_tui.console.doing import ABOUT_ONE, Asked
from noc_tui.console.hands import Hands
from noc_tui.console.people import AWAY, AWAY_AFTER, LOOKING, TRIAGING, WRITING
from noc_tui.console.session import Session


def here(session: Session, hands: Hands, cursor: int | None, asked: Asked | None) -> tuple[int, str]:
    """Return at which incident the operator is (0: on the board), and what they do there."""
    writing = asked is not None and asked.kind == "argument"
    number = cursor if writing or hands.page in (*ABOUT_ONE, "triage") else None
    session.about = number
    if session.untouched > AWAY_AFTER:
        return max(0, number or 0), AWAY
    doing = WRITING if writing else TRIAGING if hands.page == "triage" else LOOKING
    return (number, doing) if number is not None and number > 0 else (0, "")
