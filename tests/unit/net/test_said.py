"""What a refusal says, in one short printable line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.net.said import said


@pytest.mark.parametrize(
    ("body", "line"),
    [
        (b'{"code": 400, "message": "no\\nlabels"}', "no labels"),
        (b'"bad matcher format: {{"', "bad matcher format: {{"),
        (b'{"status": "error", "error": {"code": 1, "reason": "quota"}}', "quota"),
        (b'{"status": "invalid event", "errors": ["a", 1, "b"]}', "a; b"),
        (b'{"results": []}', ""),
        (b"17", ""),
        (b"null", ""),
        (b"", ""),
        (b"<!DOCTYPE html><!-- x --><title>502</title><script>var a=1</script><b>Bad Gateway</b>", "502 Bad Gateway"),
        (b"upstream \x1b[31mreset\x07\xff", "upstream [31mreset �"),
        (b"[" * 100_000, "[" * 199 + "…"),
        (b'"' + b"x" * 500 + b'"', "x" * 199 + "…"),
    ],
)
def test_every_form_of_refusal_is_read(body: bytes, line: str) -> None:
    assert said(body) == line


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: b'"' + text.encode() + b'"'))
def test_it_is_always_one_short_printable_line(body: bytes) -> None:
    line = said(body)

    assert line.isprintable() and len(line) <= 200
