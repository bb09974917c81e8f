"""The agent follows a server in a process of its own: a copy in step, and commands that arrive, come what may."""

import signal
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import trustme

from noc_tui.incidents.commands import Command
from noc_tui.simulate.filling import fill
from noc_tui.store.backup import backup, restore
from noc_tui.store.opening import wall_clock
from noc_tui.store.reading import Reader
from tests.contract.desk import Desk
from tests.contract.remote.running import Account, Server, following, head_of, serving
from tests.faults.proxy import Proxy
from tests.faults.running import until


def logged(desk: Desk, title: str) -> Command:
    """A command that logs an incident, made now."""
    return desk.command("log", desk.new_id(), title=title, at=wall_clock())


def done(desk: Desk, verb: str, log: Command, **args: object) -> Command:
    """A command on what another one logged."""
    return desk.command(verb, log.incident, at=wall_clock(), **args)


async def times_done(server: Server, command: Command) -> list[tuple[str, str]]:
    """Who did what by a command, as the server's journal tells."""
    reader = Reader(server.store)
    try:
        events = await reader.events(0, 100_000)
    finally:
        await reader.close()
    return [(event.actor, event.kind) for event in events if event.command_id == command.id]


def test_a_copy_is_filled_and_then_follows(tmp_path: Path, home: Path, desk: Desk) -> None:
    store = tmp_path / "srv" / "noc.db"
    store.parent.mkdir()
    fill(store, open_count=300, closed_count=200, seed=1, now=wall_clock(), progress=lambda _done, _total: None)
    with serving(store) as server:
        ana = Account(home / "ana", server.url)
        ana.log_in(server.token())
        with following(ana):
            ana.wait_for("following")
            ana.wait_until_same(server)
            server.append(logged(desk, "Link down"))
            until(lambda: head_of(ana.remote.replica) == head_of(store), "the new event")
            assert ana.run("list", "--json", "link").json() == board_rows(server, "link")


def test_a_copy_that_is_damaged_is_fetched_anew_and_what_was_pressed_is_sent(
    server: Server, ana: Account, desk: Desk
) -> None:
    server.append(logged(desk, "Link down"))
    with following(ana):
        ana.wait_until_same(server)
    ana.remote.replica.write_bytes(b"\xff" * 8192)
    ana.press(logged(desk, "Pressed before anybody noticed"))
    with following(ana):
        ana.wait_until_same(server)
    assert ana.board() and ana.states() == {}
    assert "was damaged and is now" in (ana.home / "agent-said").read_text()
    assert ana.remote.replica.with_name("replica.db.damaged").exists()


def board_rows(server: Server, *query: str) -> object:
    """What a query finds on the server's host."""
    return Account(server.store.parent, server.url).run("list", "--json", *query, "--store", str(server.store)).json()


async def test_what_is_pressed_is_done_once_in_the_persons_name(server: Server, ana: Account, desk: Desk) -> None:
    log = logged(desk, "Fan stopped")
    ack, again = done(desk, "ack", log), done(desk, "ack", log)
    with following(ana):
        ana.press(log, ack, again)
        until(lambda: ana.states() == {again.id: "refused"}, "two that were seen and one that was refused")
        ana.wait_until_same(server)
    assert await times_done(server, log) == [("ana", "incident.created")]
    assert await times_done(server, ack) == [("ana", "incident.acked")]


async def test_what_is_pressed_while_the_link_is_cut_is_done_once_it_is_back(
    server: Server, ana: Account, desk: Desk, home: Path
) -> None:
    with Proxy(server.port) as proxy:
        away = Account(home / "away", proxy.url)
        away.log_in(server.token("bo"), "bo")
        with following(away):
            away.wait_for("following")
            proxy.cut()
            away.wait_for("offline")
            log = logged(desk, "Pressed offline")
            away.press(log, done(desk, "ack", log))
            away.end(signal.SIGKILL)
            away.start()
            away.wait_for("offline")
            assert set(away.states().values()) == {"pending"}
            proxy.heal()
            away.wait_until_same(server)
        said = (away.home / "agent-said").read_text(encoding="utf-8").splitlines()
        in_step = f"noc-tui agent: {proxy.url}: in step."
        assert said.count(in_step) == 2 and said[-1] == in_step
        assert any("see whether it is running" in words for words in said)
    assert await times_done(server, log) == [("bo", "incident.created")]


FAULTS: dict[str, Callable[[Proxy], None]] = {
    "stall": Proxy.stall,
    "deafen": Proxy.deafen,
    "halve": lambda proxy: proxy.halve(150),
    "drip": lambda proxy: proxy.drip(200, 0.02),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_bad_link_does_nothing_twice_and_loses_nothing(
    server: Server, desk: Desk, home: Path, fault: str
) -> None:
    with Proxy(server.port) as proxy:
        away = Account(home / "away", proxy.url)
        away.log_in(server.token("bo"), "bo")
        with following(away):
            away.wait_for("following")
            log = logged(desk, "Pressed on a bad link")
            asked = proxy.asked
            FAULTS[fault](proxy)
            away.press(log)
            if fault in ("halve", "deafen"):
                until(lambda: head_of(server.store) > 0, "the effect, whose answer is lost")
            elif fault == "drip":
                until(lambda: proxy.asked > asked, "the question")
            proxy.heal()
            if fault in ("stall", "deafen"):  # what is under way may wait for its deadline: cut it short
                proxy.cut()
                proxy.heal()
            away.wait_until_same(server)
    assert await times_done(server, log) == [("bo", "incident.created")]


async def test_a_killed_server_is_found_again(server: Server, ana: Account, desk: Desk) -> None:
    with following(ana):
        ana.wait_for("following")
        server.kill()
        log = logged(desk, "Pressed while it was down")
        ana.press(log)
        ana.wait_for("offline")
        server.start()
        ana.wait_until_same(server)
    assert await times_done(server, log) == [("ana", "incident.created")]


async def test_a_restored_server_gets_again_what_it_has_lost(
    server: Server, ana: Account, desk: Desk, tmp_path: Path
) -> None:
    before, after, offline = (logged(desk, title) for title in ("Before", "After", "Offline"))
    with following(ana):
        ana.press(before)
        ana.wait_until_same(server)
        copy = tmp_path / "yesterday.db"
        backup(server.store, copy, lambda _done, _total: None)
        ana.press(after)
        ana.wait_until_same(server)
        server.stop()
        ana.press(offline)
        restore(copy, server.store, lambda _done, _total: None, now=wall_clock())
        assert await times_done(server, after) == []
        server.start()
        until(lambda: (status := ana.link()) is not None and status.restored_to, "word of the restored server")
        ana.wait_until_same(server)
    for command in (before, after, offline):
        assert await times_done(server, command) == [("ana", "incident.created")]


def test_what_a_token_may_do_is_known_from_the_first_page_on_and_anew_with_another_token(
    server: Server, ana: Account
) -> None:
    ana.log_in(server.token("vic", "viewer"), "vic")
    with following(ana):
        until(lambda: (status := ana.link()) is not None and status.role == "viewer", "word of the role")
        ana.log_in(server.token("ann"), "ann", "operator")
        until(lambda: (status := ana.link()) is not None and status.role == "operator", "word of the other role")


def test_a_revoked_token_is_said_and_a_new_one_taken(server: Server, ana: Account, desk: Desk) -> None:
    with following(ana):
        ana.wait_for("following")
        server.revoke()
        log = logged(desk, "Pressed by nobody")
        ana.press(log)
        refused = ana.wait_for("refused", "noc-tui login")
        assert "revoked" in refused.sentence
        assert ana.states() == {log.id: "pending"}
        ana.log_in(server.token("ana"))
        ana.wait_until_same(server)


def test_a_certificate_of_nobody_we_know_is_said_and_one_that_is_named_taken(
    tmp_path: Path, home: Path, desk: Desk
) -> None:
    authority = trustme.CA()
    files = {"--tls-cert": authority.issue_cert("127.0.0.1"), "--tls-key": authority.issue_cert("127.0.0.1")}
    cert = files["--tls-cert"]
    place = tmp_path / "srv"
    place.mkdir()
    cert.cert_chain_pems[0].write_to_path(place / "cert.pem")
    cert.private_key_pem.write_to_path(place / "key.pem")
    authority.cert_pem.write_to_path(home / "ca.pem")
    tls = ("--tls-cert", str(place / "cert.pem"), "--tls-key", str(place / "key.pem"))
    with serving(place / "noc.db", *tls, scheme="https") as server:
        ana = Account(home / "ana", server.url)
        ana.log_in(server.token())
        with following(ana):
            ana.wait_for("offline", "certificate", "ca_file")
        (ana.home / "config.toml").write_text(f'[[remote]]\nurl = "{server.url}"\nca_file = "{home / "ca.pem"}"\n')
        with following(ana):
            ana.press(logged(desk, "Over TLS"))
            ana.wait_until_same(server)
            doctor = ana.run("doctor")
        assert "trusted, good until" in doctor.out, doctor


def test_an_agent_ends_as_it_is_asked_and_one_follows_at_a_time(server: Server, ana: Account) -> None:
    with following(ana):
        ana.wait_for("following")
        other = Account(ana.home, server.url)
        with following(other):
            said = ana.home / "agent-said"
            until(lambda: f"follows {server.url}: waiting" in said.read_text(), "an agent that waits")
            assert ana.end() == 0
            until(lambda: (status := other.link()) is not None and status.state == "following", "the other one")
            with closing(other.outbox()) as outbox:
                assert outbox.unfinished() == []
            assert other.end() == 0
