"""A copy of a remote store that is damaged is put aside and fetched anew; a sound one is left alone."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from noc_tui.store.board_reader import BoardReader
from noc_tui.store.errors import CorruptStore, StoreError
from noc_tui.store.replica import ReplicaFile
from noc_tui.store.replica_mending import put_aside_if_damaged
from tests.contract.authority import Authority, busy_past, filled
from tests.contract.ports import AT
from tests.contract.test_ports import URL


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A copy with something in it."""
    path = tmp_path / "remotes" / "replica.db"
    with closing(ReplicaFile(path, URL, lambda: AT)) as replica:
        filled(replica, Authority(busy_past()), 50)
    return path


def is_begun_anew(path: Path) -> bool:
    """Whether what is there now is an empty copy that can be filled."""
    with closing(ReplicaFile(path, URL, lambda: AT)) as replica:
        return replica.cursor() is None


def test_a_sound_one_is_left_alone(path: Path) -> None:
    assert put_aside_if_damaged(path) is None
    assert not is_begun_anew(path)
    assert put_aside_if_damaged(path.with_name("none.db")) is None


@pytest.mark.parametrize("content", [b"", b"no database at all", b"\0" * 8192])
def test_one_that_cannot_be_opened_is_put_aside(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    aside = put_aside_if_damaged(path)
    assert aside is not None and aside.read_bytes() == content
    assert is_begun_anew(path)
    assert put_aside_if_damaged(path) is None


def test_one_whose_damage_shows_only_when_it_is_used_is_put_aside_at_the_next_start(path: Path) -> None:
    whole = path.read_bytes()
    with path.open("r+b") as file:
        file.seek(4096 * 2)
        file.write(b"\xff" * (len(whole) - 4096 * 2))
    try:
        with closing(ReplicaFile(path, URL, lambda: AT)) as replica:
            replica.seen([bytes(16)])
            filled(replica, Authority(busy_past()), 50)
    except StoreError as error:
        assert isinstance(error, CorruptStore)
        assert "close the boards on it and start noc-tui again" in str(error)
        assert "restore" not in str(error)
    else:
        pytest.fail("nothing was noticed")
    assert put_aside_if_damaged(path) is not None
    assert is_begun_anew(path)


def test_a_board_says_so_too(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_960)
    with (
        pytest.raises(CorruptStore, match="waits in the outbox beside it is kept"),
        closing(BoardReader(path)) as board,
    ):
        board.first_page(10)
