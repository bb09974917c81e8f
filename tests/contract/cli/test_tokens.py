"""`noc-tui token`: printed once, listed without secrets, revoked for a server that runs."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from noc_tui.server.tokens import Identity, TokenBook
from tests.contract.cli.running import Run, as_program, refused


def now() -> int:
    """The present, in microseconds."""
    return time.time_ns() // 1000


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that is not made yet, in a directory that is there."""
    return tmp_path / "noc.db"


@pytest.fixture
def server(store: Path) -> TokenBook:
    """The tokens as a server that runs beside the command line knows them."""
    return TokenBook(store.with_name("noc.db-tokens"))


def test_create_prints_the_token_once_and_the_words_elsewhere(noc: Run, store: Path, server: TokenBook) -> None:
    ran = noc("token", "create", "ana", "--role", "operator", "--store", str(store))

    (token,) = ran.out.splitlines()
    assert ran.status == 0
    assert server.person(token, now()) == Identity("ana", "operator")
    assert ran.err == f"This is the token of ana (operator) for {store}: keep it now, it is not shown again.\n"
    assert token not in noc("token", "list", "--store", str(store)).out


def test_a_source_is_bound_to_one_name(noc: Run, store: Path, server: TokenBook) -> None:
    words = ["--role", "source", "--store", str(store)]
    own = noc("token", "create", "mon", *words).out.strip()
    second = noc("token", "create", "mon-2", *words, "--source", "mon").out.strip()

    assert server.person(own, now()) == Identity("mon", "source", "mon")
    assert server.person(second, now()) == Identity("mon-2", "source", "mon")


def test_list_tells_names_and_what_they_may(noc: Run, store: Path) -> None:
    noc("token", "create", "Ünal", "--role", "viewer", "--expires", "90d", "--store", str(store))
    noc("token", "create", "mon", "--role", "source", "--store", str(store))

    heads, first, second = noc("token", "list", "--store", str(store)).out.splitlines()
    assert heads.split() == ["NAME", "ROLE", "SOURCE", "CREATED", "EXPIRES"]
    assert first.split()[:3] == ["mon", "source", "mon"]
    assert first.endswith("never")
    assert second.split()[:3] == ["Ünal", "viewer", "-"]

    rows = noc("token", "list", "--json", "--store", str(store)).json()
    assert [list(row) for row in rows] == [["name", "role", "source", "created_at", "expires_at", "expired"]] * 2
    assert [(row["name"], row["source"], row["expired"]) for row in rows] == [
        ("mon", "mon", False),
        ("Ünal", None, False),
    ]


def test_an_expired_token_stays_in_the_list_and_says_so(noc: Run, store: Path, server: TokenBook) -> None:
    noc("token", "create", "ana", "--role", "viewer", "--expires", "1us", "--store", str(store))

    assert noc("token", "list", "--store", str(store)).out.rstrip().endswith("(over)")
    assert [row["expired"] for row in noc("token", "list", "--json", "--store", str(store)).json()] == [True]


def test_revoke_is_seen_by_a_server_that_runs(noc: Run, store: Path, server: TokenBook) -> None:
    token = noc("token", "create", "ana", "--role", "admin", "--store", str(store)).out.strip()
    assert server.person(token, now()) is not None

    assert noc("token", "revoke", "ana", "--store", str(store)).err == "The token of ana is revoked.\n"

    assert server.person(token, now()) is None
    assert noc("token", "list", "--json", "--store", str(store)).json() == []
    assert "token create" in noc("token", "list", "--store", str(store)).err


def test_refusals_are_sentences(noc: Run, store: Path) -> None:
    where = ["--store", str(store)]
    noc("token", "create", "ana", "--role", "admin", *where)

    refused(noc("token", "create", "ana", "--role", "viewer", *where), 1, "'ana'", "revoke it first")
    refused(noc("token", "revoke", "bo", *where), 1, "'bo'", "token list")
    refused(noc("token", "create", "rule", "--role", "viewer", *where), 1, "choose a person's name")
    refused(noc("token", "create", "mon", "--source", "a b", "--role", "source", *where), 1, "A source's name")
    refused(noc("token", "create", "bo", *where), 2, "--role")
    refused(noc("token", "create", "bo", "--role", "root", *where), 2, "viewer")
    refused(noc("token", "create", "bo", "--role", "viewer", "--source", "mon", *where), 2, "--source")
    refused(noc("token", "create", "bo", "--role", "viewer", "--expires", "soon", *where), 2, "--expires", "15m")
    refused(noc("token", "create", "bo", "--role", "viewer", "--expires", "0s", *where), 2, "--expires")
    refused(
        noc("token", "create", "bo", "--role", "viewer", "--store", str(store.parent / "none" / "x.db")), 1, "directory"
    )

    store.with_name("noc.db-tokens").chmod(0o644)
    refused(noc("token", "list", *where), 1, "chmod 600")


def test_a_token_can_be_made_before_the_store(store: Path, server: TokenBook) -> None:
    ran = as_program("token", "create", "ana", "--role", "viewer", "--store", str(store))

    assert ran.status == 0
    assert server.person(ran.out.strip(), now()) == Identity("ana", "viewer")
    assert not store.exists()


@pytest.mark.parametrize("name", ["ana lopez", "noc/ana", "team:t2", "o'neill", "-ana", "a,b"])
def test_a_name_that_must_be_quoted_is_refused_in_words(noc: Run, store: Path, name: str) -> None:
    ran = noc("token", "create", "--role", "operator", "--store", str(store), "--", name)

    refused(ran, 1, "would have to be quoted", "ana.lopez")
    assert not store.with_name("noc.db-tokens").exists()


def test_names_of_people_everywhere_are_taken(noc: Run, store: Path) -> None:
    for name in ("ana.lopez", "josé", "bo+night@noc.example", "9lives"):
        assert noc("token", "create", name, "--role", "viewer", "--store", str(store)).status == 0
