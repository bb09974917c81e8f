"""A store whose import has not ended: it holds a part of a history and may be opened only to go on with it."""

from __future__ import annotations

from typing import Final

from noc_tui.store.errors import StoreError

IMPORTING: Final = "importing"
"""The key in `meta` that is there from an import's first batch to its last; its value is the export's header."""


class UnfinishedStore(StoreError):
    """The store is the target of an import that has not ended."""

    sentence = (
        "The store {path} holds a part of an import that was stopped: run the same `noc-tui import` again to go on "
        "where it stopped, or delete the file to begin anew."
    )
