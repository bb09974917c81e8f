"""The page of all views: what each shows and how many rows it has, to open, rename, drop, share and put in order."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from noc_tui.console.arguments import ArgumentError
from noc_tui.console.doing import Asked, Confirm, Doer, Screen
from noc_tui.console.leafing import Leaf
from noc_tui.console.paging import Shown, indented, lit
from noc_tui.console.row_text import Page
from noc_tui.console.session import Session
from noc_tui.console.tabs import arranged_words
from noc_tui.console.viewing import Viewing, as_plain, new_name
from noc_tui.console.views import CHANGED, View
from noc_tui.console.wrapping import wrap
from noc_tui.incidents.text import clean
from widgets.line import Line, cut_end, fit

_PANEL: Final = 6
"""Lines below the list that tell of the view under the cursor in full."""
_PANEL_FROM: Final = 18
_WORDS_FROM: Final = 110
"""From so many columns on each view is told in words beside its query."""
_QUERY: Final = 34
_LABEL: Final = 11

_SAID: Final = {
    "default": "the board, but for what is shelved or suppressed",
    CHANGED: "what has changed since you left last",
    "all": "the whole board, what is shelved or suppressed too",
    "shelved": "open, with an alert that is shelved",
    "suppressed": "open, with an alert that a rule hides",
}
"""What the views of the console show that is no query, or better said so."""
_WHOSE: Final = {"": "console", "own": "yours", "shared": "desk"}


class ViewsPage:
    """The list of views, its cursor, which stays on a view whatever comes and goes, and what its keys do."""

    def __init__(self, session: Session, screen: Screen, doer: Doer, viewing: Viewing) -> None:
        self._session, self._screen, self._doer, self._viewing = session, screen, doer, viewing
        self._leaf = Leaf()
        self._name = ""

    def begin(self) -> None:
        """Show the page, the cursor on the view that is shown."""
        self._name = self._session.look.view.name
        self._screen.show_page("views")

    @property
    def current(self) -> View:
        """The view under the cursor; where it is gone, the one in its place."""
        views = list(self._session.look.views)
        at = next((place for place, view in enumerate(views) if view.name == self._name), self._leaf.at)
        self._leaf.at = min(at, len(views) - 1)
        self._name = views[self._leaf.at].name
        return views[self._leaf.at]

    def move(self, what: str, count: int) -> None:
        """Move the cursor."""
        views = list(self._session.look.views)
        self._leaf.at = views.index(self.current)
        self._leaf.move(what, count, len(views))
        self._name = views[self._leaf.at].name

    # Deeds

    def open_it(self) -> None:
        """Look at the board through the view under the cursor."""
        self._viewing.through(self.current)

    def rename(self) -> None:
        """Ask for another name of a saved view."""
        view = self.current
        if self._is_saved(view):
            self._screen.ask(Asked(f"another name for {view.name}", lambda text: self._rename(view, text), view.name))

    def _rename(self, view: View, text: str) -> None:
        views, name = self._session.look.views, text.strip()
        if name == view.name:
            return
        new_name(name)
        if name in views.own or name in views.shared:
            raise ArgumentError(f"there is a view {name} already; x drops it")
        shown = self._session.look.view.name == view.name
        if view.whose == "own":
            own = [replace(saved, name=name) if saved.name == view.name else saved for saved in views.own.values()]
            self._viewing.keep(own, order=[name if one == view.name else one for one in views.order])
            if shown:
                self._session.look.through(views.named(name) or self._session.look.view)
            self._session.say(f"View {view.name} is {name} now.")
        else:
            self._doer.desk("view_save", as_plain(replace(views.shared[view.name], name=name)))
            self._doer.desk("view_drop", {"name": view.name})
        self._name = name

    def drop(self) -> None:
        """Drop a saved view, once that was confirmed."""
        view = self.current
        if not self._is_saved(view):
            return
        shared = view.whose == "shared"
        left = "the desk's is seen again" if view.name in self._session.look.views.shared and not shared else ""
        words = "for the whole desk" if shared else left or "it is yours alone"
        self._doer.confirm = Confirm(
            f"drop view {view.name}", words, lambda: self._viewing.drop(view.name, shared=shared)
        )

    def share(self) -> None:
        """Give a view of one's own to the whole desk."""
        view = self.current
        if not self._is_saved(view):
            return
        if view.whose == "shared":
            self._session.say(f"View {view.name} is the desk's already.")
        else:
            self._doer.desk("view_save", as_plain(self._session.look.views.own[view.name]))

    def shift(self, step: int, count: int) -> None:
        """Move the view under the cursor among the tabs; the others keep their order."""
        names = [view.name for view in self._session.look.views]
        at = names.index(self.current.name)
        to = max(0, min(len(names) - 1, at + step * count))
        names.insert(to, names.pop(at))
        self._viewing.keep(self._session.look.views.own.values(), order=names)

    def _is_saved(self, view: View) -> bool:
        """Whether a view is anybody's; what the console comes with stays as it is, and that is said."""
        if not view.whose:
            self._session.say(f"View {view.name} comes with the console and stays as it is.", trouble=True)
        return bool(view.whose)

    # Lines

    def show(self, page: Page, width: int, height: int) -> Shown:
        """Return the page for a body of this size."""
        views, current, room = list(self._session.look.views), self.current, width - 6
        turns = f"{page.keys.keys_of(action='previous_view')} {page.keys.keys_of(action='next_view')}"
        head: Line = [
            ("Views", "bright"),
            (f"  {len(views)}   ", "muted"),
            (turns, "key"),
            (" turn them over", "muted"),
        ]
        lines: list[Line] = [*indented([head]), *indented([[(cut_end(_heads(width), room), "muted")]])]
        told = _PANEL if height >= _PANEL_FROM else 0
        space = max(1, height - len(lines) - (told + 1 if told else 0))
        shown = self._leaf.view(len(views), space, lambda at: [self._line(views[at], page, room)])
        found = lit(shown, self._leaf.at, len(lines), page)
        lines += found.lines
        if told:
            lines += [[], *indented(self._panel(current, page, room)[:told])]
        return Shown(lines, found.states, found.cursor)

    def _line(self, view: View, page: Page, width: int) -> Line:
        count, cut = self._session.look.count(view), page.signs.cut
        is_shown = view.name == self._session.look.view.name
        line: Line = [
            (f"{_key(view, page):<5}", "muted"),
            (f"{fit(view.name, 24 if width >= _WORDS_FROM else 16, sign=cut)}  ", "bright" if is_shown else "text"),
            (f"{'' if count is None else format(count, ','):>7}  ", "text" if count else "muted"),
            (f"{_WHOSE[view.whose]:<9}", "muted"),
        ]
        left = width - sum(len(text) for text, _ in line)
        if width < _WORDS_FROM:
            return [*line, (cut_end(clean(view.query) or self._words(view), left, cut), "muted")]
        query = fit(clean(view.query), _QUERY, sign=cut)
        return [*line, (f"{query}  ", "text"), (cut_end(self._words(view), left - _QUERY - 2, cut), "muted")]

    def _words(self, view: View) -> str:
        return clean(_SAID.get(view.name, "") if not view.whose else "") or self._session.look.told(view.query)

    def _panel(self, view: View, page: Page, width: int) -> list[Line]:
        """All that is known of one view."""
        saved = {"own": "yours", "shared": "the whole desk's"}
        whose = saved.get(view.whose, "comes with the console")
        if view.whose == "own" and view.name in self._session.look.views.shared:
            whose += "; it hides the desk's of the same name"
        facts = [
            ("shows", self._words(view)),
            ("query", clean(view.query)),
            ("hidden ones", "too" if view.hidden else ""),
            ("order", arranged_words(view.arrangement, narrow=False) or "the bands"),
            ("whose", whose),
        ]
        lines: list[Line] = []
        for name, value in facts:
            for row, part in enumerate(wrap(value, width - _LABEL - 2, 2, page.signs.cut) if value else ()):
                lines.append([(f"{'' if row else name:<{_LABEL}}  ", "muted"), (part, "text")])
        return lines


def _key(view: View, page: Page) -> str:
    """The keys that show a view of the console."""
    if not view.key:
        return ""
    return page.keys.keys_of(action=f"view_{view.key}") or page.keys.keys_of(action=f"view_{view.name}")


def _heads(width: int) -> str:
    wide = width - 6 >= _WORDS_FROM
    lead = f"{'key':<5}{'name':<{24 if wide else 16}}  {'rows':>7}  {'whose':<9}"
    return f"{lead}{'query':<{_QUERY}}  in words" if wide else f"{lead}query"
