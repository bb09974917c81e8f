"""Where the operator is, as the others are told."""

from __future__ import annotations

from noc_tui.console.doing import ABOUT_ONE, Asked
from noc_tui.console.hands import Hands
from noc_tui.console.people import LOOKING, WRITING
from noc_tui.console.session import Session


def here(session: Session, hands: Hands, cursor: int | None, asked: Asked | None) -> tuple[int, str]:
    """Return at which incident the operator is (0: on the board), and whether they look at it or write on it."""
    writing = asked is not None and asked.kind == "argument"
    number = cursor if writing or hands.page in (*ABOUT_ONE, "triage") else None
    session.about = number
    return (number, WRITING if writing else LOOKING) if number is not None and number > 0 else (0, "")
