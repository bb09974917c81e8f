"""Pages, panes and sheets at every width: nothing is wider than its place, and no note is ever unreadable."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console import detail, pages, paging, sheets, timeline_text
from noc_tui.console.alerts_page import AlertsPage
from noc_tui.console.chapters import Chapter
from noc_tui.console.command_line import COMMAND_WORDS
from noc_tui.console.detail import Known
from noc_tui.console.keymap import STANDARD
from noc_tui.console.nearby_page import NearbyPage
from noc_tui.console.palette import command_lines, palette_lines
from noc_tui.console.raw import RawPage
from noc_tui.console.timeline import TimelinePage
from noc_tui.incidents.model import DAY, MINUTE, Alert, number_text
from noc_tui.journal.envelope import Event
from tests.unit.console.boards import NOW, incident, page_of, session_of
from widgets.line import Line, line_width
from widgets.signs import UNICODE

WIDTHS = st.integers(80, 300)
NOTE = "the splice crew is at Macon with the second reel and tests from both ends; " * 8
LONG = "xe-0/0/3.pe07.par3.backbone.example-of-a-very-long-name"
ROW = incident(
    1, resource=LONG, title="core BGP down " * 12, alert_count=3, owner="somebody-long", team="transmission", cause=NOTE
)


def event(seq: int, kind: str, **data: object) -> Event:
    body = msgspec.json.encode(data)
    return Event(
        seq=seq,
        id=bytes([seq]),
        kind=kind,
        body=body,
        revision=seq,
        at=NOW - MINUTE,
        received_at=NOW,
        actor="ana",
        command_id=b"c",
    )


ALERTS = tuple(
    Alert(
        ref=f"s:{n}", firing=True, resource=LONG, summary="peer down " * 9, raised_at=NOW, labels=(("alertname", LONG),)
    )
    for n in range(3)
)
EVENTS = (event(2, "incident.noted", text=NOTE), event(1, "alert.raised", summary="peer down " * 30, severity="major"))
PAST = incident(9, state="closed", cause=NOTE, owner="bo", resolved_at=NOW, resolution_code="fixed", title=NOTE)
KNOWN = Known(
    1,
    ALERTS,
    EVENTS,
    (PAST,),
    related=(incident(7, title=NOTE, resource=LONG), PAST),
    changes=(("s:1", True, NOW - MINUTE), ("s:1", False, NOW - 2 * MINUTE), ("s:1", True, NOW - 3 * MINUTE)),
    children=(incident(8, title=NOTE),),
)


def about(width: int, height: int = 40) -> list[Line]:
    """All pages about the incident but its detail, one after the other."""
    page = page_of(session_of())
    whole = TimelinePage()
    whole.turn_to(1)
    asked = whole.wanted()
    assert asked is not None
    whole.take(Chapter(asked=asked, events=EVENTS[::-1], total=2, before=0))
    shown = [
        whole.show(ROW, KNOWN, page, width, height),
        AlertsPage().show(ROW, KNOWN, page, width, height, 1),
        NearbyPage("seen").show(ROW, KNOWN, page, width, height),
        NearbyPage("near").show(ROW, KNOWN, page, width, height),
        RawPage().show(ROW, KNOWN, page, width, height),
    ]
    assert all(len(one.lines) <= height for one in shown)
    return [line for one in shown for line in one.lines]


def told(lines: list[Line]) -> str:
    return " ".join(" ".join("".join(text for text, _ in line) for line in lines).split())


@given(width=WIDTHS)
def test_no_page_is_wider_than_the_screen(width: int) -> None:
    page = page_of(session_of())
    shown = [
        *pages.detail_page(ROW, KNOWN, page, width, 40),
        *about(width),
        *pages.help_page(width, page, ()),
        *palette_lines("", width, STANDARD),
        *command_lines("", width, COMMAND_WORDS),
        *detail.below(ROW, KNOWN, page, max(width, 120), 11) * (width >= 120),
    ]
    assert [line for line in shown if line_width(line) > width] == []


@given(
    width=WIDTHS, prefix=st.sampled_from(sorted(STANDARD.prefixes)), about=st.sampled_from(["", "12 incidents", LONG])
)
def test_no_strip_is_wider_than_the_screen(width: int, prefix: tuple[str, ...], about: str) -> None:
    assert all(line_width(line) <= width for line in sheets.which_key(prefix, about, width, STANDARD))


@pytest.mark.parametrize("width", [80, 96, 100, 120, 160, 200])
@pytest.mark.parametrize("prefix", sorted(STANDARD.prefixes), ids="".join)
def test_no_strip_has_more_than_three_rows(width: int, prefix: tuple[str, ...]) -> None:
    assert len(sheets.which_key(prefix, "", width, STANDARD, counts=lambda _view: "100k")) <= 3


@pytest.mark.parametrize("height", [5, 12, 24, 50])
def test_a_pane_that_is_cut_says_so(height: int) -> None:
    lines = detail.pane(ROW, KNOWN, page_of(session_of()), 50, height)
    assert len(lines) <= height
    assert all(line_width(line) <= 50 for line in lines)
    assert (told([lines[-1]]) == "… more Enter") == (height < 50)


@pytest.mark.parametrize("width", [80, 96, 120, 200])
def test_a_long_note_and_a_long_report_are_readable_to_the_end(width: int) -> None:
    shown = told(about(width, 60))
    assert f'"{NOTE.strip()} "' in shown or f'"{NOTE.strip()}"' in shown
    assert ("peer down " * 30).strip() in shown


def test_the_owner_stands_before_the_impact_and_the_alerts_are_told_apart() -> None:
    page = page_of(session_of())
    facts = [line[0][0].strip() for line in detail.fact_lines(ROW, KNOWN, page, 50)]
    assert facts[:2] == ["owner", "impact"]
    assert "peer down" in told([detail.alert_line(ALERTS[0], page, 60)])


def test_help_and_which_key_name_the_views() -> None:
    sheet = told(sheets.help_sheet(160, UNICODE, STANDARD))
    for words in ("g2 view: mine", "Down Up", "Home End", "Esc"):
        assert words in sheet
    assert "2 mine" in told(sheets.which_key(("g",), "", 120, STANDARD))


@pytest.mark.parametrize("width", [80, 120, 160, 200])
def test_help_cuts_no_word_where_a_column_has_room_for_it(width: int) -> None:
    lines = sheets.help_sheet(width, UNICODE, STANDARD)
    # The sign "on its way" is itself the sign of a cut.
    assert [told([line]) for line in lines if UNICODE.cut in told([line]) and "on its way" not in told([line])] == []
    assert all(line_width(line) <= width - 3 for line in lines)


def test_help_shows_the_keys_that_say_a_text_under_their_groups() -> None:
    sheet = told(sheets.help_sheet(80, UNICODE, STANDARD, (), "snooze"))
    assert "s snooze" in sheet and "S list what is snoozed" in sheet and "Do" in sheet
    assert "acknowledge" not in sheet and "Move" not in sheet
    assert sheets.says_key(STANDARD, "Ctrl-G") and not sheets.says_key(STANDARD, "nosuchkey")


def test_a_page_about_one_incident_names_its_number_and_fits_a_long_resource() -> None:
    line = paging.head("Timeline", "9999 of 10000", ROW, page_of(session_of()), 60)
    assert number_text(ROW.number) in told([line])
    assert line_width(line) <= 60


def test_an_event_of_another_day_is_told_with_all_of_its_day() -> None:
    page = page_of(session_of())._replace(now=NOW + 3 * DAY)
    (line,) = timeline_text.event_lines(event(1, "incident.acknowledged"), page, 60, ROW, full=False)
    day, month, who = told([line]).split()[:3]
    assert day.isdecimal() and len(month) == 3 and month.isalpha()
    assert who == "ana"
