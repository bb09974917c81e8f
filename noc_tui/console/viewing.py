"""Views, orders and groups by the hands: what keys and words of the command line do with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import msgspec

from noc_tui.console.arguments import ArgumentError
from noc_tui.console.arranging import GROUPS
from noc_tui.console.session import Session
from noc_tui.console.views import CHANGED, DEFAULT, SHIPPED, View
from noc_tui.incidents.listing import SORTS
from noc_tui.incidents.saved_views import SavedView, ViewError, sound_name

if TYPE_CHECKING:
    from noc_tui.console.doing import Screen

_WORDS: Final = {"save", "drop"}


class Viewing:
    """Turns views over, saves and drops them, sorts and groups the board, folds its groups."""

    def __init__(self, session: Session, screen: Screen, desk: Callable[[str, dict[str, Any]], None]) -> None:
        self._session, self._screen, self._desk = session, screen, desk

    # Views

    def show(self, word: str) -> None:
        """Look at the board through a view, by its key or its name; ArgumentError if there is none."""
        view = self._session.look.views.named(word)
        if view is None:
            names = ", ".join(view.name for view in self._session.look.views)
            raise ArgumentError(f"there is no view {word!r}; there are {names}")
        self.through(view)

    def through(self, view: View) -> None:
        """Look at the board through a view."""
        self._session.look.through(view)
        self._screen.show_page("board")
        self._screen.rows_changed()

    def turn(self, step: int) -> None:
        """Turn to the next view, or to the one before."""
        views = list(self._session.look.views)
        names = [view.name for view in views]
        at = names.index(self._session.look.view.name)
        self.through(views[(at + step) % len(views)])

    def line(self, words: str) -> None:
        """Do what stands behind `view` on the command line: a name, `save NAME [shared]` or `drop NAME [shared]`."""
        word, _, rest = words.partition(" ")
        if word not in _WORDS or not rest.strip():
            if word in _WORDS and self._session.look.views.named(word) is None:
                raise ArgumentError(f"view {word} needs a name, such as view {word} night-p1")
            self.show(words)
            return
        name, _, how = rest.strip().partition(" ")
        if how.strip() not in ("", "shared"):
            raise ArgumentError(f"view {word} takes a name without blanks, and `shared` behind it")
        (self._save if word == "save" else self.drop)(name, shared=bool(how))

    def _save(self, name: str, *, shared: bool) -> None:
        """Keep how the board is looked at now under a name."""
        view = self.as_saved(name)
        if shared:
            self._desk("view_save", as_plain(view))
            return
        self.keep({**self._session.look.views.own, name: view}.values())
        self._session.look.through(self._session.look.views.named(name) or DEFAULT)
        self._session.look.only("", self._session.now)
        self._screen.rows_changed()
        self._session.say(f"View {name} is saved.  :view {name} shows it.")

    def as_saved(self, name: str) -> SavedView:
        """Return how the board is looked at now, as a view with a name; ArgumentError if it cannot be one."""
        look, now = self._session.look, self._session.board.arrangement
        view = look.view
        if view.test is not None and not view.query:
            why = "since you left" if view.name == CHANGED else f"in view {view.name}"
            raise ArgumentError(f"what is shown {why} cannot be said in a query; g1 first, then a filter")
        parts = [part for part in (view.query, look.text) if part]
        query = " ".join(f"({part})" for part in parts) if len(parts) > 1 else "".join(parts)
        sort = f"-{now.sort}" if now.reverse else now.sort
        return SavedView(new_name(name), query, sort, now.group, view.hidden)

    def drop(self, name: str, *, shared: bool) -> None:
        """Drop a saved view: the person's own, or the desk's; ArgumentError if there is none."""
        views = self._session.look.views
        if not shared and name in views.own:
            self.keep(view for view in views.own.values() if view.name != name)
            self._screen.rows_changed()
            self._session.say(f"View {name} is dropped.")
        elif name in views.shared:
            self._desk("view_drop", {"name": name})
        else:
            own = ", ".join((*views.own, *views.shared)) or "none so far"
            raise ArgumentError(f"there is no saved view {name!r}; saved are {own}")

    def keep(self, own: Iterable[SavedView], *, order: Iterable[str] | None = None) -> None:
        """Have these views of one's own, and all views in this order."""
        views = tuple(own)
        self._session.look.take_views(own=views, order=order)
        self._screen.keep_views(views)

    # Order and groups

    def sort(self, words: str) -> None:
        """Sort by columns (`age,-site`), or by the bands again; ArgumentError if there is no such column."""
        try:
            self._session.board.sort_by("" if words in ("", "default") else words)
        except ValueError as error:
            raise ArgumentError(str(error)) from None
        self._screen.rows_changed()

    def group(self, word: str) -> None:
        """Put rows into groups, or into none; ArgumentError if there are no such groups."""
        if word not in GROUPS and word not in ("", "none"):
            raise ArgumentError(f"group by one of {', '.join(GROUPS)}, or none")
        self._session.board.group_by("" if word == "none" else word)
        self._screen.rows_changed()

    def fold(self, *, folded: bool) -> None:
        """Fold the group that the cursor is in and go to its head, or open the one whose head it is on."""
        board = self._session.board
        name = board.lines.group_at(self._screen.under_cursor)
        if name is None:
            self._session.say("There is no group here.  zg groups the board.", trouble=True)
            return
        board.fold(name, folded=folded)
        self._screen.rows_changed()
        if folded:
            self._screen.go_to(board.lines.folds.key(name))

    def turn_fold(self) -> bool:
        """On a group's head fold the group, or open it; says whether that was so."""
        name = self.head
        if name is None:
            return False
        self.fold(folded=name not in self._session.board.lines.folds)
        return True

    def open_head(self) -> bool:
        """On a group's head open the group; says whether that was so."""
        if self.head is None:
            return False
        self.fold(folded=False)
        return True

    def fold_all(self, *, folded: bool) -> None:
        """Fold all groups, or open them all."""
        board, key = self._session.board, self._screen.under_cursor
        if not board.arrangement.group:
            self._session.say("There are no groups here.  zg groups the board.", trouble=True)
            return
        name = board.lines.group_at(key)
        board.fold_all(folded=folded)
        self._screen.rows_changed()
        if folded and name is not None:
            self._screen.go_to(board.lines.folds.key(name))

    @property
    def head(self) -> str | None:
        """The group whose head is under the cursor."""
        key = self._screen.under_cursor
        return self._session.board.lines.folds.name(key) if key is not None else None

    def pick_group(self) -> bool:
        """On a group's head pick all of the group, or none of it if all are picked; says whether that was so."""
        name = self.head
        if name is None:
            return False
        picks, members = self._session.picks, set(self._session.board.lines.members(name))
        if all(number in picks for number in members):
            for number in members:
                picks.toggle(number)
        else:
            picks.add(members)
        self._screen.rows_changed()
        return True

    def no_target(self) -> str:
        """Say why there is nothing for a verb under the cursor, and what to press."""
        name = self.head
        if name is None:
            return "There is no incident under the cursor."
        count = len(self._session.board.lines.members(name))
        by = self._session.board.arrangement.group
        return f"This is the head of {name or f'no {by}'}, {count} rows.  * picks them all, then press again."


def new_name(name: str) -> str:
    """Return a name that a view can be saved under; ArgumentError says why it cannot."""
    if name.casefold() in SHIPPED:
        raise ArgumentError(f"{name} is a view of the console; take another name")
    try:
        return sound_name(name)
    except ViewError as error:
        raise ArgumentError(str(error)) from None


def as_plain(view: SavedView) -> dict[str, Any]:
    """Return a view as the desk's verbs take it."""
    plain: dict[str, Any] = msgspec.to_builtins(view)
    return plain


SORT_WORDS: Final = (*SORTS, *(f"-{name}" for name in SORTS), "default")
"""Words behind `:sort`, for completion."""
GROUP_WORDS: Final = (*GROUPS, "none")
"""Words behind `:group`, for completion."""
