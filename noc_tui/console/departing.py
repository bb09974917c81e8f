"""Noticing that the terminal has gone: an SSH link dropped, a tmux killed, and no SIGHUP delivered."""

from __future__ import annotations

import select
import sys


def terminal_is_gone() -> bool:
    """Return whether standard input's terminal has hung up. Cheap: one poll without waiting."""
    poller = select.poll()
    try:
        poller.register(sys.__stdin__.fileno() if sys.__stdin__ is not None else 0, 0)
        return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poller.poll(0))
    except (OSError, ValueError):
        return True
