"""No character that a terminal obeys survives `visible`."""

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from widgets.visible import LONGEST, MARKS, REPLACEMENT, visible

OBEYED = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}

ANY_TEXT = st.text(st.characters(codec=None, categories=None, exclude_categories=()))


def test_every_control_and_format_character_is_replaced() -> None:
    obeyed = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in OBEYED]

    survivors = {character for character in obeyed if visible(f"a{character}b") != f"a{REPLACEMENT}b"}

    assert survivors == set()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain [ERROR] x[/]y {ok}", "plain [ERROR] x[/]y {ok}"),
        ("\x1b]52;c;cm0=\x1b\\", "�]52;c;cm0=�\\"),
        ("\x9b31mred", "�31mred"),
        ("a\tb\r\nc\x7f", "a�b��c�"),
        ("safe\u202egnp.exe", "safe�gnp.exe"),
        ("pay\u200bpal", "pay�pal"),
        ("\ud800", "�"),
        ("Zürich — 東京", "Zürich — 東京"),
        ("a\u00a0b\u3000c", "a b c"),
        ("\U0001f1e8\U0001f1ed", "��"),
        ("❤\ufe0f", "❤�"),
    ],
)
def test_shows(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_marks_on_one_base_are_few() -> None:
    assert visible("e" + "\u0301" * 20000) == "e" + "\u0301" * MARKS


def test_a_mark_without_a_base_is_dropped() -> None:
    assert visible("\u0301a") == "a"


def test_a_long_text_is_looked_at_only_as_far_as_a_line_goes() -> None:
    assert len(visible("é" * 1_000_000)) == LONGEST


def test_a_replacement_takes_one_cell() -> None:
    assert cell_len(REPLACEMENT) == 1


@given(ANY_TEXT)
def test_what_is_shown_can_be_encoded_and_shown_again(text: str) -> None:
    shown = visible(text)

    assert shown.encode().decode() == shown
    assert visible(shown) == shown
    assert all(unicodedata.category(character) not in OBEYED for character in shown.replace(REPLACEMENT, ""))
