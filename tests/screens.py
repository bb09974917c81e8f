"""The emulator's screen, right where it is not: a real terminal goes back to the place it keeps as often as it is told.

The emulator forgets the place that was kept (DECSC) the first time that it goes back there (DECRC).
"""

from __future__ import annotations

import pyte


class KeepingScreen(pyte.Screen):
    """A screen that keeps one place until another is kept."""

    def save_cursor(self) -> None:
        """Keep where the cursor is, and the pen."""
        self.savepoints.clear()
        super().save_cursor()

    def restore_cursor(self) -> None:
        """Go back there; the place stays kept."""
        kept = bool(self.savepoints)
        super().restore_cursor()
        if kept:
            super().save_cursor()
