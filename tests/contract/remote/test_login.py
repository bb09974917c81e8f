"""Who one is on a server: a token that nobody sees, kept for its owner alone, checked before it is kept."""

import os
from pathlib import Path

import pytest

from noc_tui.sync.remotes import kept_login
from tests.contract.remote.running import Account, Server, following
from tests.faults.running import until


def test_a_token_is_checked_and_kept_for_its_owner_alone(server: Server, home: Path) -> None:
    bo = Account(home / "bo", server.url)
    token = server.token("bo", "viewer")
    ran = bo.run("login", server.url, "--as", "bo", stdin=token + "\n")
    assert (ran.status, ran.out) == (0, "")
    assert "you are bo, with the role viewer" in ran.err
    assert token not in ran.err
    kept = kept_login(bo.remote)
    assert kept is not None and (kept.url, kept.name, kept.token, kept.role) == (server.url, "bo", token, "viewer")
    assert bo.remote.login_file.stat().st_mode & 0o777 == 0o600
    assert bo.remote.login_file.parent.stat().st_mode & 0o777 == 0o700
    assert bo.run("list", "--json").json() == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("bo", "nobodys.token", "does not know that token"),
        ("bo", "", "That is no token"),
        ("bo", "two words", "That is no token"),
        ("ana", None, "That token is bo's, not ana's"),
    ],
)
def test_what_is_no_token_of_theirs_is_not_kept(
    server: Server, home: Path, name: str, text: str | None, said: str
) -> None:
    account = Account(home / "somebody", server.url)
    token = server.token("bo") if text is None else text
    ran = account.run("login", server.url, "--as", name, stdin=token)
    assert ran.status == 1 and said in ran.err, ran
    assert not account.remote.login_file.exists()
    assert not token or token not in ran.err


def test_a_server_that_is_not_there_is_said(server: Server, home: Path) -> None:
    account = Account(home / "somebody", server.url)
    server.stop()
    ran = account.run("login", server.url, "--as", "ana", stdin="a.token")
    assert ran.status == 1 and "cannot be reached" in ran.err


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://noc.example", "plain http to another host"),
        ("https://ana:pw@noc.example", "name or password"),
        ("noc.example", "no scheme"),
    ],
)
def test_an_address_that_is_none_is_said(home: Path, url: str, said: str) -> None:
    ran = Account(home, "http://127.0.0.1:1").run("login", url, "--as", "ana", stdin="a.token")
    assert ran.status == 2 and said in ran.err


def test_without_a_token_one_is_told_how_to_get_in(server: Server, home: Path) -> None:
    account = Account(home / "nobody", server.url)
    for words in (["list"], ["log", "One"], ["agent"], []):
        ran = account.run(*words)
        assert ran.status == 1 and f"noc-tui login {server.url} --as NAME" in ran.err


def test_a_token_that_others_can_read_is_not_used(server: Server, ana: Account) -> None:
    ana.remote.login_file.chmod(0o644)
    ran = ana.run("list")
    assert ran.status == 1 and "can be read by others" in ran.err and "chmod 600" in ran.err


def test_a_token_file_for_another_address_is_not_used(server: Server, ana: Account) -> None:
    text = ana.remote.login_file.read_text(encoding="utf-8")
    ana.remote.login_file.write_text(text.replace(server.url, "https://elsewhere.example"), encoding="utf-8")
    ran = ana.run("list")
    assert ran.status == 1 and "is for another address" in ran.err


def test_the_token_stands_in_its_file_and_nowhere_else(server: Server, home: Path) -> None:
    ana = Account(home / "ana", server.url)
    token = server.token()
    secret = token.partition(".")[2]
    said = [ana.run("login", server.url, "--as", "ana", stdin=token)]
    with following(ana) as account:
        pid = until(lambda: account.pid, "an agent")
        account.wait_for("following")
        for name in ("cmdline", "environ"):
            assert secret.encode() not in Path(f"/proc/{pid}/{name}").read_bytes()
        said += [ana.run(*words) for words in (["log", "One"], ["do", "ack", "1", "--json"], ["doctor"], [])]
        account.wait_until_same(server)
        server.revoke()
        account.end()  # who holds a poll would learn of it when that is answered
        account.start()
        account.wait_for("refused")
    said.append(ana.run("list", "--debug"))
    assert [ran.status for ran in said] == [0, 0, 0, 0, 0, 1]
    assert all(secret not in ran.out + ran.err for ran in said)
    holders = [file for file in _files(home, server.store.parent) if secret.encode() in file.read_bytes()]
    assert holders == [ana.remote.login_file]


def test_files_are_for_their_owner_alone_whatever_the_mask(ana: Account) -> None:
    before = os.umask(0)
    try:
        with following(ana):
            ana.wait_for("following")
    finally:
        os.umask(before)
    assert ana.remote.directory.stat().st_mode & 0o777 == 0o700
    modes = {file.name: file.stat().st_mode & 0o777 for file in ana.remote.directory.iterdir()}
    assert {"replica.db", "outbox.db"} <= modes.keys()
    assert set(modes.values()) == {0o600}, modes


def _files(*places: Path) -> list[Path]:
    return [file for place in places for file in place.rglob("*") if file.is_file()]
