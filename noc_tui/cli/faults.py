"""What ends a command with a sentence, and the exit statuses that scripts rely on (DESIGN.md 6).

Bad usage is click's `UsageError`: status 2. The errors of store, net and sources speak for themselves: status 1.
"""

from __future__ import annotations

from typing import Final

OK: Final = 0
FAILED: Final = 1
"""A refusal or a failure."""
MISUSED: Final = 2
INTERRUPTED: Final = 130
"""128 and SIGINT, as shells say it."""
UNHEARD: Final = 141
"""128 and SIGPIPE: whoever read our output has gone."""


class Trouble(Exception):
    """A command could not do what was asked; `str()` is a sentence: what, where, what to do."""
