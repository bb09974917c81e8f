"""One line being written: every key of it, its history, its completions."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.editing import Editing
from widgets.visible import visible


def shown(editing: Editing) -> str:
    """The text with a bar at the caret."""
    return f"{editing.text[: editing.caret]}|{editing.text[editing.caret :]}"


def times(act: Callable[[Editing], None], count: int) -> list[Callable[[Editing], None]]:
    """The same key, pressed several times."""
    return [act] * count


@pytest.mark.parametrize(
    ("keys", "result"),
    [
        ([], "one two|"),
        ([Editing.left], "one tw|o"),
        ([Editing.begin, Editing.left], "|one two"),
        ([Editing.begin, Editing.right], "o|ne two"),
        ([Editing.end, Editing.right], "one two|"),
        ([Editing.delete_back], "one tw|"),
        ([Editing.begin, Editing.delete_back], "|one two"),
        ([Editing.begin, Editing.delete], "|ne two"),
        ([Editing.delete], "one two|"),
        ([Editing.delete_word], "one |"),
        (times(Editing.delete_word, 2), "|"),
        ([*times(Editing.left, 3), Editing.delete_word], "|two"),
        ([*times(Editing.left, 3), Editing.delete_to_begin], "|two"),
        ([*times(Editing.left, 3), Editing.delete_to_end], "one |"),
        ([lambda editing: editing.insert("!")], "one two!|"),
        ([Editing.begin, lambda editing: editing.insert("a\nb\x1b")], "a b�|one two"),
    ],
)
def test_keys(keys: Sequence[Callable[[Editing], None]], result: str) -> None:
    editing = Editing("one two")
    for key in keys:
        key(editing)

    assert shown(editing) == result


def test_history_goes_back_and_comes_forward_to_what_was_being_written() -> None:
    editing = Editing("draft", history=["oldest", "newest"])
    texts = []
    for step in (editing.older, editing.older, editing.older, editing.newer, editing.newer, editing.newer):
        step()
        texts.append(shown(editing))

    assert texts == ["newest|", "oldest|", "oldest|", "newest|", "draft|", "draft|"]


def test_completions_come_round_and_keep_what_is_behind_the_caret() -> None:
    asked: list[tuple[str, int]] = []

    def complete(text: str, caret: int) -> list[str]:
        asked.append((text, caret))
        return ["owner:", "opened:"]

    editing = Editing("o rest", complete=complete)
    editing.begin()
    editing.right()
    texts = []
    for step in (1, 1, 1, -1):
        editing.complete(step)
        texts.append(shown(editing))

    assert texts == ["owner:| rest", "opened:| rest", "owner:| rest", "opened:| rest"]
    assert asked == [("o rest", 1)]


def test_another_key_ends_the_completions() -> None:
    editing = Editing("", complete=lambda text, _caret: [text + "a"])
    editing.complete()
    editing.left()
    editing.end()
    editing.complete()

    assert editing.text == "aa"


def test_nothing_to_complete() -> None:
    bare, empty = Editing("x"), Editing("x", complete=lambda _text, _caret: [])
    bare.complete()
    empty.complete(-1)

    assert (bare.text, empty.text) == ("x", "x")


@given(st.lists(st.text(max_size=8)), st.text(max_size=20))
def test_all_that_enters_is_harmless(history: list[str], text: str) -> None:
    editing = Editing(text, history, complete=lambda _text, _caret: history)
    for act in (editing.older, editing.complete, editing.begin, lambda: editing.insert(text)):
        act()
        assert visible(editing.text) == editing.text
        assert 0 <= editing.caret <= len(editing.text)


def test_a_line_is_found_by_what_is_in_it_and_the_one_before_it_next() -> None:
    editing = Editing("", ["take", "resolve fixed", "note x", "resolve other"])
    editing.insert("resolve")
    found = []
    for _ in range(3):
        editing.search()
        found.append(editing.text)
    assert found == ["resolve other", "resolve fixed", "resolve fixed"]
    editing.newer()
    editing.search()
    assert editing.text == "note x", "the search begins anew with what is written"
