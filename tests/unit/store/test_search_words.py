"""The words of a search: folded alike in the index, in what is asked and in what is marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from noc_tui.store.search_words import Wanted, folded, snippet, wanted_of, words_of


def test_case_accents_and_signs_do_not_matter() -> None:
    assert folded("PE07.par3: Zürich, Straße e\u0301tage") == "pe07 par3 zurich strasse etage"


def test_signs_of_scripts_without_blanks_are_words_of_their_own() -> None:
    assert folded("東京 router") == "東 京 router"


def test_a_search_is_words_phrases_beginnings_and_what_is_left_out() -> None:
    assert wanted_of('fibre "Power Lost" prov* -test PAR-LYO-7') == [
        Wanted(("fibre",)),
        Wanted(("power", "lost"), exact=True),
        Wanted(("prov",), begins=True),
        Wanted(("test",), not_so=True),
        Wanted(("par", "lyo", "7")),
    ]
    assert wanted_of(' "" - ... ') == []


def test_a_snippet_shows_the_words_and_where_they_stand() -> None:
    text = "before it came " * 20 + "called Seine Optics, PROV-84065 " + "and so on " * 20
    found = snippet(text, wanted_of("prov-84065 seine"), 60)
    assert [found.text[begin:end] for begin, end in found.marks] == ["Seine", "PROV-84065"]
    assert found.hits == 2
    assert len(found.text) <= 62
    assert found.text.startswith("…")
    assert found.text.endswith("…")


def test_a_snippet_in_which_nothing_stands_is_the_beginning() -> None:
    assert snippet("power lost", wanted_of("fibre"), 5).text == "power…"


@given(st.text(), st.integers(1, 40))
def test_marks_lie_within_the_snippet(text: str, room: int) -> None:
    words = list(words_of(text))
    for word, begin, end in words[:3]:
        assert folded(text[begin:end]) == word
        found = snippet(text, [Wanted((word,))], room)
        assert found.hits == 1
        assert all(0 <= first < last <= len(found.text) for first, last in found.marks)


@given(st.text())
def test_what_is_folded_is_folded_for_good(text: str) -> None:
    assert folded(folded(text)) == folded(text)
