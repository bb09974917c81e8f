"""Counts fit four cells while nobody is there, and are exact while somebody is."""

from __future__ import annotations

import pytest

from noc_tui.console.figures import counted, in_short


@pytest.mark.parametrize(
    ("count", "short", "calm"),
    [
        (0, "0", "0"),
        (999, "999", "999"),
        (1000, "1000", "1.0k"),
        (4599, "4599", "4.5k"),
        (9999, "9999", "9.9k"),
        (10_000, "10k", "10k"),
        (41_999, "41k", "41k"),
    ],
)
def test_counts(count: int, short: str, calm: str) -> None:
    assert in_short(count) == short
    assert counted(count, calm=True) == calm
    assert counted(count, calm=False) == str(count)
