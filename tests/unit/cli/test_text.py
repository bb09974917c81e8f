"""Tables and rows as text."""

from noc_tui.cli.board_text import cut, rows_text, state_text, table
from noc_tui.incidents.model import HOUR, MINUTE, Incident

NOW = 1_790_000_000_000_000


def row(**fields: object) -> Incident:
    given = {"id": b"i" * 16, "number": 42, "title": "Fan 2 stopped", "opened_at": NOW - 72 * 1_000_000}
    return Incident(**(given | fields))  # type: ignore[arg-type]  # any field by name


def test_columns_are_aligned_whatever_the_width_of_signs() -> None:
    lines = list(table([("A", "OWNER", "B"), ("x", "東京", "1"), ("xyz", "e\u0301", "2")]))
    assert lines == ["A    OWNER  B", "x    東京   1", "xyz  e\u0301      2"]


def test_what_counts_stands_to_the_right() -> None:
    assert list(table([("AGE", "X"), ("5s", "a"), ("1m12", "b")])) == [" AGE  X", "  5s  a", "1m12  b"]


def test_the_last_column_is_cut_at_the_width() -> None:
    heads, line = table([("A", "SUMMARY"), ("x", "y" * 100)], width=40)
    assert heads == "A  SUMMARY"
    assert line == "x  " + "y" * 34 + "..."
    assert cut("東京タワー", 8) == "東京..."
    assert cut("short", 5) == "short"


def test_a_row_says_what_a_row_of_the_board_says() -> None:
    incident = row(
        priority=1, owner="ana", resource="core-sw1", alert_count=3, alerts_firing=1, response_due=NOW + 14 * MINUTE
    )
    heads, line = rows_text([incident], NOW)
    assert heads.split() == ["NUMBER", "P", "STATE", "AGE", "CLOCK", "ALERTS", "OWNER", "RESOURCE", "SUMMARY"]
    assert line.split() == [
        "*",
        "INC-000042",
        "P1",
        "new",
        "1m12",
        "14m",
        "3",
        "ana",
        "core-sw1",
        "Fan",
        "2",
        "stopped",
    ]


def test_without_rows_there_is_no_heading() -> None:
    assert list(rows_text([], NOW)) == []


def test_a_state_says_what_it_hides() -> None:
    assert state_text(row(state="acked", alert_count=2), NOW) == "acked, clear"
    assert state_text(row(state="acked", snoozed_until=NOW + HOUR), NOW) == "snoozed"
    assert state_text(row(state="acked", snoozed_until=NOW), NOW) == "acked"
    assert state_text(row(state="held", snoozed_until=NOW + HOUR), NOW) == "held"


def test_hostile_text_is_disarmed() -> None:
    (_, line) = rows_text([row(title="a\x1b[31mb", owner="\u202ex", resource="r\n")], NOW)
    assert "\x1b" not in line
    assert "\u202e" not in line
    assert "\n" not in line
