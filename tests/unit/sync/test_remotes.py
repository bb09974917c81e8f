"""Remote stores as they are named on this machine, and the tokens that are kept for them."""

import os
from pathlib import Path

import pytest

from noc_tui.net.errors import BadLogin, BadUrl
from noc_tui.sync.remotes import is_remote, keep_login, kept_login, make_directory, remote_of


@pytest.mark.parametrize(
    ("url", "dialled", "name"),
    [
        ("https://noc.example", "https://noc.example", "noc.example_443_"),
        ("HTTPS://Noc.Example:443/", "https://noc.example", "noc.example_443_"),
        ("https://noc.example:8443/desk/", "https://noc.example:8443/desk", "noc.example_8443_"),
        ("http://127.0.0.1:8642", "http://127.0.0.1:8642", "127.0.0.1_8642_"),
        ("http://[::1]:8642", "http://[::1]:8642", "1_8642_"),
        ("http://localhost:80", "http://localhost", "localhost_80_"),
    ],
)
def test_an_address_names_its_files(tmp_path: Path, url: str, dialled: str, name: str) -> None:
    remote = remote_of(url, tmp_path / "data", tmp_path / "config")
    assert is_remote(url)
    assert remote.url == dialled
    assert remote.directory.name.startswith(name)
    assert remote.replica == remote.directory / "replica.db"
    assert remote.outbox == remote.directory / "outbox.db"
    assert remote.login_file == tmp_path / "config" / "tokens" / f"{remote.directory.name}.json"
    assert remote == remote_of(dialled, tmp_path / "data", tmp_path / "config")


def test_two_addresses_never_share_files(tmp_path: Path) -> None:
    urls = ("https://noc.example", "https://noc.example/a", "https://noc.example/b", "https://noc.example:8443")
    assert len({remote_of(url, tmp_path, tmp_path).directory for url in urls}) == len(urls)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://noc.example", "plain http to another host"),
        ("https://ana:secret@noc.example", "name or password"),
        ("ftp://noc.example", "not http or https"),
        ("https://", "names no host"),
    ],
)
def test_an_address_that_is_not_taken_is_said_without_its_secret(tmp_path: Path, url: str, said: str) -> None:
    with pytest.raises(BadUrl, match=said) as caught:
        remote_of(url, tmp_path, tmp_path)
    assert "secret" not in str(caught.value) + caught.value.url


def test_a_file_is_no_remote_store() -> None:
    assert not any(map(is_remote, ("noc.db", "sqlite:///noc.db", "postgresql://db/noc", "http.db")))


def test_directories_are_made_private(tmp_path: Path) -> None:
    remote = remote_of("https://noc.example", tmp_path / "data", tmp_path)
    before = os.umask(0)
    try:
        make_directory(remote)
        remote.directory.chmod(0o755)
        make_directory(remote)
        keep_login(remote, "ana", "id.secret")
    finally:
        os.umask(before)
    assert remote.directory.stat().st_mode & 0o777 == 0o700
    assert remote.login_file.parent.stat().st_mode & 0o777 == 0o700
    assert remote.login_file.stat().st_mode & 0o777 == 0o600


def test_a_login_is_kept_in_place_of_the_one_before(tmp_path: Path) -> None:
    remote = remote_of("https://noc.example", tmp_path, tmp_path)
    assert kept_login(remote) is None
    keep_login(remote, "ana", "id.first")
    keep_login(remote, "bo", "id.second")
    kept = kept_login(remote)
    assert kept is not None and (kept.url, kept.name, kept.token) == (remote.url, "bo", "id.second")
    assert remote.login.header() == "Bearer id.second"
    assert [file.name for file in remote.login_file.parent.iterdir()] == [remote.login_file.name]


def test_a_login_that_cannot_be_kept_leaves_nothing_half(tmp_path: Path) -> None:
    remote = remote_of("https://noc.example", tmp_path, tmp_path)
    remote.login_file.mkdir(parents=True)
    (remote.login_file / "there").touch()
    with pytest.raises(OSError):
        keep_login(remote, "ana", "id.secret")
    assert list(remote.login_file.parent.iterdir()) == [remote.login_file]


def test_a_login_file_that_is_none_is_said(tmp_path: Path) -> None:
    remote = remote_of("https://noc.example", tmp_path, tmp_path)
    keep_login(remote, "ana", "id.secret")
    remote.login_file.write_text("id.secret", encoding="utf-8")
    with pytest.raises(BadLogin, match="cannot be read"):
        kept_login(remote)
    keep_login(remote_of("https://other.example", tmp_path, tmp_path), "ana", "id.secret")
    other = remote_of("https://other.example", tmp_path, tmp_path).login_file
    other.replace(remote.login_file)
    with pytest.raises(BadLogin, match="for another address"):
        kept_login(remote)
