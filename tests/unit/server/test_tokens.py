"""Tokens: who is let in, until when, and what a file that cannot be trusted says."""

from __future__ import annotations

import fcntl
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.model import DAY
from noc_tui.server import token_file
from noc_tui.server.token_file import BadToken, DamagedTokens, TokenError, UnsafeTokens, UnusableTokens
from noc_tui.server.tokens import ROLES, Identity, Role, TokenBook, tokens_of

NOW = 1_700_000_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the tokens of the store in this test lie."""
    return tmp_path / "noc.db-tokens"


@pytest.fixture
def book(tmp_path: Path) -> TokenBook:
    """The tokens of a store."""
    return tokens_of(tmp_path / "noc.db")


@pytest.mark.parametrize("role", ROLES)
def test_a_token_tells_whose_it_is_and_what_it_may(book: TokenBook, role: Role) -> None:
    source = "mon" if role == "source" else ""

    token = book.create("ana", role, source, None, NOW)

    assert book.person(token, NOW) == Identity("ana", role, source)


def test_only_the_whole_token_lets_in(book: TokenBook) -> None:
    token = book.create("ana", "admin", "", None, NOW)
    other = book.create("bo", "viewer", "", None, NOW)
    id, _, secret = token.partition(".")

    for wrong in ("", ".", id, f"{id}.", f".{secret}", secret, token[:-1], f"{token}A", f"{id}.{other}", token.upper()):
        assert book.person(wrong, NOW) is None
    assert book.person(f"{other.partition('.')[0]}.{secret}", NOW) is None


@given(st.text())
def test_no_text_is_a_token(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    book = TokenBook(tmp_path_factory.getbasetemp() / "any-tokens")
    if not book.entries():
        book.create("ana", "admin", "", None, NOW)
    id = book.entries()[0].id

    assert book.person(text, NOW) is None
    assert book.person(f"{id}.{text}", NOW) is None


def test_a_token_ends_at_its_time(book: TokenBook) -> None:
    token = book.create("ana", "viewer", "", NOW + DAY, NOW)

    assert book.person(token, NOW + DAY - 1) is not None
    assert book.person(token, NOW + DAY) is None


def test_what_another_process_makes_or_revokes_counts_at_the_next_request(book: TokenBook, tmp_path: Path) -> None:
    server = tokens_of(tmp_path / "noc.db")
    assert server.person("a.b", NOW) is None

    token = book.create("ana", "viewer", "", None, NOW)
    assert server.person(token, NOW) is not None

    book.revoke("ana")
    assert server.person(token, NOW) is None


def test_who_was_let_in_is_not_any_more_when_the_file_is_gone_or_open_to_others(book: TokenBook, file: Path) -> None:
    token = book.create("ana", "viewer", "", None, NOW)
    assert book.person(token, NOW) is not None

    file.chmod(0o640)
    with pytest.raises(UnsafeTokens, match="chmod 600"):
        book.person(token, NOW)

    file.chmod(0o600)
    assert book.person(token, NOW) is not None

    file.unlink()
    assert book.person(token, NOW) is None


def test_a_renewed_token_leaves_the_old_one_outside(book: TokenBook) -> None:
    old = book.create("ana", "viewer", "", None, NOW)
    book.revoke("ana")
    new = book.create("ana", "operator", "", None, NOW)

    assert book.person(old, NOW) is None
    assert book.person(new, NOW) == Identity("ana", "operator")


def test_a_name_that_exists_is_refused_and_one_that_does_not_cannot_be_revoked(book: TokenBook) -> None:
    token = book.create("ana", "viewer", "", None, NOW)

    with pytest.raises(BadToken, match="revoke it first"):
        book.create("ana", "admin", "", None, NOW)
    with pytest.raises(BadToken, match="token list"):
        book.revoke("bo")

    assert book.person(token, NOW) == Identity("ana", "viewer")


@pytest.mark.parametrize(
    ("name", "role", "source"),
    [
        ("", "viewer", ""),
        ("a" * 65, "viewer", ""),
        ("ana ", "viewer", ""),
        ("a\x1b[2Jna", "viewer", ""),
        ("rule", "operator", ""),
        ("ana", "operator", "mon"),
        ("mon", "source", ""),
        ("mon", "source", "a:b"),
    ],
)
def test_what_cannot_be_a_token_is_refused_in_a_sentence(
    book: TokenBook, file: Path, name: str, role: Role, source: str
) -> None:
    with pytest.raises(BadToken, match=r"^[A-Z'].+\.$"):
        book.create(name, role, source, None, NOW)

    assert not file.exists()


def test_neither_the_file_nor_the_list_holds_a_secret(book: TokenBook, file: Path) -> None:
    secret = book.create("ana", "viewer", "", None, NOW).partition(".")[2]

    assert secret not in file.read_text()
    assert secret not in repr(book.entries())


@pytest.mark.parametrize("umask", [0o000, 0o777])
def test_only_the_owner_can_read_the_files_whatever_the_umask(book: TokenBook, tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        book.create("ana", "viewer", "", None, NOW)
    finally:
        os.umask(before)

    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_a_link_in_the_files_place_is_neither_read_nor_written_through(
    book: TokenBook, file: Path, tmp_path: Path
) -> None:
    aim = tmp_path / "aim"
    aim.touch(mode=0o600)
    file.symlink_to(aim)

    with pytest.raises(UnsafeTokens, match="symbolic link"):
        book.person("a.b", NOW)
    with pytest.raises(UnsafeTokens, match="symbolic link"):
        book.create("ana", "viewer", "", None, NOW)

    assert aim.read_bytes() == b""


def test_a_pipe_in_the_files_place_does_not_hang(book: TokenBook, file: Path) -> None:
    os.mkfifo(file, 0o600)

    with pytest.raises(UnsafeTokens, match="not a plain file"):
        book.person("a.b", NOW)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_another_account_is_refused(book: TokenBook, file: Path) -> None:
    book.create("ana", "viewer", "", None, NOW)
    os.chown(file, 65534, -1)

    with pytest.raises(UnsafeTokens, match="another account"):
        book.entries()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "no JSON"),
        (b'{"format":1,"tokens":[{"id":"s3cret"', "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b'{"format":1,"x":' + b"[" * 100_000, "no JSON"),
        (b"[]", "not what noc-tui writes"),
        (b'{"format":1,"tokens":[{"id":"s3cret","name":1}]}', "not what noc-tui writes"),
        (
            b'{"format":1,"tokens":[{"id":"s3cret","name":"a","role":"root","sha256":"","created_at":0}]}',
            "not what noc-tui writes",
        ),
        (b'{"format":2}', "newer noc-tui"),
    ],
)
def test_damage_is_said_without_what_stands_in_the_file(book: TokenBook, file: Path, content: bytes, why: str) -> None:
    file.touch(mode=0o600)
    file.write_bytes(content)

    with pytest.raises(DamagedTokens, match=why) as said:
        book.person("a.b", NOW)
    with pytest.raises(DamagedTokens, match=why):
        book.create("ana", "viewer", "", None, NOW)

    assert "s3cret" not in str(said.value)
    assert file.read_bytes() == content


def test_an_endless_file_is_refused(book: TokenBook, file: Path) -> None:
    file.touch(mode=0o600)
    os.truncate(file, token_file.LARGEST + 1)

    with pytest.raises(DamagedTokens, match="larger"):
        book.person("a.b", NOW)


def test_a_lock_that_is_kept_is_waited_for_within_bounds(file: Path) -> None:
    times = iter(range(100))
    slept: list[float] = []
    lock = file.with_name(f"{file.name}.lock")
    with lock.open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        with (
            pytest.raises(UnusableTokens, match=r"keeps .*\.lock locked"),
            token_file.locked(file, monotonic=lambda: float(next(times)), sleep=slept.append),
        ):
            raise AssertionError

    assert slept


def test_all_that_are_made_at_once_are_kept(tmp_path: Path) -> None:
    def make(name: str) -> str:
        return tokens_of(tmp_path / "noc.db").create(name, "viewer", "", None, NOW)

    with ThreadPoolExecutor(8) as pool:
        tokens = list(pool.map(make, "abcdefghijklmnop"))

    names = [person.name for token in tokens if (person := tokens_of(tmp_path / "noc.db").person(token, NOW))]
    assert "".join(names) == "abcdefghijklmnop"


def test_a_place_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    book = tokens_of(tmp_path / "none" / "noc.db")

    with pytest.raises(UnusableTokens, match="No such file"):
        book.create("ana", "viewer", "", None, NOW)
    assert book.person("a.b", NOW) is None

    (tmp_path / "file").touch()
    with pytest.raises(TokenError, match="Not a directory"):
        tokens_of(tmp_path / "file" / "noc.db").person("a.b", NOW)


def test_what_a_killed_process_left_is_no_obstacle(book: TokenBook, file: Path) -> None:
    file.with_name(f"{file.name}.new").write_bytes(b"half")

    token = book.create("ana", "viewer", "", None, NOW)

    assert book.person(token, NOW) is not None
