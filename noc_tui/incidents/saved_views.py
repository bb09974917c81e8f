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
