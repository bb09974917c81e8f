"""Keys that sort by the moment they were made (RFC 9562 section 5.7)."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.journal.ids import id_from_text, id_text, make_id

moments = st.integers(0, 2**47 * 1000)
randomness = st.binary(min_size=10, max_size=16)


@given(moments, randomness)
def test_an_id_is_a_uuid_of_version_7(micros: int, drawn: bytes) -> None:
    uuid = UUID(bytes=make_id(micros, drawn))
    assert (uuid.version, uuid.variant) == (7, "specified in RFC 4122")
    assert int.from_bytes(uuid.bytes[:6], "big") == micros // 1000


@given(moments, moments, randomness, randomness)
def test_ids_sort_by_the_millisecond(one: int, other: int, drawn: bytes, also: bytes) -> None:
    if one // 1000 != other // 1000:
        assert (make_id(one, drawn) < make_id(other, also)) == (one < other)


@given(moments, randomness)
def test_text_and_back(micros: int, drawn: bytes) -> None:
    made = make_id(micros, drawn)
    assert id_from_text(id_text(made)) == made
    assert id_text(b"") == ""


def test_no_id_is_no_id() -> None:
    with pytest.raises(ValueError, match="badly formed"):
        id_from_text("INC-000042")
