"""Expressions mean what Python's mean, and take one step for each character whatever they are."""

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.query.regex import LARGEST, Regex, RegexError

LEAVES = st.sampled_from(["a", "b", "c", "1", ".", r"\d", r"\w", r"\S", "[ab]", "[^a]", "[a-c1]", r"\.", "^", "$"])
EXPRESSIONS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"({'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{2,}"])).map(
            lambda two: f"(?:{two[0]}){two[1]}"
        ),
    ),
    max_leaves=8,
)


@given(EXPRESSIONS, st.text("abc1. x", max_size=8))
def test_an_expression_means_what_it_means_to_python(pattern: str, text: str) -> None:
    assert Regex(pattern).found_in(text) == bool(re.search(pattern, text))


def test_what_makes_others_run_away_takes_a_step_for_each_character() -> None:
    steps = 0

    class Counted(str):
        __slots__ = ()

        def __iter__(self) -> Iterator[str]:
            nonlocal steps
            for sign in str.__iter__(self):
                steps += 1
                yield sign

    assert not Regex("(a|aa|a*)+[bc]$").found_in(Counted("a" * 5_000))
    assert steps == 5_000


def test_case_is_folded() -> None:
    assert Regex("STRASSE").found_in("strasse")
    assert Regex("ß").found_in("ss")
    assert Regex("[A-F]9").found_in("c9")


@pytest.mark.parametrize(
    ("pattern", "place"),
    [
        ("a)", 1),
        ("(a", 0),
        ("[a", 0),
        ("*a", 0),
        ("a**", 2),
        ("a{3,2}", 1),
        ("[z-a]", 1),
        ("a\\", 1),
        (r"\q", 0),
        ("(?=a)", 0),
    ],
)
def test_a_mistake_has_a_place(pattern: str, place: int) -> None:
    with pytest.raises(RegexError) as refused:
        Regex(pattern)
    assert refused.value.place == place


def test_size_has_an_end() -> None:
    with pytest.raises(RegexError, match=str(LARGEST)):
        Regex("(((a{30}){30}){30})")


@given(st.text(alphabet="ab(|)[]^$*+?{1,2}\\d-.", max_size=12))
def test_any_text_is_an_expression_or_a_mistake_with_a_place(pattern: str) -> None:
    try:
        Regex(pattern).found_in("ab1")
    except RegexError as error:
        assert 0 <= error.place <= len(pattern)
