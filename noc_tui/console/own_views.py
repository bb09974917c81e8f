"""A person's own views, and when they left last, in files of their own in the user's data directory.

A file is replaced as a whole or not at all, and only its owner can read it. One that cannot be understood is told of
and left as it is: it may be of a newer version, or can be mended by hand.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec

from noc_tui.incidents.model import Micros
from noc_tui.incidents.saved_views import SavedView, ViewError, view_from
from noc_tui.store.private_file import replace_private

_LARGEST: Final = 1024 * 1024


class Mine(NamedTuple):
    """What a person keeps: views, and the order in which all are turned over (empty: the usual one)."""

    views: tuple[SavedView, ...] = ()
    order: tuple[str, ...] = ()


class OwnViews:
    """The files in one directory, for one store (its path or URL)."""

    def __init__(self, directory: Path, store: str) -> None:
        self._views, self._left = directory / "views.json", directory / "left.json"
        self._store = store
        self.trouble = ""
        """What is wrong with the views' file, as a sentence: then it is not written either."""

    def read(self) -> Mine:
        """Return what is kept; nothing where there is no file, or one that cannot be understood (`trouble`)."""
        try:
            data = _read(self._views)
            if data is None:
                return Mine()
            if not isinstance(data, dict) or not isinstance(data.get("views"), list):
                raise ViewError('it is to be {"views": [...]}')
            order = data.get("order", [])
            if not isinstance(order, list) or not all(isinstance(name, str) for name in order):
                raise ViewError("its order is to be a list of names")
            return Mine(tuple(map(view_from, data["views"])), tuple(order))
        except (OSError, ViewError, msgspec.DecodeError) as error:
            why = error.strerror if isinstance(error, OSError) else str(error)
            self.trouble = (
                f"Your views in {self._views} cannot be read ({why}): mend or move the file, it is left alone."
            )
            return Mine()

    def write(self, mine: Mine) -> str:
        """Keep this; returns what went wrong, as a sentence, or nothing."""
        if self.trouble:
            return self.trouble
        try:
            views = [msgspec.to_builtins(view) for view in mine.views]
            _replace(self._views, {"views": views, "order": list(mine.order)})
        except OSError as error:
            return f"Your views are not kept in {self._views} ({error.strerror}): they last until you leave."
        return ""

    def left(self) -> Micros | None:
        """Return when the person left this store last; None if that is not known."""
        try:
            data = _read(self._left)
        except (OSError, msgspec.DecodeError):
            return None
        found = data.get(self._store) if isinstance(data, dict) else None
        return found if isinstance(found, int) else None

    def leave(self, now: Micros) -> None:
        """Note that the person leaves now; where that cannot be written the last time stands."""
        try:
            data = _read(self._left)
            known = data if isinstance(data, dict) else {}
            _replace(self._left, {**known, self._store: now})
        except (OSError, msgspec.DecodeError):
            return


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            return msgspec.json.decode(file.read(_LARGEST))
    except FileNotFoundError:
        return None


def _replace(path: Path, data: dict[str, Any]) -> None:
    replace_private(path, msgspec.json.format(msgspec.json.encode(data), indent=2) + b"\n")
