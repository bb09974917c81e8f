"""What changed between two complete answers."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.incidents.model import Alert, Report
from noc_tui.sources.differ import Known, compare, known_from
from noc_tui.sources.reading import Odd, Parsed

DOWN = Report(source="am", key="1", severity="major", resource="core-sw1", summary="down", starts_at=5, at=9)


def known(*reports: Report, odd: frozenset[bytes] = frozenset()) -> Known:
    """What the source had."""
    return Known({report.key: report for report in reports}, odd)


def test_an_alert_never_seen_has_appeared() -> None:
    difference = compare(Known(), Parsed([DOWN], []))

    assert (difference.appeared, difference.gone, difference.known) == ([DOWN], [], known(DOWN))


def test_the_same_again_is_no_news() -> None:
    later = replace(DOWN, at=99)

    assert compare(known(DOWN), Parsed([later], [])).appeared == []


@given(
    st.sampled_from(
        [
            {"firing": False},
            {"severity": "critical"},
            {"summary": "still down"},
            {"suppressed_by": "silence 1"},
            {"starts_at": 6},
            {"starts_at": None},
            {"labels": (("runbook", "rb/other"),)},
            {"url": "http://elsewhere.example/"},
            {"resource": "pe08"},
        ]
    )
)
def test_a_change_that_matters_is_news(change: dict[str, object]) -> None:
    now = replace(DOWN, **change)

    assert compare(known(DOWN), Parsed([now], [])).appeared == [now]


def test_an_alert_that_is_not_there_any_more_is_cleared() -> None:
    hidden = replace(DOWN, suppressed_by="silence 1")
    difference = compare(known(hidden), Parsed([], []))

    assert difference.gone == [replace(DOWN, firing=False, at=None)]
    assert difference.known == Known()


def test_a_source_that_has_just_started_clears_nothing_and_forgets_nothing() -> None:
    other = replace(DOWN, key="2")
    difference = compare(known(DOWN), Parsed([other], []), may_clear=False)

    assert (difference.appeared, difference.gone) == ([other], [])
    assert compare(difference.known, Parsed([other], [])).gone == [replace(DOWN, firing=False, at=None)]


def test_an_alert_that_cannot_be_read_is_not_gone() -> None:
    odd = Odd("An alert cannot be read.", b"{}", "1")
    difference = compare(known(DOWN), Parsed([], [odd]))

    assert (difference.gone, difference.odd, difference.known.reports) == ([], [odd], {"1": DOWN})


def test_the_same_odd_one_is_told_once() -> None:
    first = compare(Known(), Parsed([], [Odd("r", b"x"), Odd("r", b"x"), Odd("r", b"y")]))

    assert [odd.body for odd in first.odd] == [b"x", b"y"]
    assert compare(first.known, Parsed([], [Odd("r", b"y"), Odd("r", b"z")])).odd == [Odd("r", b"z")]


def test_of_two_with_one_key_the_first_counts() -> None:
    twin = replace(DOWN, severity="critical")

    assert compare(known(DOWN), Parsed([DOWN, twin], [])).appeared == []


def test_what_the_store_holds_firing_is_known_at_the_start() -> None:
    firing = Alert(
        ref="am:1",
        source="am",
        key="1",
        firing=True,
        severity="major",
        resource="core-sw1",
        summary="down",
        starts_at=5,
    )
    others = [replace(firing, key="2", firing=False), replace(firing, key="3", source="other")]

    assert known_from([firing, *others], "am") == known(replace(DOWN, at=None))
    assert compare(known_from([firing], "am"), Parsed([], [])).gone == [replace(DOWN, firing=False, at=None)]


@given(st.lists(st.dictionaries(st.sampled_from("abcd"), st.sampled_from("xyz")), max_size=8))
def test_whoever_applies_every_difference_has_what_the_source_has(answers: list[dict[str, str]]) -> None:
    state, board = Known(), dict[str, str]()
    for answer in answers:
        difference = compare(
            state, Parsed([Report(source="s", key=key, summary=word) for key, word in answer.items()], [])
        )
        for report in difference.appeared:
            assert board.get(report.key) != report.summary
            board[report.key] = report.summary
        for report in difference.gone:
            del board[report.key]
        state = difference.known
        assert board == answer
