"""What was said on the wire in each version that was ever spoken is still understood, and nothing of it is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest

from noc_tui.journal import exchange
from noc_tui.journal.chain import GENESIS, seal
from noc_tui.journal.exchange import Page, heard
from noc_tui.sync.api import Me
from tests.architecture.tree import ROOT

KEPT: Final = ROOT / "tests" / "fixtures" / "wire"
SPOKEN: Final[dict[str, type[msgspec.Struct]]] = {
    name: value
    for name, value in vars(exchange).items()
    if isinstance(value, type) and issubclass(value, msgspec.Struct) and value.__module__ == exchange.__name__
} | {"Me": Me}
PARTS: Final = {"Cursor", "Told"}
"""What is only ever a part of another value."""


def lost(said: Any, understood: Any, place: str = "") -> list[str]:
    """The places of what was said and is not among what was understood."""
    if isinstance(said, dict) and isinstance(understood, dict):
        return [
            one for name in said for one in lost(said[name], understood.get(name), f"{place}.{name}") if name != "line"
        ]
    if isinstance(said, list) and isinstance(understood, list) and len(said) == len(understood):
        return [
            one for at, pair in enumerate(zip(said, understood, strict=True)) for one in lost(*pair, f"{place}[{at}]")
        ]
    return [] if said == understood else [place]


def understood(body: bytes, kind: type[msgspec.Struct]) -> Any:
    """What this program makes of a body, every field of it spelt out."""
    value = msgspec.json.decode(body, type=kind)
    return json.loads(msgspec.json.encode(_spelt(value)))


def _spelt(value: Any) -> Any:
    """A value with the fields that have their default, too, which the wire leaves out."""
    if isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        return {name: _spelt(one) for name, one in fields.items() if one is not msgspec.UNSET}
    if isinstance(value, tuple):
        return [_spelt(one) for one in value]
    return value


@pytest.mark.parametrize("file", sorted(KEPT.glob("*/*.json")), ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_what_was_said_is_understood(file: Path) -> None:
    body = file.read_bytes()
    assert lost(json.loads(body), understood(body, SPOKEN[file.stem])) == []
    newer = {**json.loads(body), "of_tomorrow": [1, {"a": 2}]}
    assert understood(json.dumps(newer).encode(), SPOKEN[file.stem]) == understood(body, SPOKEN[file.stem])


def test_every_value_of_the_wire_is_kept_in_every_version() -> None:
    versions = sorted(KEPT.iterdir())
    assert [version.name for version in versions] == ["v1"]
    assert {file.stem for file in versions[-1].iterdir()} == set(SPOKEN) - PARTS


def test_the_events_of_a_kept_page_still_prove_themselves() -> None:
    page = msgspec.json.decode((KEPT / "v1" / "Page.json").read_bytes(), type=Page)
    before = GENESIS
    for event in map(heard, page.events[:-1]):
        assert seal(before, event) == event.hash
        before = event.hash
    damaged = heard(page.events[-1])
    assert damaged.body == b"\xff"


def test_a_field_that_was_renamed_would_be_noticed() -> None:
    body = (KEPT / "v1" / "Pushed.json").read_bytes().replace(b'"seqs"', b'"sequence"')
    assert lost(json.loads(body), understood(body, SPOKEN["Pushed"])) == [
        ".outcomes[0].sequence",
        ".outcomes[1].sequence",
    ]
