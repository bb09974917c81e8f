"""A saved view: a name for a query with its order and groups, a person's own or shared by the whole desk."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec

LONGEST: Final = 2_000
"""Characters of a query."""
_NAME: Final = re.compile(r"[^\W_][\w.+-]{1,23}")


class ViewError(ValueError):
    """What is wrong with a view, as a sentence."""


class SavedView(msgspec.Struct, frozen=True):
    """What a view shows (`query`, in the filter language), and how: `sort` and `group` as they are typed.

    `hidden` tells that it shows what is shelved or suppressed, too.
    """

    name: str
    query: str = ""
    sort: str = ""
    group: str = ""
    hidden: bool = False


def sound_name(name: str) -> str:
    """Return a name that a view can have; ViewError says what names are like."""
    if not _NAME.fullmatch(name):
        raise ViewError(
            f"{name!r} is no name for a view: 2 to 24 letters and digits, with . - + or _ between, such as night-p1"
        )
    return name


def view_from(data: Any) -> SavedView:
    """Return the view that plain data tells; ViewError says what is wrong with it."""
    try:
        view = msgspec.convert(data, SavedView)
    except msgspec.ValidationError as error:
        raise ViewError(str(error)) from None
    sound_name(view.name)
    if max(len(view.query), len(view.sort), len(view.group)) > LONGEST:
        raise ViewError(f"the query of view {view.name} is longer than {LONGEST} characters")
    return view


class DeskViews(msgspec.Struct, frozen=True):
    """The desk's views, plain and by name, as of the event `seq`."""

    seq: int = 0
    views: dict[str, Any] = {}

    def saved(self) -> tuple[SavedView, ...]:
        """Return those that this version understands."""
        found: list[SavedView] = []
        for plain in self.views.values():
            try:
                found.append(view_from(plain))
            except ViewError:
                continue
        return tuple(found)


def desk_views_from(text: str | None) -> DeskViews:
    """Return what the line of `meta` says; none where there is no line, or one that cannot be read."""
    try:
        return DeskViews() if text is None else msgspec.json.decode(text, type=DeskViews)
    except msgspec.DecodeError:
        return DeskViews()
