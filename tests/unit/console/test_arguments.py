"""What is typed for an argument, in a prompt or on the command line, becomes what the verb takes, or is refused."""

from __future__ import annotations

from datetime import UTC
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.arguments import ArgumentError, incident_number, parse, split_line, split_targets, when
from noc_tui.incidents.model import HOUR, MINUTE
from noc_tui.incidents.verbs import VERBS, Arg
from tests.unit.console.boards import NOW


def line(verb: str, words: str) -> dict[str, Any]:
    """The arguments of `:verb words`."""
    return split_line(VERBS[verb], words, NOW, UTC)


@pytest.mark.parametrize(
    ("verb", "words", "args"),
    [
        ("ack", "", {}),
        ("note", "two words", {"text": "two words"}),
        ("resolve", "f", {"code": "fixed"}),
        ("resolve", "fixed", {"code": "fixed"}),
        ("hold", "provider 2h", {"reason": "provider", "until": NOW + 2 * HOUR}),
        ("hold", "p", {"reason": "provider"}),
        ("snooze", "30m", {"until": NOW + 30 * MINUTE}),
        ("link", "INC-000042", {"parent": 42}),
        ("assign", "team:t2", {"to": "team:t2"}),
        ("priority", "1 it is the core", {"priority": "1", "note": "it is the core"}),
        ("priority", "1 note=core", {"priority": "1", "note": "core"}),
        (
            "log",
            'no tone service="voice mail" site=par3',
            {"title": "no tone", "service": "voice mail", "site": "par3"},
        ),
    ],
)
def test_a_line_is_taken_apart(verb: str, words: str, args: dict[str, Any]) -> None:
    assert line(verb, words) == args


@pytest.mark.parametrize(
    ("verb", "words", "said"),
    [
        ("resolve", "zzz", "'zzz': one of fixed, workaround"),
        ("snooze", "soon", "'soon' is no time to come"),
        ("link", "that one", "is no incident"),
        ("unack", "it now", "'it now' is too much; write unack alone"),
        ("impact", "huge", "high, medium, low"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_could(verb: str, words: str, said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        line(verb, words)


@pytest.mark.parametrize("text", ["42", "INC-000042", "inc 42", "inc-42", "  inc42 ", "000042"])
def test_an_incident_is_meant_by_its_number(text: str) -> None:
    assert incident_number(text) == 42


@pytest.mark.parametrize("text", ["", "0", "INC-0", "x42", "42 43", "-42", "9" * 13, "٤٢"])
def test_what_is_no_incident_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="is no incident"):
        incident_number(text)


@pytest.mark.parametrize(
    ("verb", "words", "targets", "rest"),
    [
        ("ack", "42", [42], ""),
        ("ack", "42 INC-000043 inc43 seen", [42, 43], "seen"),
        ("ack", "note=42", [], "note=42"),
        ("take", "", [], ""),
        ("priority", "2", [], "2"),
        ("priority", "INC-42 2", [42], "2"),
        ("link", "42", [], "42"),
        ("link", "INC-42", [], "INC-42"),
        ("link", "INC-41 INC-42", [41], "INC-42"),
        ("snooze", "42 30m", [42], "30m"),
        ("note", "router 42 is down", [], "router 42 is down"),
    ],
)
def test_incidents_are_named_before_the_arguments(verb: str, words: str, targets: list[int], rest: str) -> None:
    assert split_targets(VERBS[verb], words) == (targets, rest)


@pytest.mark.parametrize("words", ["42 hello", "INC-42 is the cause", "INC-42"])
def test_a_text_that_may_name_an_incident_is_asked_about(words: str) -> None:
    with pytest.raises(ArgumentError, match="go there first \\(:42\\); if it is text, write text="):
        split_targets(VERBS["note"], words)


def test_a_time_is_to_come() -> None:
    assert when("2h", NOW, UTC) == NOW + 2 * HOUR
    assert NOW < when("02:00", NOW, UTC) <= NOW + 24 * HOUR
    with pytest.raises(ArgumentError, match="yesterday"):
        when("yesterday", NOW, UTC)


def test_nothing_typed_is_nothing_unless_it_must_be() -> None:
    assert parse(Arg("note"), "  ", NOW, UTC) is None
    with pytest.raises(ArgumentError, match="type something, or Esc"):
        parse(Arg("text", required=True), " ", NOW, UTC)


@given(verb=st.sampled_from(sorted(VERBS)), words=st.text(max_size=60))
def test_any_line_is_arguments_of_the_verb_or_a_refusal(verb: str, words: str) -> None:
    try:
        args = line(verb, words)
    except ArgumentError as error:
        assert str(error)
    else:
        assert set(args) <= {arg.name for arg in VERBS[verb].args}
