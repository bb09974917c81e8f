"""The parser written by hand reads the language that the grammar describes: no more, no less."""

import re
from pathlib import Path

import lark
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from noc_tui.incidents.query import QueryError, parse, parsing
from noc_tui.incidents.query.tree import Flag
from tests.unit.incidents.query.asking import CONTEXT, EXAMPLES, QUERIES

GRAMMAR = lark.Lark(Path(__file__).with_name("grammar.lark").read_text(), parser="lalr", lexer="contextual")
PARTS = st.sampled_from(
    [
        *(
            "a",
            "core",
            "-",
            "--",
            "(",
            ")",
            "|",
            "||",
            "OR",
            "AND",
            "NOT",
            "ORB",
            "NOTE",
            '"',
            '"a b"',
            '""',
            "a:b",
            "p:",
        ),
        *(
            "p:1,2",
            "p:1,",
            "p:,1",
            'p:"x,y"',
            'p:a"b"c',
            'p:"x',
            "@",
            "@ana",
            "#a,b",
            "-@me",
            "a>=1",
            "a:>1",
            "a1:b",
            "~",
        ),
        *("x~y", ",", "*", "\\", '"a\\"b"', "é:x", "a-b", "-a", "(a)", "a(b", ":", "=1"),
    ]
)
DIRECTIVE = re.compile("(sort|group|at)[:=!<>~]", re.IGNORECASE)
"""What has rules of its own beside the grammar."""
TEXTS = st.one_of(
    st.lists(st.tuples(PARTS, st.sampled_from(("", " ", "  "))), max_size=7).map(
        lambda parts: "".join(part + blank for part, blank in parts)
    ),
    st.text(alphabet='ab:,|()"-@# \\>=~ORANDT', max_size=12),
).filter(lambda text: not DIRECTIVE.search(text))


@pytest.fixture(autouse=True)
def grammar_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any name is a field, and any value is one of it."""
    monkeypatch.setattr(parsing, "asked", lambda _token, _context: Flag("new"))


def read_by_hand(text: str) -> bool:
    try:
        parse(text, CONTEXT)
    except QueryError:
        return False
    return True


def read_by_grammar(text: str) -> bool:
    try:
        GRAMMAR.parse(text)
    except lark.exceptions.UnexpectedInput:
        return False
    return True


@given(TEXTS)
@example("a OR")
@example("- a")
@example("st:new, acked")
@example('a "" b')
def test_both_take_and_refuse_the_same(text: str) -> None:
    assert read_by_hand(text) == read_by_grammar(text)


@given(st.one_of(st.sampled_from(EXAMPLES), QUERIES))
def test_all_that_is_asked_is_in_the_grammar(text: str) -> None:
    assert read_by_grammar(text)
