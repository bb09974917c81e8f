"""Nothing that a terminal obeys, and nothing hidden, gets past `clean`."""

import hashlib
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.text import (
    BLOCK_LIMIT,
    BLOCK_LINES,
    FIELD_LIMIT,
    LINE_LIMIT,
    MARKS,
    Cut,
    clean,
    clean_block,
    cut_field,
)

EVERY_SIGN = [chr(code) for code in range(sys.maxunicode + 1)]

HOSTILE = st.sampled_from(
    [
        *("\r\n", "\u0301", "\u0488", "\u0903", "\u1161", "\u11a8", "\u061c", "\u200b", "\u200d", "\u202e"),
        *("\u2028", "\u2066", "\ufe0f", "\ufeff", "\uffff", "\ud800", "\U000e0041", "\U0001f1e6", "[/", "\u4e2d"),
        *"\x00\x07\x08\t\n\r\x1b\x7f\x85\x9b\xada\xe9",
    ]
)
TEXTS = st.one_of(
    st.text(),
    st.text(st.characters(codec=None, exclude_categories=[])),
    st.lists(HOSTILE, max_size=60).map("".join),
)

NEVER_SHOWN = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(TEXTS)
def test_a_cleaned_line_holds_nothing_harmful(text: str) -> None:
    shown = clean(text)
    assert not NEVER_SHOWN & set(map(unicodedata.category, shown))
    assert len(shown) <= LINE_LIMIT
    shown.encode("utf-8")
    assert clean(shown) == shown


@given(TEXTS)
def test_a_cleaned_block_holds_lines_and_nothing_harmful(text: str) -> None:
    shown = clean_block(text)
    assert not NEVER_SHOWN & set(map(unicodedata.category, shown.replace("\n", "")))
    assert "\t" not in shown
    shown.encode("utf-8")
    assert clean_block(shown) == shown


def test_no_code_point_of_a_harmful_category_passes() -> None:
    passed = [
        sign for sign in EVERY_SIGN if unicodedata.category(sign) in NEVER_SHOWN and set(clean("a" + sign)) & {sign}
    ]
    assert passed == []


def test_every_assigned_letter_sign_and_figure_passes() -> None:
    # Fillers and variation selectors are letters and marks by category, yet nothing is drawn for them.
    unseen = {*"\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0", *map(chr, range(0x180B, 0x1810))}
    unseen |= {*map(chr, range(0xFE00, 0xFE10)), *map(chr, range(0xE0100, 0xE01F0))}
    lost = [
        sign
        for sign in EVERY_SIGN
        if unicodedata.category(sign)[0] in "LMNPS" and sign not in unseen and clean("a" + sign) != "a" + sign
    ]
    assert lost == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pe07.par3 core BGP down", "pe07.par3 core BGP down"),
        ("Störung Köln", "Störung Köln"),
        ("авария 7", "авария 7"),
        ("two\r\nlines\nand\ta tab", "two lines and a tab"),
        ("a\rb\x08\x07", "a␍b␈␇"),
        ("\x1b]52;c;cm0gLXJm\x1b\\", "␛]52;c;cm0gLXJm␛\\"),
        ("\x9b2J\x85", "\ufffd2J\ufffd"),
        ("\x7f\x00", "␡␀"),
        ("\u202egnp.exe", "␦gnp.exe"),
        ("pay\u200bload\ufeff\u2028\ufe0f\U000e0041", "payload"),
        ("\ud800x\uffff\U0010fffe", "\ufffdx\ufffd\ufffd"),
        ("[@click=app.pwn]x[/]", "[@click=app.pwn]x[/]"),
        ("\u0301\u0302start", "start"),
        ("e" + "\u0301" * 20_000, "e" + "\u0301" * MARKS),
        ("e\u0301\u200b\u0301\u0301\u200d\u0301\u0301x", "e" + "\u0301" * MARKS + "x"),
        ("\u1112" + "\u1161" * 9, "\u1112" + "\u1161" * MARKS),
    ],
)
def test_a_line_is_shown_as(text: str, shown: str) -> None:
    assert clean(text) == shown


def test_a_line_is_cut_before_anything_else() -> None:
    assert clean("\x1b" * 5000) == "␛" * LINE_LIMIT
    assert clean("abcdef", limit=3) == "abc"


def test_a_block_keeps_its_lines_and_expands_its_tabs() -> None:
    assert clean_block("if:\r\n\tgo\x1b[2J\n\u0301end") == "if:\n        go␛[2J\nend"
    assert clean_block("one line") == "one line"


def test_a_block_is_cut() -> None:
    assert clean_block("\n" * 5000).count("\n") == BLOCK_LINES - 1
    assert len(clean_block("\t" * BLOCK_LIMIT)) == BLOCK_LIMIT
    assert len(clean_block("x" * 100_000)) == BLOCK_LIMIT


def test_a_short_field_is_kept_whole() -> None:
    for text in ("", "x" * FIELD_LIMIT, "é" * (FIELD_LIMIT // 2)):
        assert cut_field(text) == (text, None)


@pytest.mark.parametrize("sign", ["x", "é", "中", "\U0001f600", "\ud800"])
def test_a_long_field_is_cut_between_characters_and_says_what_it_was(sign: str) -> None:
    text = "a" + sign * FIELD_LIMIT
    kept, cut = cut_field(text)
    whole = text.encode("utf-8", "surrogatepass")
    assert text.startswith(kept)
    assert FIELD_LIMIT - 3 <= len(kept.encode("utf-8", "surrogatepass")) <= FIELD_LIMIT
    assert cut == Cut(len(whole), hashlib.sha256(whole).hexdigest())
