"""Views: what each shows, how many rows it has while everything changes, and where a person's own are kept."""

from __future__ import annotations

import stat
from collections.abc import Callable
from datetime import UTC
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from noc_tui.console.arranging import Arrangement
from noc_tui.console.board_model import BoardModel
from noc_tui.console.look import Look
from noc_tui.console.own_views import Mine, OwnViews
from noc_tui.console.stock import stock_of
from noc_tui.console.tabs import tabs, view_runs
from noc_tui.console.views import DEFAULT, VIEWS, Eyes, View
from noc_tui.incidents import ordering
from noc_tui.incidents.model import MINUTE, Incident, Micros
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.query import QueryContext, compile_query
from noc_tui.incidents.saved_views import SavedView
from noc_tui.journal.changes import ChangeSet
from tests.unit.console.boards import NOW, incident, session_of
from tests.unit.console.test_board_model import incidents
from widgets.line import line_width

POLICY = Policy()
LEFT = NOW - 2 * MINUTE
SAVED = (
    SavedView("old", "age>30m"),
    SavedView("soon", "sla<40m", hidden=True),
    SavedView("late", "is:late or owner:me", sort="sla"),
    SavedView("site", "site:par3", "-age,site", "owner"),
    SavedView("odd", "nosuchfield:1"),
)


def shows(view: View, row: Incident, now: Micros) -> bool:
    """Whether a view shows a row, asked anew."""
    hidden = ordering.is_hidden(row, POLICY, now)
    return (view.hidden or not hidden) and (view.test is None or view.test(Eyes("me", POLICY, now, LEFT))(row))


@given(incidents())
def test_a_shipped_view_shows_what_its_query_says(row: Incident) -> None:
    context = QueryContext(me="me", now=NOW, zone=UTC, policy=POLICY)
    for view in VIEWS:
        if view.query and view.test is not None:
            assert view.test(Eyes("me", POLICY, NOW, LEFT))(row) == compile_query(view.query, context).predicate(row)


class CountMachine(RuleBasedStateMachine):
    """Changes rows and lets time pass; every view must count, and the one shown must show, what a fresh look finds."""

    def __init__(self) -> None:
        super().__init__()
        self.board = BoardModel(POLICY, NOW)
        self.look = Look(self.board, "me", UTC)
        self.look.take_views(own=SAVED, left=LEFT)
        self.now = NOW
        self.seq = 0
        self.count()

    def count(self) -> None:
        """Ask all rows, as far as that is to be done."""
        for _ in self.look.counting():
            pass

    @rule(changes=st.lists(incidents(), min_size=1, max_size=5))
    def rows_change(self, changes: list[Incident]) -> None:
        """Incidents change."""
        self.seq += 1
        self.board.apply([msgspec.structs.replace(row, changed_seq=self.seq) for row in changes], self.now)

    @rule(minutes=st.integers(0, 20))
    def time_passes(self, minutes: int) -> None:
        """Clocks run on."""
        self.now += minutes * MINUTE + 1
        self.board.tick(self.now)

    @rule(at=st.integers(0, 20), folded=st.booleans())
    def one_looks(self, at: int, folded: bool) -> None:
        """Another view is turned to, and what is grouped is folded."""
        views = list(self.look.views)
        self.look.through(views[at % len(views)])
        self.board.fold_all(folded=folded)

    @rule(own=st.sets(st.sampled_from(SAVED)))
    def views_come_and_go(self, own: set[SavedView]) -> None:
        """Other views are saved."""
        before = dict(self.look.views.own)
        self.look.take_views(own=own)
        assert self.look.uncounted == (before != self.look.views.own)
        assert (self.look.count(DEFAULT) is None) == self.look.uncounted
        self.count()

    @rule()
    def all_is_read_anew(self) -> None:
        """The whole board is read again."""
        self.board.swap_in(stock_of([list(self.board.rows.values())], POLICY, self.now), self.now)
        self.count()

    @invariant()
    def every_view_counts_what_it_shows(self) -> None:
        """Of all rows, whatever is shown just now."""
        for view in self.look.views:
            rows = [row for row in self.board.rows.values() if shows(view, row, self.now)]
            assert self.look.count(view) == len(rows), view.name

    @invariant()
    def what_is_shown_is_what_the_view_shows(self) -> None:
        """Rows come and go by themselves as time passes."""
        wanted = {row.number for row in self.board.rows.values() if shows(self.look.view, row, self.now)}
        assert set(self.board.numbers()) == wanted


TestCounts = CountMachine.TestCase
TestCounts.settings = settings(stateful_step_count=25)


def test_a_change_asks_its_own_row_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    session = session_of(incident(number, owner="me" if number % 2 else "") for number in range(1, 501))
    session.look.take_views(own=[SavedView("fans", "fan")])
    for _ in session.look.counting():
        pass
    asked: list[int] = []
    standing = session.board.stock.standing
    assert standing is not None
    of = standing.of

    def noted(row: Incident, policy: Policy, now: Micros) -> tuple[int, ...]:
        asked.append(row.number)
        return of(row, policy, now)

    monkeypatch.setattr(standing, "of", noted)
    session.apply(ChangeSet(seq=9_000, incidents=(incident(7, owner="ana", changed_seq=9_000),)))
    assert asked == [7]
    assert session.look.count(next(view for view in VIEWS if view.name == "mine")) == 249


def test_counting_is_done_in_slices() -> None:
    session = session_of(incident(number) for number in range(1, 1_001))
    session.look.take_views()
    steps = session.look.counting()
    next(steps)
    assert session.look.count(DEFAULT) is None
    session.look.take_views(own=[SavedView("fans", "fan")])
    assert list(steps) == []
    assert session.look.uncounted


def test_a_view_is_found_by_key_name_and_beginning() -> None:
    look = session_of().look
    look.take_views(own=[SavedView("night-p1", "p:1"), SavedView("night-p2", "p:2")], shared=[SavedView("day")])
    named: Callable[[str], View | None] = look.views.named
    assert [view.name for word in ("2", "Mine", "short", "night-p2") if (view := named(word))] == [
        "mine",
        "mine",
        "short of time",
        "night-p2",
    ]
    assert named("night") is None
    assert [view.whose for view in look.views][9:12] == ["shared", "own", "own"]


def test_ones_own_view_stands_before_the_desks_of_its_name() -> None:
    look = session_of([incident(1, site="par3"), incident(2)]).look
    look.take_views(shared=[SavedView("here", "site:ams1")], own=[SavedView("here", "site:par3", "-age", "owner")])
    view = look.views.named("here")
    assert view is not None
    look.through(view)
    assert list(look.views.named("here") == each for each in look.views).count(True) == 1
    assert view.arrangement == Arrangement("age", reverse=True, group="owner")


@given(order=st.lists(st.sampled_from([*(view.name for view in VIEWS), "old", "soon", "gone"])))
def test_tabs_stand_as_they_were_put_and_none_is_lost(order: list[str]) -> None:
    look = session_of([incident(1)]).look
    look.take_views(own=SAVED)
    usual = [view.name for view in look.views]
    for _ in look.counting():
        pass
    look.take_views(order=order)
    names = [view.name for view in look.views]
    assert sorted(names) == sorted(usual)
    assert [name for name in names if name in order] == [name for name in dict.fromkeys(order) if name in usual]
    assert not look.uncounted, "no row is asked anew for it"
    look.take_views(order=())
    assert [view.name for view in look.views] == usual


def test_a_name_of_the_consoles_hides_nothing() -> None:
    look = session_of([incident(1)]).look
    look.take_views(shared=[SavedView("mine", "p:1"), SavedView("day")])
    assert [view.name for view in look.views].count("mine") == 1
    assert next(view for view in look.views if view.name == "mine") in VIEWS


def test_each_view_keeps_the_order_it_was_left_in() -> None:
    session = session_of([incident(1), incident(2)])
    session.board.sort_by("resource")
    session.look.through(VIEWS[8])
    assert session.board.arrangement == Arrangement()
    session.look.through(DEFAULT)
    assert session.board.arrangement == Arrangement("resource")


@pytest.mark.parametrize("room", [10, 40, 80, 200])
def test_tabs_fit_and_name_the_view_that_is_shown(room: int) -> None:
    session = session_of([incident(1)])
    session.look.take_views(own=[SavedView(f"view-{number}") for number in range(12)])
    for view in session.look.views:
        session.look.through(view)
        strip = tabs(session, room)
        assert line_width(strip) <= room
        assert not strip or (view.name, "bright") in strip
    assert view_runs(session, 100, room, filtered=False)


def test_own_views_are_kept_whole_and_private(tmp_path: Path) -> None:
    own = OwnViews(tmp_path / "data", "/srv/noc.db")
    assert own.read() == Mine()
    assert own.left() is None
    assert own.write(Mine(SAVED[:2], ("soon", "default"))) == ""
    own.leave(NOW)
    again = OwnViews(tmp_path / "data", "/srv/noc.db")
    assert (again.read(), again.left()) == (Mine(SAVED[:2], ("soon", "default")), NOW)
    assert OwnViews(tmp_path / "data", "https://noc.example").left() is None
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "data").iterdir()} == {0o600}
    assert sorted(path.name for path in (tmp_path / "data").iterdir()) == ["left.json", "views.json"]


@pytest.mark.parametrize(
    "body", ["{", "[]", '{"views": 3}', '{"views": [{"name": "a b"}]}', '{"views": [], "order": [1]}']
)
def test_a_damaged_file_is_told_of_and_left_alone(tmp_path: Path, body: str) -> None:
    path = tmp_path / "views.json"
    path.write_text(body, encoding="utf-8")
    own = OwnViews(tmp_path, "x")
    assert own.read() == Mine()
    assert str(path) in own.trouble
    assert own.write(Mine(SAVED[:1])) == own.trouble
    assert path.read_text(encoding="utf-8") == body


def test_where_nothing_can_be_written_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    own = OwnViews(tmp_path / "data", "x")
    assert "are not kept" in own.write(Mine(SAVED[:1]))
    own.leave(NOW)
    assert own.left() is None
