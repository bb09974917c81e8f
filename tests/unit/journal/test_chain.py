"""The chain: whatever is changed, removed or moved no longer fits; what is erased on request still does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from noc_tui.incidents.commands import Draft
from noc_tui.journal.assemble import Stamp, assemble, body_of
from noc_tui.journal.chain import GENESIS, body_digest, seal
from noc_tui.journal.envelope import Event

CHANGES: dict[str, Any] = {
    "seq": 2,
    "id": b"x",
    "kind": "incident.x",
    "at": 2,
    "received_at": 2,
    "actor": "eve",
    "origin": "x",
    "command_id": b"x",
    "incident_id": b"x",
    "number": 2,
    "alert": "x",
    "revision": 2,
    "batch": b"x",
    "undoes": b"x",
    "salt": b"x",
    "body": b"{ }",
}


def made(seq: int = 1, prev: bytes = GENESIS, **values: Any) -> Event:
    draft = Draft(kind="incident.acked", incident=b"i", set={"state": "acked"}, was={"state": "new"})
    plain: dict[str, Any] = {"id": b"e", "number": 1, "revision": 1, "at": 1, "received_at": 1, "actor": "ana"}
    return assemble(draft, Stamp(seq=seq, salt=b"salt", **(plain | values)), prev)


def test_an_event_is_sealed_as_it_is_made() -> None:
    event = made()
    assert seal(GENESIS, event) == event.hash
    assert len(event.hash) == len(GENESIS) == 32


@pytest.mark.parametrize("field", CHANGES)
def test_every_part_of_an_event_is_sealed(field: str) -> None:
    event = made()
    assert set(CHANGES) == set(Event.__struct_fields__) - {"hash"}
    assert seal(GENESIS, replace(event, **{field: CHANGES[field]})) != event.hash


@given(st.integers(1, 20), st.data())
def test_what_is_removed_or_moved_breaks_the_chain(length: int, data: st.DataObject) -> None:
    chain: list[Event] = []
    for seq in range(1, length + 1):
        chain.append(made(seq, chain[-1].hash if chain else GENESIS))
    place = data.draw(st.integers(0, length - 1))
    for broken in (
        chain[:place] + chain[place + 1 :],
        chain[:place] + chain[place : place + 2][::-1] + chain[place + 2 :],
    ):
        assert _fits(broken) == (broken == chain[: len(broken)])


def _fits(chain: list[Event]) -> bool:
    prev = GENESIS
    for event in chain:
        if seal(prev, event) != event.hash:
            return False
        prev = event.hash
    return True


def test_an_erased_body_leaves_the_proof_of_the_rest() -> None:
    event = made()
    erased = replace(event, body=b"", salt=body_digest(event.salt, event.body))
    assert seal(GENESIS, erased) == event.hash


def test_a_body_that_was_merely_emptied_is_found() -> None:
    event = made()
    assert seal(GENESIS, replace(event, body=b"")) != event.hash


def test_a_claim_is_never_later_than_its_receipt() -> None:
    assert made(at=9, received_at=5).at == 5
    assert made(at=3, received_at=5).at == 3


def test_a_body_holds_what_there_is_and_nothing_else() -> None:
    assert body_of(Draft(kind="x")) == b"{}"
    draft = Draft(
        kind="x",
        set={"state": "new"},
        was={"state": "acked"},
        alert="mon:k",
        alert_set={"firing": True},
        alert_was={"firing": False},
        more={"note": "ü"},
    )
    assert body_of(draft).decode() == (
        '{"set":{"state":"new"},"was":{"state":"acked"},"alert":{"set":{"firing":true},"was":{"firing":false}},"note":"ü"}'
    )


def test_what_is_new_replaces_nothing() -> None:
    draft = Draft(
        kind="x",
        set={"state": "new"},
        was={"state": "acked"},
        alert="mon:k",
        alert_set={"firing": True},
        alert_was={"firing": False},
    )
    assert body_of(draft, new_incident=True, new_alert=True).decode() == (
        '{"set":{"state":"new"},"alert":{"set":{"firing":true}}}'
    )
    assert "was" not in made(revision=1).data
    assert "was" in made(revision=2).data
