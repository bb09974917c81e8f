"""What is said: of a set before it is acted on, of a deed, of what a view leaves empty; notes in full."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console import bars, deeds_said
from noc_tui.console.board_source import BoardSource
from noc_tui.console.detail import Known, alert_lines, customers_of
from noc_tui.console.event_text import words
from noc_tui.console.outliers import set_words
from noc_tui.console.views import BY_KEY
from noc_tui.console.wrapping import wrap
from noc_tui.incidents.commands import Outcome
from noc_tui.incidents.model import Alert
from noc_tui.incidents.policy import Policy
from noc_tui.journal.envelope import Event
from tests.unit.console.boards import NOW, incident, page_of, session_of
from widgets.line import Line, line_width, width_of


def text(line: Line | None) -> str:
    return "".join(run for run, _ in line or ())


# A set before it is acted on


def test_the_one_at_another_site_is_named() -> None:
    rows = [incident(number, site="par3") for number in range(1, 37)] + [incident(40, site="lon2")]
    session = session_of(rows)
    assert set_words(session, list(session.board.rows)) == "36 par3, 1 lon2 differs: INC-000040"


def test_the_few_that_still_fire_come_first() -> None:
    rows = [incident(number, alerts_firing=0) for number in range(1, 11)] + [incident(11, site="lon2", priority=1)]
    session = session_of(rows)
    assert set_words(session, list(session.board.rows)) == "1 still firing: INC-000011; 10 cleared; 1 P1"


def test_a_mixed_set_is_told_by_priority_state_and_sites() -> None:
    rows = [
        incident(n, priority=1 if n <= 3 else 3, site=f"s{n % 4}", state="new" if n <= 8 else "acked")
        for n in range(20)
    ]
    session = session_of(rows[1:])
    assert set_words(session, range(1, 20)) == "3 P1, 8 new, 4 sites; 19 not cleared"


def test_a_set_that_has_left_the_board_is_counted() -> None:
    assert set_words(session_of(), [1, 2]) == "2 incidents"


# A deed


def said(verb: str, args: dict[str, Any], **more: Any) -> str:
    row = incident(1, impact="medium", urgency="medium")
    outcome = Outcome(command=b"", ok=True, number=1)
    return deeds_said.sentence(verb, args, [outcome], {1: row}, **more)


@pytest.mark.parametrize(
    ("verb", "args", "more", "sentence"),
    [
        ("undo", {"command": "00"}, {"of": "ack"}, "Ack of INC-000001 sw1.ams1 undone."),
        ("link", {"parent": 42}, {}, "INC-000001 sw1.ams1 linked under INC-000042."),
        ("escalate", {"to": "t2"}, {}, "INC-000001 sw1.ams1 escalated to t2; nobody was paged."),
        ("impact", {"impact": "medium"}, {}, "INC-000001 sw1.ams1 impact set to medium."),
        ("impact", {"impact": "high"}, {"policy": Policy()}, "INC-000001 sw1.ams1 impact set to high, P2 now."),
        (
            "shelve",
            {"alert": "am:9", "until": NOW},
            {"alerts": (Alert(ref="am:9", summary="fan slow"),)},
            "Alert fan slow of INC-000001 sw1.ams1 shelved until 02:52:44Z.",
        ),
    ],
)
def test_a_sentence_says_what(verb: str, args: dict[str, Any], more: dict[str, Any], sentence: str) -> None:
    assert said(verb, args, **more) == sentence


def test_an_undo_of_many_says_of_what() -> None:
    outcomes = [Outcome(command=b"", ok=True, number=number) for number in (1, 2)]
    assert deeds_said.sentence("undo", {}, outcomes, {}, of="resolve") == "Resolve of 2 undone."
    outcomes.append(Outcome(command=b"", ok=False, number=3, reason="It was closed."))
    assert deeds_said.sentence("undo", {}, outcomes, {}, of="resolve") == "Resolve of 2 of 3 undone. It was closed."


# Events


@pytest.mark.parametrize(
    ("kind", "data", "told"),
    [
        ("incident.parted", {"number": 7}, "took INC-000007 out of it again"),
        ("incident.parted", {"number": "odd"}, "took INC-~ out of it again"),
        ("incident.gathered", {"number": 7}, "merged INC-000007 into it"),
        ("desk.policy_set", {"policy": {}}, "set the policy"),
        ("incident.of_tomorrow", {}, "incident.of_tomorrow"),
    ],
)
def test_an_event_is_told_in_words(kind: str, data: dict[str, Any], told: str) -> None:
    assert (
        words(Event(seq=1, id=b"", kind=kind, at=NOW, received_at=NOW, actor="ana", body=msgspec.json.encode(data)))
        == told
    )


# Boards without rows, and rows out of sight


def test_a_view_without_a_row_says_so() -> None:
    session = session_of([incident(1)])
    session.look.through(BY_KEY["s"])
    source = BoardSource(session, lambda: page_of(session))
    assert text(source.line(0, 80).runs).strip() == "Nothing is shelved."
    assert bars.hints(None, session, 80)[0] == ("gb", "key")
    session.board.sort_by("age")
    assert "Nothing is shelved." in text(source.foot(0, 0, 80))


def test_the_next_clock_is_told_only_when_it_is_to_come_and_in_view() -> None:
    held = {"state": "acked", "attention": False}
    session = session_of([incident(1, **held, resource="sw1")])
    assert bars.first_band(session, page_of(session)) == "next clock 8h00, sw1"
    session.look.only("nothing like it", NOW)
    assert bars.first_band(session, page_of(session)) == ""
    session = session_of([incident(1, **held, resolution_due=NOW - 1)])
    assert bars.first_band(session, page_of(session)) == ""


def test_new_p1s_above_the_screen_are_told() -> None:
    rows = [incident(number, priority=1 if number <= 5 else 3) for number in range(1, 41)]
    session = session_of(rows)
    source = BoardSource(session, lambda: page_of(session))
    assert text(source.foot(0, source.count(), 80)) == ""
    assert text(source.foot(11, 30, 80)).strip() == "10 above: 5 new P1  gg; 11 more below"
    assert text(source.foot(4, 30, 80)).strip() == "3 above: 3 new P1  gg; 11 more below"
    session.board.sort_by("age")
    assert "new P1" in text(source.foot(20, 30, 80))


# What is in a pane


def test_customers_are_told_once() -> None:
    labels = (("customer", "Alpenbank"), ("customers", "Alpenbank"))
    assert customers_of([Alert(ref="a"), Alert(ref="b", labels=labels)]) == "Alpenbank"
    assert customers_of([Alert(ref="a", labels=(("customer", "x"), ("customers", "41")))]) == "41, x"


def test_many_alerts_are_told_by_their_kinds() -> None:
    alerts = tuple(
        Alert(ref=f"s:{n}", firing=True, summary="s", labels=(("alertname", "BGPDown" if n % 3 else "LossOfLight"),))
        for n in range(30)
    )
    row = incident(1, alert_count=30, alerts_firing=30)
    shown = [text(line) for line in alert_lines(row, Known(1, alerts), page_of(session_of()), 50, 6)]
    assert shown[1].split()[:2] == ["BGPDown", "20"]
    assert shown[2].split()[:2] == ["LossOfLight", "10"]
    assert shown[1].count("━") > shown[2].count("━") > 0
    assert all(width_of(line) <= 50 for line in shown)


@given(text=st.text(st.characters(exclude_categories=["Cs"]), max_size=300), width=st.integers(4, 60))
def test_wrapped_text_fits_and_nothing_of_it_is_lost(text: str, width: int) -> None:
    from widgets.visible import visible

    lines = wrap(text, width)
    assert all(width_of(line) <= width for line in lines)
    kept = "".join("".join(lines).split())
    assert kept == "".join("".join(visible(part) for part in text.split("\n")).split())


@given(width=st.integers(40, 300))
def test_alert_lines_fit(width: int) -> None:
    alert = Alert(ref="s:1", resource="a-long-name.of-a-resource.par3", summary="word " * 30, severity="critical")
    row = incident(1, alert_count=1)
    for line in alert_lines(row, Known(1, (alert,)), page_of(session_of()), width, 6):
        assert line_width(line) <= width
