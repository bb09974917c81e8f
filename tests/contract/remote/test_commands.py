"""Commands of scripts on a remote store: what they print is what they print on its file, and nothing is lost."""

import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from noc_tui.cli import alert_sending, patience
from noc_tui.cli.invocation import Invocation
from noc_tui.incidents.model import SECOND, number_text
from noc_tui.simulate.filling import fill
from noc_tui.store.opening import wall_clock
from tests.contract.cli.running import Ran, Run, in_process, refused
from tests.contract.desk import Desk, rows
from tests.contract.remote.running import Account, Server, serving
from tests.faults.proxy import Proxy

Both = Callable[..., tuple[Ran, Ran]]
"""Runs a command on the file and on the server."""


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server over a simulated NOC, which tests may add to."""
    place = tmp_path_factory.mktemp("shared")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOC_TUI_HOME", str(place / "home"))
        store = place / "noc.db"
        fill(store, open_count=60, closed_count=40, seed=2, now=wall_clock(), progress=lambda _done, _total: None)
        with serving(store) as server:
            yield server


@pytest.fixture
def here(shared: Server, home: Path) -> Iterator[Account]:
    """This test's own account, logged in."""
    name = f"ana{os.urandom(3).hex()}"
    account = Account(home / "noc-tui", shared.url)
    account.log_in(shared.token(name), name)
    yield account
    shared.revoke(name)


@pytest.fixture
def noc(here: Account, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command in this process on the server."""
    monkeypatch.setenv("NOC_TUI_STORE", here.remote.url)
    return in_process(capsys)


@pytest.fixture
def both(noc: Run, shared: Server) -> Both:
    """Runs a command twice: on the file, and on the server."""

    def run(*words: str) -> tuple[Ran, Ran]:
        return noc(*words, "--store", str(shared.store)), noc(*words)

    return run


@pytest.mark.parametrize(
    "words",
    [
        ["list", "--json"],
        ["list", "--json", "--limit", "5", "--sort", "resource"],
        ["list", "--json", "p:1..3", "st:new"],
        ["list", "--json", "--all", "st:closed"],
        ["policy", "show"],
        ["journal", "--after", "10", "--limit", "20", "--json"],
        ["journal", "--limit", "3", "--json"],
    ],
    ids=" ".join,
)
def test_data_is_the_same_over_the_link(both: Both, words: list[str]) -> None:
    on_file, on_server = both(*words)
    assert on_file.status == on_server.status == 0
    assert on_file.out == on_server.out


@pytest.mark.parametrize("words", [["list"], ["list", "--all"], []], ids=" ".join)
def test_text_says_the_same_over_the_link(both: Both, words: list[str]) -> None:
    on_file, on_server = both(*words)
    assert [line.split()[:3] for line in on_file.out.splitlines()] == [
        line.split()[:3] for line in on_server.out.splitlines()
    ]


def test_an_incident_is_shown_with_its_timeline(both: Both, noc: Run) -> None:
    number = noc("list", "--json", "--limit", "1").json()[0]["number"]
    on_file, on_server = both("show", number, "--json")
    assert on_file.json() == on_server.json()
    assert on_server.json()["events"]
    assert both("show", number)[0].out.splitlines()[0] == noc("show", number).out.splitlines()[0]


def test_the_board_as_it_was(both: Both) -> None:
    on_file, on_server = both("board", "--at", "-2h", "--json")
    assert on_file.json() == on_server.json() != []
    assert both("board", "--at", "-2h", "p:2")[1].out.count("P2") >= 1


def test_a_query_means_the_operators_own_times(here: Account, shared: Server) -> None:
    zone = {"TZ": "Asia/Kolkata"}
    query = ("list", "--json", "opened>=00:00")
    on_server = here.run(*query, env=zone).json()
    assert on_server == here.run(*query, "--store", str(shared.store), env=zone).json()


def test_an_incident_that_is_not_there_is_said(noc: Run, here: Account) -> None:
    refused(noc("show", "999999"), 1, "no incident INC-999999", here.remote.url)


def test_a_deed_is_done_in_the_persons_name(noc: Run, here: Account, shared: Server) -> None:
    logged = noc("log", "Fibre cut", "--impact", "h", "--json")
    number = logged.json()["number"]
    assert noc("do", "ack", number).out == f"{number} acknowledged\n"
    (shown,) = noc("do", "note", number, "--text", "on my way", "--json").json()
    assert (shown["number"], shown["ok"], shown["reason"]) == (number, True, None)
    (event,) = shown["events"]
    assert event["actor"].startswith("ana") and event["data"]["text"] == "on my way"
    again = noc("do", "ack", number)
    assert again.status == 1 and "acknowledged already" in again.err
    assert here.states() == {}, "a script that was told leaves nothing in front of the operator"


def test_some_refused_of_several_is_status_1(noc: Run) -> None:
    number = noc("log", "Fan stopped").out.strip()
    ran = noc("do", "ack", number, "999999", "--json")
    assert ran.status == 1
    assert [verdict["ok"] for verdict in ran.json()] == [True, False]


def test_what_cannot_be_sent_is_queued_and_sent_later(
    noc: Run, here: Account, shared: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = noc("log", "Fan stopped").out.strip()
    with Proxy(shared.port) as proxy:
        away = Account(here.home, proxy.url)
        away.log_in(json.loads(here.remote.login_file.read_text())["token"])
        proxy.cut()
        monkeypatch.setattr(patience, "PATIENCE", 0.3)
        named = noc("log", "Nobody hears", "--store", proxy.url)
        assert named.status == 0 and named.out.startswith("INC-~") and "queued" in named.err
        assert list(away.states().values()) == ["pending"]
        unknown = noc("do", "ack", number, "--store", proxy.url)
        assert unknown.status == 1 and proxy.url in unknown.err, "without a copy nobody knows the incident"
        listed = noc("outbox", "list", "--json", "--store", proxy.url).json()
        assert [(entry["state"], entry["verb"], entry["incident"]) for entry in listed] == [
            ("pending", "log", named.out.strip())
        ]
        proxy.heal()
        monkeypatch.setattr(patience, "PATIENCE", 10.0)
        assert noc("outbox", "retry", "--store", proxy.url).out == "1 of 1 done\n"
        assert noc("outbox", "list", "--json", "--store", proxy.url).json() == []
    assert [row["title"] for row in noc("list", "--json", '"Nobody hears"').json()] == ["Nobody hears"]


def test_a_deed_is_queued_where_the_copy_knows_the_incident(
    noc: Run, here: Account, shared: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = noc("log", "Disk full").out.strip()
    with Proxy(shared.port) as proxy:
        away = Account(here.home, proxy.url)
        away.log_in(json.loads(here.remote.login_file.read_text())["token"])
        away.start()
        away.wait_for("following")
        away.wait_until_same(shared)
        away.end()
        proxy.cut()
        monkeypatch.setattr(patience, "PATIENCE", 0.3)
        (verdict,) = noc("do", "ack", number, "--json", "--store", proxy.url).json()
        assert verdict == {"number": number, "ok": None, "reason": "queued", "events": []}
        assert f"{number} queued" in noc("do", "note", number, "--text", "x", "--store", proxy.url).out
        proxy.heal()
        away.start()
        away.wait_until_same(shared)
        away.end()
    events = noc("show", number, "--json").json()["events"]
    assert [event["kind"] for event in events] == ["incident.created", "incident.acked", "incident.noted"]


def test_a_server_that_stands_still_is_given_up_once_for_the_whole_command(
    noc: Run, here: Account, shared: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = noc("log", "Fan stopped").out.strip()
    monkeypatch.setattr(patience, "PATIENCE", 0.6)
    allowed = re.compile(r"within 0\.\d+ s")  # less than the whole, whatever each question alone could take
    with Proxy(shared.port) as proxy:
        away = Account(here.home, proxy.url)
        away.log_in(json.loads(here.remote.login_file.read_text())["token"])
        proxy.stall()
        unknown = noc("do", "ack", number, "--store", proxy.url)
        assert unknown.status == 1 and allowed.search(unknown.err), unknown
        logged = noc("log", "Nobody answers", "--store", proxy.url)
        assert logged.status == 0 and "queued" in logged.err and allowed.search(logged.err), logged
        proxy.heal()
        away.start()
        away.wait_until_same(shared)
        away.end()
        proxy.stall()
        queued = noc("do", "ack", number, "--store", proxy.url)
        assert (queued.status, queued.out) == (0, f"{number} queued\n")
        assert allowed.search(queued.err), queued


def test_a_viewer_may_do_nothing_and_nothing_stays_behind(
    capsys: pytest.CaptureFixture[str], home: Path, shared: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account(home / "noc-tui", shared.url)
    account.log_in(shared.token("vera", "viewer"), "vera")
    monkeypatch.setenv("NOC_TUI_STORE", shared.url)
    run = in_process(capsys)
    assert run("list", "--json").status == 0
    refused(run("log", "Not mine to log"), 1, "Nothing was done", "403")
    assert account.states() == {}
    shared.revoke("vera")
    refused(run("list"), 1, "does not know our token", "noc-tui login")


def test_a_viewer_who_has_logged_in_is_told_so_before_anything_is_kept_or_asked(
    capsys: pytest.CaptureFixture[str], home: Path, shared: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = Account(home / "noc-tui", shared.url)
    token = shared.token("vic", "viewer")
    assert account.run("login", shared.url, "--as", "vic", stdin=f"{token}\n").status == 0
    monkeypatch.setenv("NOC_TUI_STORE", shared.url)
    shared.revoke("vic")
    refused(in_process(capsys)("log", "Not mine to log"), 1, "Nothing was done", "only look", "operator's")
    assert not account.remote.outbox.exists()


def test_a_script_on_a_host_whose_clock_is_wrong_did_it_when_it_did(
    noc: Run, shared: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Invocation, "now", lambda _: wall_clock() - 7 * SECOND)
    before = wall_clock()
    assert noc("log", "A customer called").status == 0
    ((at, received_at),) = rows(shared.store, "SELECT at, received_at FROM journal ORDER BY seq DESC LIMIT 1")
    assert before - SECOND < at <= received_at


def test_alerts_are_answered_in_order_once_they_are_durable(noc: Run, here: Account) -> None:
    one = noc("alert", "send", "--resource", "core-sw1", "--summary", "fan 2 stopped", "--json").json()
    assert one["outcome"] == "opened" and one["incident"].startswith("INC-")
    lines = '{"resource": "a", "key": "k1"}\n\nnonsense\n{"resource": "a", "key": "k1"}\n'
    ran = here.run("alert", "send", "--json", "-", stdin=lines)
    assert ran.status == 1
    assert [(line["alert"], line["outcome"]) for line in ran.lines()] == [
        ("k1", "opened"),
        (None, "quarantined"),
        ("k1", "repeated"),
    ]
    assert "Line 3 was put into quarantine" in ran.err


def test_alerts_go_in_parts_and_again_until_they_are_taken(
    here: Account, shared: Server, noc: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_sending, "BATCH", 7)
    file = tmp_path / "alerts.ndjson"
    file.write_text("".join(json.dumps({"resource": f"r{n}", "key": f"many-{n}"}) + "\n" for n in range(30)))
    with Proxy(shared.port) as proxy:
        away = Account(here.home, proxy.url)
        away.log_in(json.loads(here.remote.login_file.read_text())["token"])
        proxy.halve(900)
        monkeypatch.setattr(alert_sending, "PATIENCE", 0.2)
        ran = noc("alert", "send", "--json", str(file), "--store", proxy.url)
        assert ran.status == 1 and "nothing is known to be taken in" in ran.err
        told = len(ran.lines())
        proxy.heal()
        again = noc("alert", "send", "--json", str(file), "--store", proxy.url)
    assert [line["alert"] for line in again.lines()] == [f"many-{n}" for n in range(30)]
    assert [line["outcome"] for line in again.lines()[:told]] == ["repeated"] * told
    assert len({line["incident"] for line in again.lines()}) == 30


def test_the_journal_goes_on_as_it_is_written(here: Account, noc: Run, shared: Server) -> None:
    head = noc("journal", "--limit", "1", "--json").lines()[0]["seq"]
    with here.running("journal", "--after", str(head), "--follow", "--json") as lines:
        number = noc("log", "Followed").out.strip()
        event = json.loads(next(lines))
    assert (event["incident"], event["kind"]) == (number, "incident.created")


@pytest.mark.parametrize("words", [["verify"], ["backup", "x"], ["export"], ["policy", "set", "-"], ["token", "list"]])
def test_what_needs_the_file_says_where_to_run_it(noc: Run, words: list[str]) -> None:
    ran = noc(*words)
    assert ran.status == 2 and "run it on the server's host" in ran.err


def test_the_outbox_of_a_file_is_none(noc: Run, shared: Server) -> None:
    assert "has no outbox" in noc("outbox", "list", "--store", str(shared.store)).err


def test_a_refused_command_is_retried_or_discarded(noc: Run, here: Account) -> None:
    number = noc("log", "Link down").out.strip()
    row = noc("show", number, "--json").json()
    noc("do", "ack", number)
    desk = Desk(here.home)
    again = desk.command("ack", bytes.fromhex(row["id"].replace("-", "")), at=wall_clock())
    here.press(again)
    assert noc("outbox", "retry").status == 1
    (entry,) = noc("outbox", "list", "--json").json()
    assert (entry["state"], entry["code"]) == ("refused", "state")
    assert entry["reason"].startswith(number_text(int(number[4:])))
    (result,) = noc("outbox", "retry", entry["id"], "--json").json()
    assert (result["retries"], result["ok"]) == (entry["id"], False)
    assert result["id"] != entry["id"], "the first id is answered for ever"
    assert noc("do", "unack", number).status == 0
    assert noc("outbox", "retry", "--all").out == "1 of 1 done\n"
    assert noc("show", number, "--json").json()["state"] == "acked"
    here.press(desk.command("ack", bytes.fromhex(row["id"].replace("-", "")), at=wall_clock()))
    assert noc("outbox", "retry").status == 1
    (entry,) = noc("outbox", "list", "--json").json()
    refused(noc("outbox", "discard", "0" * 32), 1, "outbox list")
    assert noc("outbox", "discard", "--json", entry["id"]).json() == {"discarded": 1}
    assert here.states() == {}


def test_doctor_names_the_link(noc: Run, here: Account) -> None:
    ran = noc("doctor", "--json")
    assert ran.status == 0, ran
    facts = ran.json()["facts"]
    assert facts["link"] == here.remote.url
    assert facts["token"].endswith(", operator")
    assert "there" in facts["versions"] and "ms" in facts["server"]
    here.log_in("ana.unknown")
    ran = noc("doctor", "--json")
    assert ran.status == 1 and ran.json()["facts"]["server"] == "answers, but does not let us in"
    assert "does not know our token" in ran.err
    here.remote.login_file.unlink()
    assert noc("doctor", "--json").json()["facts"]["server"] == "was not asked"
