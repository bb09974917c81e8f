"""What Tab offers behind `:`: every verb, its arguments by name, and the values that the board knows."""

from __future__ import annotations

import pytest

from noc_tui.console.arguments import ArgumentError, split_line, usage
from noc_tui.console.command_line import COMMAND_WORDS
from noc_tui.console.completing import completions
from noc_tui.console.session import Session
from noc_tui.console.stock import stock_of
from noc_tui.incidents.saved_views import SavedView
from noc_tui.incidents.verbs import VERBS
from tests.unit.console.boards import NOW, incident, session_of


@pytest.fixture
def session() -> Session:
    """A board that knows two owners, a team, two services and a label."""
    session = session_of()
    rows = [
        incident(1, owner="ana", team="t2", service="core transport", labels=("fibre",)),
        incident(2, owner="bo", service="mail", site="ams1"),
    ]
    session.board.swap_in(stock_of([rows], session.policy, NOW), NOW)
    return session


def offers(text: str, session: Session) -> list[str]:
    """What the line may become."""
    complete = completions("command", session)
    assert complete is not None
    return complete(text, len(text))


@pytest.mark.parametrize("word", COMMAND_WORDS)
def test_every_word_is_completed(word: str, session: Session) -> None:
    assert f"{word} " in offers(word[:2], session)


@pytest.mark.parametrize("verb", [verb for verb in VERBS.values() if verb.args], ids=lambda verb: verb.id)
def test_every_argument_is_offered_by_its_name(verb: object, session: Session) -> None:
    known = VERBS[getattr(verb, "id", "")]
    for arg in known.args:
        if arg.kind != "flag":
            assert f"{known.id} {arg.name}=" in offers(f"{known.id} {arg.name[:2]}", session)


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("assign a", "assign ana "),
        ("assign team:", "assign team:t2 "),
        ("assign to=b", "assign to=bo "),
        ("resolve f", "resolve fixed "),
        ("resolve code=w", "resolve code=workaround "),
        ("service core", "service core transport "),
        ("log title=x service=core", 'log title=x service="core transport" '),
        ("label f", "label fibre "),
        ("hold provider ", "hold provider 4h "),
        ("view mi", "view mine "),
        ("sort re", "sort resource "),
        ("group si", "group site "),
        ("filter own", "filter owner:"),
        ("pick owner:a", "pick owner:ana"),
    ],
)
def test_what_the_board_knows_is_offered(text: str, offered: str, session: Session) -> None:
    assert any(one.startswith(offered) for one in offers(text, session)), offers(text, session)


def test_what_is_offered_is_taken(session: Session) -> None:
    (line, *_) = offers("hold provider ", session)
    verb, _, rest = line.partition(" ")
    assert split_line(VERBS[verb], rest, NOW, session.zone)["reason"] == "provider"


def test_what_is_too_much_is_told_with_what_to_write(session: Session) -> None:
    with pytest.raises(ArgumentError, match=r"write release alone"):
        split_line(VERBS["release"], "now", NOW, session.zone)
    assert usage(VERBS["resolve"]) == "resolve CODE [cause=…] [note=…]"


def test_orders_groups_and_saved_views_are_completed(session: Session) -> None:
    assert "sort -age " in offers("sort -a", session)
    assert "sort site,-age " in offers("sort site,-a", session)
    assert "group none " in offers("group n", session)
    session.look.take_views(own=[SavedView("night-p1", "p:1")], shared=[SavedView("core", "is:open")])
    assert "view night-p1 " in offers("view ni", session)
    assert offers("view drop ", session) == ["view drop night-p1 ", "view drop core "]
    assert offers("view save core ", session) == ["view save core shared "]
