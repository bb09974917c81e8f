"""Unpacking without ever holding more than allowed."""

import gzip
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.net.inflate import Body, CannotInflate


@given(st.binary(max_size=3000), st.integers(1, 400), st.sampled_from(["gzip", "deflate", "", "Identity", " X-GZIP "]))
def test_whatever_the_chunks_the_body_is_the_same(data: bytes, size: int, encoding: str) -> None:
    word = encoding.strip().lower()
    wire = gzip.compress(data) if "gzip" in word else zlib.compress(data) if word == "deflate" else data
    body = Body(encoding, cap=3000)

    assert all(body.feed(wire[at : at + size]) for at in range(0, len(wire), size))
    assert body.finish() == data


@given(st.integers(0, 200), st.integers(0, 200), st.booleans())
def test_it_says_when_there_is_more_than_the_cap(length: int, cap: int, packed: bool) -> None:
    data = bytes(length)
    body = Body("gzip" if packed else "", cap)

    assert body.feed(gzip.compress(data) if packed else data) is (length <= cap)
    assert body.collected() == data[:cap]


def test_a_bomb_takes_no_more_memory_than_the_cap() -> None:
    bomb = gzip.compress(bytes(30_000_000))
    body = Body("gzip", cap=50_000)
    tracemalloc.start()
    try:
        assert body.feed(bomb) is False
        assert tracemalloc.get_traced_memory()[1] < 1_000_000
    finally:
        tracemalloc.stop()


def test_nothing_at_all_is_no_compressed_body() -> None:
    with pytest.raises(CannotInflate, match="cut off"):
        Body("gzip", 10).finish()


def test_an_encoding_that_was_not_asked_for_is_refused() -> None:
    with pytest.raises(CannotInflate, match="not asked for"):
        Body("br", 10)
