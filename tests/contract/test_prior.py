"""What was right after an event that is past: always what the fold of the journal up to there says."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.incidents.model import Alert
from noc_tui.journal.envelope import Event
from noc_tui.journal.exchange import PriorAsked
from noc_tui.journal.replay import state_at
from noc_tui.store import alert_places
from noc_tui.store.alert_places import AlertPlaces
from noc_tui.store.errors import MissingStore, NotAStore
from noc_tui.store.prior import prior_of
from tests.contract.desk import Desk
from tests.contract.past import Past, believable, put_event, stored, writer
from tests.contract.shift import Shift, events_in, shown


def agrees(path: Path, events: Sequence[Event], seq: int, places: AlertPlaces | None = None) -> bool:
    """Whether all that the journal tells of is told as it was after `seq`."""
    ids = sorted({event.incident_id for event in events} - {b""})
    refs = sorted({event.alert for event in events} - {""})
    then = shown(state_at(events[:seq]))
    found = prior_of(path, PriorAsked(seq, tuple(ids), tuple(refs)), places)
    assert found.incidents == tuple(then.incidents[id] for id in ids if id in then.incidents)
    assert tuple(map(_undated, found.alerts)) == tuple(_undated(then.alerts[ref]) for ref in refs if ref in then.alerts)
    assert all(alert.changed_seq <= seq for alert in found.alerts)
    return True


def _undated(alert: Alert) -> Alert:
    return replace(alert, changed_seq=0)


@given(seed=st.integers(0, 1 << 20), data=st.data())
@settings(max_examples=15)
def test_any_shift_is_told_as_it_was_at_any_time(
    tmp_path_factory: pytest.TempPathFactory, seed: int, data: st.DataObject
) -> None:
    desk = Desk(tmp_path_factory.mktemp("desk"), seed)
    with closing(desk.open()) as store:
        *_, last = Shift(desk, store, Random(seed)).steps(12)
    events, places = events_in(desk.path), AlertPlaces()
    for seq in data.draw(st.lists(st.integers(0, last), min_size=3, max_size=6)):
        assert agrees(desk.path, events, seq, places)


def test_what_is_noted_of_alerts_goes_on_with_the_journal_and_ends_with_its_history(tmp_path: Path) -> None:
    places = AlertPlaces()
    for name, seed in (("noc.db", 1), ("other.db", 2)):
        past = believable(12, seed)
        path = stored(tmp_path / name, past)
        middle = len(past.events) // 2
        assert agrees(path, past.events, middle, places)
        with closing(writer(path)) as db:
            put_event(db, past, past.open())
        assert agrees(path, past.events, middle + 1, places)


def test_a_past_too_long_to_be_noted_is_looked_through(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    past = believable(12)
    path = stored(tmp_path / "noc.db", past)
    monkeypatch.setattr(alert_places, "NOTED", 10)
    places = AlertPlaces()
    assert all(agrees(path, past.events, seq, places) for seq in range(0, len(past.events), 3))


def test_where_an_event_does_not_say_what_it_replaced_the_past_is_folded(tmp_path: Path) -> None:
    """The events of this past say nothing of it."""
    past = believable(12)
    path = stored(tmp_path / "noc.db", past)
    for seq in range(0, len(past.events), 5):
        assert agrees(path, past.events, seq)


def test_an_erased_body_is_passed_over_as_every_fold_does(tmp_path: Path) -> None:
    past = Past()
    opened = past.open(title="first")
    for title in ("second", "third", "fourth"):
        past.change(opened, title=title)
    path = stored(tmp_path / "noc.db", past)
    with closing(writer(path)) as db:
        db.execute("UPDATE journal SET body = x'' WHERE seq = 3")
    events = [replace(event, body=b"") if event.seq == 3 else event for event in past.events]
    assert all(agrees(path, events, seq) for seq in range(4))


def test_what_did_not_exist_is_left_out_and_what_did_not_change_is_as_it_is(tmp_path: Path) -> None:
    past = Past()
    first = past.open()
    path = stored(tmp_path / "noc.db", past)
    with closing(writer(path)) as db:
        put_event(db, past, past.open())
    asked = PriorAsked(1, (*past.incidents, b"none" * 4), (*past.alerts, "sim:none"))
    found = prior_of(path, asked)
    assert [one.id for one in found.incidents] == [first.incident_id]
    assert [one.ref for one in found.alerts] == [first.alert]


def test_a_store_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingStore):
        prior_of(tmp_path / "noc.db", PriorAsked(1))
    (tmp_path / "letter.txt").write_bytes(b"Dear operator, this is no store. " * 200)
    with pytest.raises(NotAStore):
        prior_of(tmp_path / "letter.txt", PriorAsked(1, (b"i" * 16,)))
