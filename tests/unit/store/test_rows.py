"""Values as rows of a table: what of their text is cleaned, whatever it is made of."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import Alert
from noc_tui.incidents.text import LINE_LIMIT, clean
from noc_tui.store.rows import ALERT_COLUMNS, alert_row

_WORDS = st.text() | st.text(alphabet='ab "\\\x1b\x7f\u202e\ud800\n') | st.just("x" * LINE_LIMIT)


@given(st.lists(st.tuples(_WORDS, _WORDS), max_size=4))
def test_the_labels_of_an_alert_are_clean_in_each_of_their_parts(labels: list[tuple[str, str]]) -> None:
    row = alert_row(Alert(ref="a", labels=tuple(labels)))
    cell = row[ALERT_COLUMNS.index("labels")]
    assert msgspec.json.decode(cell) == [[clean(name), clean(value)] for name, value in labels]
