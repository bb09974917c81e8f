"""Bounds that those who write to a store keep to. Needs no SQL library, as no command that is only prepared may."""

from __future__ import annotations

from typing import Final

AT_ONCE: Final = 500
"""Commands in one transaction; a larger gesture is written in parts, under one batch (DESIGN.md 8.10)."""
