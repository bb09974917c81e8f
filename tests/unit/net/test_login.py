"""Where a secret may come from."""

import os
from pathlib import Path

import pytest

from noc_tui.net.errors import BadLogin
from noc_tui.net.login import Login, read_secret


def kept(path: Path, data: bytes, mode: int = 0o600) -> Path:
    """A file with this content and mode."""
    path.touch(mode=0o600)
    path.write_bytes(data)
    path.chmod(mode)
    return path


def test_a_secret_only_its_owner_can_read_is_taken(tmp_path: Path) -> None:
    file = kept(tmp_path / "secret", b"  s3cret \n")

    assert read_secret(file) == "s3cret"
    assert Login(user="ana", secret_file=file).header() == "Basic YW5hOnMzY3JldA=="


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601])
def test_a_secret_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(BadLogin, match="chmod 600"):
        read_secret(kept(tmp_path / "secret", b"s", mode))


def test_a_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(kept(tmp_path / "secret", b"s"))

    with pytest.raises(BadLogin, match="not a symbolic link"):
        read_secret(tmp_path / "link")


def test_a_pipe_is_refused_and_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    with pytest.raises(BadLogin, match="not a plain file"):
        read_secret(tmp_path / "pipe")


def test_a_missing_file_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadLogin, match=r"cannot be opened \(No such file"):
        read_secret(tmp_path / "none")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_a_file_of_somebody_else_is_refused(tmp_path: Path) -> None:
    os.chown(kept(tmp_path / "secret", b"s"), 65534, -1)

    with pytest.raises(BadLogin, match="belongs to somebody else"):
        read_secret(tmp_path / "secret")


@pytest.mark.parametrize(("data", "why"), [(b" \n", "empty"), (b"x" * 70_000, "too large"), (b"\xff\xfe", "not text")])
def test_what_is_no_secret_is_refused(tmp_path: Path, data: bytes, why: str) -> None:
    with pytest.raises(BadLogin, match=why):
        read_secret(kept(tmp_path / "secret", data))


@pytest.mark.parametrize("secret", ["", "two words", "a\r\nX-Injected: 1", "é"])
def test_a_token_cannot_break_out_of_its_header(secret: str) -> None:
    with pytest.raises(BadLogin, match="token"):
        Login(secret=secret).header()


def test_an_empty_password_hides_nothing_else() -> None:
    assert Login(user="ana").redact("plain text") == "plain text"
