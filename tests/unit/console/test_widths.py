"""Rows, panes, cards and bars for incidents of any text at any width: never wider than their place, never a crash."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noc_tui.console import bars, detail, pages, row_text
from noc_tui.console.alerts_page import AlertsPage
from noc_tui.console.detail import Known
from noc_tui.console.nearby_page import NearbyPage
from noc_tui.console.raw import RawPage
from noc_tui.console.row_text import Marks
from noc_tui.console.triage import Triage
from noc_tui.incidents.model import DAY, HOUR, MINUTE, STATES, Alert, Incident
from noc_tui.incidents.text import clean
from tests.unit.console.boards import NOW, incident, page_of, session_of
from widgets.line import line_width
from widgets.signs import ASCII

WIDTHS = st.integers(80, 300)
WIDE = st.sampled_from(("漢字かな交じり" * 20, "🔥" * 60, "ﾃｽﾄ" * 30, "a\u0301" * 60, "W" * 400, "\u202e\x1b[2J", ""))
TEXTS = (st.text(max_size=12) | WIDE).map(clean)
SPANS = st.sampled_from((None, -9 * DAY, -HOUR, -1, 0, 1, MINUTE, 9 * HOUR, 400 * DAY)).map(
    lambda span: None if span is None else NOW + span
)


@st.composite
def anything(draw: st.DrawFn) -> Incident:
    """An incident with any text in every field that somebody else fills."""
    texts: dict[str, Any] = {
        name: draw(TEXTS)
        for name in ("title", "resource", "service", "site", "owner", "team", "source", "cause", "suppressed_by")
    }
    moments: dict[str, Any] = {
        name: draw(SPANS)
        for name in ("acked_at", "resolved_at", "snoozed_until", "held_until", "response_due", "resolution_due")
    }
    return incident(
        draw(st.sampled_from((1, 42, 999_999, 12_345_678))),
        state=draw(st.sampled_from(STATES)),
        attention=draw(st.booleans()),
        priority=draw(st.integers(1, 5)),
        major=draw(st.booleans()),
        flapping=draw(st.booleans()),
        toggles=draw(st.integers(0, 10**6)),
        alert_count=draw(st.sampled_from((0, 1, 40, 10**6))),
        alerts_firing=draw(st.integers(0, 1)),
        opened_at=NOW - draw(st.sampled_from((0, MINUTE, 13 * HOUR, 3_000 * DAY))),
        labels=tuple(draw(st.lists(TEXTS, max_size=3))),
        parent=draw(st.sampled_from((0, 7))),
        recurrence_of=draw(st.sampled_from((0, 7))),
        reopen_count=draw(st.integers(0, 3)),
        held_reason="provider",
        resolution_code=draw(st.sampled_from(("", "fixed", "no fault found"))),
        **texts,
        **moments,
    )


@st.composite
def known_of(draw: st.DrawFn, number: int) -> Known:
    """What might be known of an incident."""
    alerts = tuple(
        Alert(
            ref=f"s:{at}",
            firing=draw(st.booleans()),
            resource=draw(TEXTS),
            summary=draw(TEXTS),
            severity="indeterminate",
            labels=tuple((name, draw(TEXTS)) for name in ("alertname", "circuit", "customers", "runbook")),
            raised_at=draw(SPANS),
            shelved_by=draw(TEXTS),
            shelved_until=draw(SPANS),
        )
        for at in range(draw(st.integers(0, 3)))
    )
    others = tuple(draw(st.lists(anything(), max_size=2)))
    changes = tuple((f"s:{at}", draw(st.booleans()), draw(SPANS) or 0) for at in range(3))
    parent = others[0] if others else None
    return Known(number, alerts, (), others, related=others, changes=changes, children=others, parent=parent)


@given(row=anything(), width=WIDTHS, stale=st.booleans(), unread=st.booleans())
def test_a_row_is_exactly_as_wide_as_its_board(row: Incident, width: int, stale: bool, unread: bool) -> None:
    page = page_of(session_of())._replace(stale=stale)
    line = row_text.row(row, Marks(unread=unread), page, width)
    assert line_width(line) <= width
    assert isinstance(hash(row_text.version_of(row, Marks(), page)), int)


@settings(max_examples=40)
@given(data=st.data(), row=anything(), width=WIDTHS, height=st.integers(1, 60))
def test_panes_pages_and_cards_fit(data: st.DataObject, row: Incident, width: int, height: int) -> None:
    session = session_of([row])
    page, known = page_of(session)._replace(signs=ASCII), data.draw(known_of(row.number))
    shown = [
        *pages.detail_page(row, known, page, width, height),
        *AlertsPage().show(row, known, page, width, height, 2).lines,
        *NearbyPage("seen").show(row, known, page, width, height).lines,
        *NearbyPage("near").show(row, known, page, width, height).lines,
        *RawPage().show(row, known, page, width, height).lines,
    ]
    assert [line for line in shown if line_width(line) > width] == []
    pane = detail.pane(row, known, page, 50, height)
    assert len(pane) <= height
    assert [line for line in pane if line_width(line) > 50] == []
    card = Triage(session).lines(known, page, width, height)
    assert [line for line in card if line_width(line) > width] == []


@given(row=anything(), width=WIDTHS, said=TEXTS, filtered=st.booleans())
def test_bars_are_no_wider_than_the_screen(row: Incident, width: int, said: str, filtered: bool) -> None:
    session = session_of([row])
    session.say(said, undo=True)
    if filtered:
        session.look.only("nosuchword", NOW)
    page = page_of(session)
    lines = [
        bars.say_line(session, page, width, bars.hints(row, session, width)),
        bars.status_line(session, page, "NORMAL", width),
    ]
    assert [line for line in lines if line_width(line) > width] == []


@pytest.mark.parametrize("width", [1, 2, 10, 24, 40, 79])
def test_what_is_too_narrow_is_drawn_somehow(width: int) -> None:
    row = incident(1, title="漢字かな交じり" * 9, resource="🔥" * 30, major=True)
    session = session_of([row])
    page = page_of(session)
    row_text.row(row, Marks(), page, width)
    pages.detail_page(row, Known(1), page, width, 10)
    pages.help_page(width, page, ())
    Triage(session).lines(Known(1), page, width, 10)
    bars.status_line(session, page, "NORMAL", width)
