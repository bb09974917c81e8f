"""One lease on a store, that says who holds it."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.agent.lease import Holder, Lease, holder_from, lease_path
from noc_tui.incidents.model import SECOND
from noc_tui.store.errors import MissingStore
from noc_tui.store.gate import NOTE

NOW = 1_790_000_000 * SECOND


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "noc.db"


@pytest.fixture
def lease(store: Path) -> Iterator[Lease]:
    with closing(Lease(store)) as lease:
        yield lease


def test_one_has_it_and_the_other_learns_who(store: Path, lease: Lease) -> None:
    assert lease.take(NOW)
    with closing(Lease(store)) as other:
        assert not other.take(NOW + 1)
        assert other.holder == Holder(os.getpid(), os.uname().nodename, NOW)
        assert str(other.holder).endswith("since 2026-09-21 14:13:20Z")
        lease.close()
        assert other.take(NOW + 2)


def test_the_last_holders_name_is_overwritten_whole(store: Path) -> None:
    store.with_name("noc.db-agent.lock").write_bytes(Holder(4_194_304, "a" * 99, NOW).encode())
    with closing(Lease(store)) as lease, closing(Lease(store)) as other:
        assert lease.take(NOW)
        assert not other.take(NOW)
        assert other.holder == Holder(os.getpid(), os.uname().nodename, NOW)


def test_a_lease_whose_file_was_deleted_or_replaced_is_not_kept(store: Path, lease: Lease) -> None:
    assert not lease.is_kept()
    assert lease.take(NOW)
    assert lease.is_kept()
    lease_path(store).unlink()
    assert not lease.is_kept()
    with closing(Lease(store)) as other:
        assert other.take(NOW)
        assert not lease.is_kept()


def test_the_file_is_its_owners_alone(store: Path, lease: Lease) -> None:
    assert lease.take(NOW)
    assert lease_path(store).stat().st_mode & 0o777 == 0o600


def test_without_a_directory_there_is_no_lease(tmp_path: Path) -> None:
    with closing(Lease(tmp_path / "none" / "noc.db")) as lease, pytest.raises(MissingStore):
        lease.take(NOW)


@pytest.mark.parametrize("note", [b"", b"\0" * NOTE, b"\xff\xfe", b"4711", b"4711 soon noc1", b"x 1 noc1"])
def test_a_note_of_nobodys_names_nobody(note: bytes) -> None:
    assert holder_from(note) is None


def test_a_long_host_name_is_cut() -> None:
    note = Holder(4_194_304, "noc-" * 40, time.time_ns() // 1000).encode()
    assert len(note) == NOTE
    found = holder_from(note)
    assert found is not None and ("noc-" * 40).startswith(found.host) and len(found.host) > 30
