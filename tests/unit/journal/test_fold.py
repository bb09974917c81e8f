"""The fold is total: whatever an event holds, it is folded, and what cannot be is passed over."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.incidents.model import Alert, Incident
from noc_tui.incidents.ordering import sort_key
from noc_tui.incidents.policy import Policy
from noc_tui.journal.changes import ChangeSet
from noc_tui.journal.envelope import Event, Head, decode_body, encode_body
from noc_tui.journal.fold import Evolving, evolve, evolve_alert, makes_alert, new_alert, patches_of
from noc_tui.journal.replay import state_at

json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from((*Incident.__struct_fields__, *Alert.__struct_fields__, "of_a_newer_version"))


def event(**values: Any) -> Event:
    data = values.pop("data", {})
    plain: dict[str, Any] = {"seq": 3, "id": b"e", "kind": "incident.x", "at": 7, "received_at": 8, "actor": "ana"}
    return Event(**(plain | {"body": encode_body(data)} | values))


def test_an_event_sets_what_it_says_and_its_place() -> None:
    made = event(incident_id=b"i", number=4, revision=1, data={"set": {"state": "acked", "labels": ["a", "b"]}})
    assert evolve(None, made) == Incident(
        id=b"i", number=4, revision=1, changed_seq=3, updated_at=8, state="acked", labels=("a", "b")
    )


def test_an_alert_is_folded_from_its_own_part() -> None:
    data = {"set": {"firing": 1}, "alert": {"set": {"firing": True, "labels": [["a", "b"]], "recent_toggles": [1]}}}
    assert evolve_alert(None, event(alert="mon:k", data=data)) == Alert(
        ref="mon:k", firing=True, labels=(("a", "b"),), recent_toggles=(1,), changed_seq=3
    )


def test_a_kind_of_a_newer_version_folds_by_what_it_sets() -> None:
    incident = Incident(id=b"i", number=4, revision=5)
    made = event(
        kind="incident.mitigated", incident_id=b"i", number=4, revision=6, data={"set": {"state": "acked", "by": "x"}}
    )
    after = evolve(incident, made)
    assert after == replace(incident, state="acked", revision=6, changed_seq=3, updated_at=8)


def test_identity_and_place_are_the_envelope_s_alone() -> None:
    data = {"set": {"id": "x", "number": 9, "revision": 9, "changed_seq": 9, "updated_at": 9}}
    after = evolve(Incident(id=b"i", number=4), event(incident_id=b"i", revision=2, data=data))
    assert (after.id, after.number, after.revision, after.changed_seq, after.updated_at) == (b"i", 4, 2, 3, 8)


@pytest.mark.parametrize(
    "patch",
    [
        {"priority": "high"},
        {"priority": None},
        {"priority": True},
        {"attention": 1},
        {"owner": None},
        {"acked_at": "now"},
        {"labels": "fibre"},
        {"labels": [1]},
        {"labels": [["a", "b"]]},
        ["state"],
        "state",
        None,
    ],
)
def test_what_a_field_cannot_hold_is_passed_over(patch: Any) -> None:
    incident = Incident(id=b"i", number=4)
    after = evolve(incident, event(incident_id=b"i", data={"set": patch}))
    assert replace(after, revision=0, changed_seq=0, updated_at=0) == incident


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'"x"', b"\xff\xfe", b'{"a":"\xff"}', b'{"a":' + b"[" * 9999]
)
def test_a_body_that_cannot_be_read_folds_to_nothing(body: bytes) -> None:
    assert decode_body(body) == {}
    incident = Incident(id=b"i", number=4)
    after = evolve(incident, event(incident_id=b"i", revision=1, body=body))
    assert after == replace(incident, revision=1, changed_seq=3, updated_at=8)
    assert evolve_alert(None, event(alert="mon:k", body=body)) == Alert(ref="mon:k", changed_seq=3)


@given(st.lists(st.dictionaries(names, json, max_size=4), max_size=5), json)
def test_any_journal_folds_and_can_be_ordered(patches: list[dict[str, Any]], odd: Any) -> None:
    events = [
        event(
            seq=n, incident_id=b"i", alert="mon:k", revision=n, number=1, data={"set": p, "was": p, "alert": {"set": p}}
        )
        for n, p in enumerate(patches, 1)
    ]
    events.append(event(seq=99, incident_id=b"i", alert="mon:k", revision=99, data={"set": odd, "alert": odd}))
    state = state_at(events)
    assert state.seq == 99
    assert state_at(events) == state
    incident = state.incidents[b"i"]
    if incident.priority in range(1, 6):
        sort_key(incident, Policy(), 0)
    assert hash(incident) is not None
    assert hash(state.alerts["mon:k"]) is not None


bodies = st.dictionaries(names, json, max_size=4) | st.fixed_dictionaries({"state": st.just("acked")}) | json


@given(st.lists(st.tuples(bodies, bodies, st.integers(0, 2)), max_size=5))
def test_many_events_fold_into_what_one_after_the_other_does(told: list[tuple[Any, Any, int]]) -> None:
    before = Incident(id=b"i", number=4, revision=2)
    one_by_one, at_once = before, Evolving(before)
    for seq, (patch, alert, number) in enumerate(told, 5):
        data = {"set": patch, "alert": {"set": alert}}
        made = event(seq=seq, incident_id=b"i", revision=seq, number=number, received_at=seq, data=data)
        one_by_one = evolve(one_by_one, made)
        at_once.take(made, patches_of(made))
        assert (at_once.revision, at_once.number) == (one_by_one.revision, one_by_one.number)
    assert at_once.evolved() == one_by_one


@given(bodies, st.booleans())
def test_an_alert_that_is_new_is_the_same_whether_all_or_a_part_is_read(patch: Any, is_new: bool) -> None:
    was: dict[str, Any] = {} if is_new else {"was": {}}
    made = event(alert="mon:k", data={"set": {"state": "acked"}, "alert": {"set": patch} | was})
    patches = patches_of(made)
    if patches is not None:
        assert new_alert(patches, made) == evolve_alert(None, made)
        assert patches.makes_alert == makes_alert(made)


def test_what_says_nothing_of_an_alert_makes_none() -> None:
    patches = patches_of(event(data={"set": {"state": "acked"}}))
    assert patches is not None
    assert not patches.makes_alert
    assert new_alert(patches, event(alert="mon:k")) == Alert(ref="mon:k", changed_seq=3)


def test_events_of_the_desk_fold_into_nothing() -> None:
    state = state_at([event(kind="desk.policy_set", data={"policy": {}})])
    assert (state.seq, state.incidents, state.alerts) == (3, {}, {})


def test_what_a_reader_is_told_begins_empty() -> None:
    assert (ChangeSet(4).incidents, ChangeSet(4).complete) == ((), True)
    assert (Head().seq, Head().next_number) == (0, 1)
