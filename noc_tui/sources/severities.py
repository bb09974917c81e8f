"""The words that monitoring systems use for severity, in those of X.733."""

from __future__ import annotations

from typing import Final

_WORDS: Final = {
    "critical": "critical crit fatal emergency emerg panic alert disaster page p1 sev1 security",
    "major": "major error err high p2 sev2",
    "minor": "minor medium moderate average ticket p3 sev3",
    "warning": "warning warn low p4 sev4",
    "indeterminate": "indeterminate info information informational notice debug trace none unknown p5 sev5",
}
PERCEIVED: Final = {word: severity for severity, words in _WORDS.items() for word in words.split()}
"""Word in lower case to X.733 perceived severity. X.733 has no "info": that is indeterminate."""


def perceived(word: str) -> str:
    """Return the X.733 severity of a source's word; one that nobody knows is indeterminate."""
    return PERCEIVED.get(word.strip().lower(), "indeterminate")
