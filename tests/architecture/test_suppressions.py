"""A linter, a type checker or coverage is silenced only with the reason beside it."""

import io
import re
import tokenize
from collections.abc import Iterator

import pytest

from tests.architecture.tree import modules, name_of

SUPPRESSION = re.compile(
    r"#\s*(?:type:\s*ignore(?:\[[\w, -]+\])?"
    r"|(?:ruff:\s*)?noqa(?::\s*[A-Z]+[0-9]+(?:[,\s]+[A-Z]+[0-9]+)*)?"
    r"|pragma:\s*no\s*(?:cover|branch)|mypy:\s*\S+)"
)
REASON = re.compile(r"[A-Za-z]{2,}.*\s.*[A-Za-z]{2,}")


def unexplained(source: str) -> Iterator[int]:
    """The lines on which something is silenced and nothing said about it."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT or not SUPPRESSION.search(token.string):
            continue
        if not REASON.search(SUPPRESSION.sub("", token.string)):
            yield token.start[0]


def test_no_suppression_goes_unexplained() -> None:
    found = [f"{name_of(path)}:{line}" for path in modules() for line in unexplained(path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("comment", "explained"),
    [
        ("type: ignore[arg-type]", False),
        ("noqa", False),
        ("noqa: BLE001", False),
        ("noqa: BLE001, PLR0911", False),
        ("pragma: no cover", False),
        ("noqa: BLE001 the edge of a worker", True),
        ("type: ignore[attr-defined]  # untyped in this release", True),
        ("a word on noqa alone", True),
    ],
)
def test_a_reason_is_told_from_a_bare_suppression(comment: str, explained: bool) -> None:
    assert list(unexplained(f"x = 1  # {comment}\n")) == ([] if explained else [1])
