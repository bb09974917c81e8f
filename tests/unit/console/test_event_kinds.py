"""Every kind of event is told in words, whatever came of the verbs and of the sources; none stops a timeline."""

from __future__ import annotations

import re
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.event_text import lateness, words
from noc_tui.incidents.model import MINUTE
from noc_tui.incidents.verbs import VERBS
from noc_tui.journal.envelope import Event
from tests.unit.console.boards import NOW
from tests.unit.incidents.desk import ARGS, Desk

DIRECT = sorted(set(VERBS) - {"undo", "redo", "log", "link", "merge", "unlink", "unmerge", "settle", "unshelve"})
IN_STATE = {"reopen": "resolved", "close": "resolved", "resume": "held", "release": "active", "unack": "acked"}
HOLDS = {"wake": "snooze", "unlabel": "label"}


def told(desk: Desk) -> dict[str, str]:
    """What a timeline says of each kind of event in a journal."""
    return {event.kind: words(event) for event in desk.journal}


def is_said(kind: str, text: str) -> bool:
    """Whether a text is words, and not what the machine calls it or what was missing."""
    return bool(text) and kind not in text and not re.search(r"\?|None|\{|^set\b$", text)


@pytest.mark.parametrize("verb", DIRECT)
def test_what_came_of_a_verb_is_told(verb: str) -> None:
    desk = Desk()
    number = desk.in_state(IN_STATE.get(verb, "new" if verb != "hold" else "active"))
    if verb in HOLDS:
        desk.ok("ana", HOLDS[verb], number, **ARGS[HOLDS[verb]])
    desk.ok("ana", verb, number, **ARGS.get(verb, {}))
    desk.undo("ana", desk.latest, number) if verb != "note" else None
    desk.redo("ana", desk.latest, number) if verb != "note" else None
    assert [entry for entry in told(desk).items() if not is_said(*entry)] == []


def test_what_came_of_links_and_merges_is_told() -> None:
    desk = Desk()
    one, other = desk.raised("a", resource="a"), desk.raised("b", resource="b")
    desk.ok("ana", "link", one, parent=other)
    desk.ok("ana", "unlink", one)
    desk.ok("ana", "merge", one, parent=other)
    desk.ok("ana", "unmerge", one)
    assert [entry for entry in told(desk).items() if not is_said(*entry)] == []


def test_what_a_source_reports_is_told() -> None:
    desk = Desk()
    desk.raised("a", severity="minor")
    desk.raised("a", severity="critical")
    desk.raised("a", suppressed_by="silence 1")
    desk.raised("a")
    for _ in range(8):
        desk.later(MINUTE // 4)
        desk.cleared("a")
        desk.later(MINUTE // 4)
        desk.raised("a")
    assert {"alert.raised", "alert.cleared", "alert.severity_changed"} <= set(desk.kinds())
    assert [entry for entry in told(desk).items() if not is_said(*entry)] == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=2)
)
PATCH = st.dictionaries(
    st.sampled_from(("priority", "held_until", "snoozed_until", "parent", "cause", "title", "category")), VALUES
)
BODIES = st.dictionaries(
    st.sampled_from(("to", "from", "toggles", "text", "label", "note", "reason", "number", "what", "summary", "by")),
    VALUES,
)


KINDS = sorted(
    {"incident.held", "incident.snoozed", "incident.linked", "incident.merged", "incident.gathered", "incident.created"}
    | {"incident.prioritised", "incident.resolved", "incident.undone", "incident.reopened", "alert.flapped"}
)


@given(kind=st.sampled_from(KINDS) | st.text(max_size=20), body=BODIES, patch=PATCH | VALUES)
def test_no_body_stops_a_timeline(kind: str, body: dict[str, Any], patch: object) -> None:
    encoded = msgspec.json.encode({**body, "set": patch, "was": patch})
    event = Event(seq=1, id=b"1", kind=kind, body=encoded, at=NOW, received_at=NOW, actor="ana")
    assert isinstance(words(event), str)


@pytest.mark.parametrize(("late", "said"), [(0, ""), (5, ""), (101, "sent 101 s later")])
def test_what_was_written_offline_says_so(late: int, said: str) -> None:
    event = Event(
        seq=1, id=b"1", kind="incident.acked", at=NOW, received_at=NOW + late * 1_000_000, actor="ana", command_id=b"c"
    )
    assert lateness(event) == said
