"""From a script: log, list, show, do, journal; with the shapes of DESIGN.md 6."""

import io
from pathlib import Path

import pytest

from noc_tui.incidents.verbs import VERBS
from noc_tui.journal.wire import INCIDENT_FIELDS
from tests.contract.cli.running import Run, refused

EVENT_FIELDS = (
    *("seq", "id", "command_id", "incident", "incident_id", "alert", "revision", "at", "received_at", "actor"),
    *("origin", "kind", "data", "batch", "undoes"),
)


def test_log_prints_the_number(noc: Run) -> None:
    assert noc("log", "Fibre down").out == "INC-000001\n"
    assert noc("log", "Fibre down", "--json").json() == {"number": "INC-000002"}


def test_log_takes_what_the_verb_takes(noc: Run) -> None:
    words = ["--service", "ip", "--resource", "r1", "--site", "ams", "--category", "network", "--impact", "h"]
    noc("log", "Köln down", *words, "--urgency", "high", "--note", "by phone")
    (incident,) = noc("list", "--json").json()
    assert {name: incident[name] for name in ("service", "resource", "site", "category", "impact", "urgency")} == {
        "service": "ip",
        "resource": "r1",
        "site": "ams",
        "category": "network",
        "impact": "high",
        "urgency": "high",
    }
    assert (incident["title"], incident["priority"]) == ("Köln down", 1)


def test_list_prints_an_array_of_incidents(noc: Run) -> None:
    noc("log", "One")
    found = noc("list", "--json").json()
    assert [tuple(incident) for incident in found] == [INCIDENT_FIELDS]
    assert found[0]["number"] == "INC-000001"
    assert found[0]["owner"] is None
    assert found[0]["labels"] == []


def test_list_is_in_the_boards_order_and_limited(noc: Run) -> None:
    for title, impact in (("low", "low"), ("high", "high"), ("medium", "medium")):
        noc("log", title, "--impact", impact, "--urgency", impact)
    titles = [incident["title"] for incident in noc("list", "--json").json()]
    assert titles == ["high", "medium", "low"]
    assert [incident["title"] for incident in noc("list", "--json", "--limit", "1").json()] == ["high"]
    by_age = [incident["title"] for incident in noc("list", "--json", "--sort", "age").json()]
    assert [incident["title"] for incident in noc("list", "--json", "--sort", "-age").json()] == by_age[::-1]
    assert noc("list", "--json", "--limit", "0").json() == []


def test_list_shows_what_is_closed_only_when_asked(noc: Run) -> None:
    noc("log", "One")
    noc("do", "resolve", "1", "--code", "f")
    noc("do", "close", "1")
    assert noc("list", "--json").json() == []
    assert [incident["state"] for incident in noc("list", "--json", "--all").json()] == ["closed"]


def test_a_query_finds_and_sorts(noc: Run) -> None:
    for title, owner in (("Fibre down", "ana"), ("Fan stopped", "bo"), ("Fibre noisy", "bo")):
        noc("do", "take", noc("log", title).out.strip(), "--me", owner)

    def titles(*query: str) -> list[str]:
        return [incident["title"] for incident in noc("list", "--json", *query).json()]

    assert titles("fibre") == ["Fibre down", "Fibre noisy"]
    assert titles("fibre", "owner:bo") == ["Fibre noisy"]
    assert titles("--", "-fibre") == ["Fan stopped"]
    assert titles("is:mine", "--me", "ana") == ["Fibre down"]
    assert titles("sort:title") == ["Fan stopped", "Fibre down", "Fibre noisy"]
    assert titles("sort:-title") == ["Fibre noisy", "Fibre down", "Fan stopped"]
    assert noc("list", "p:5").err.startswith("No incident is shown: ")


def test_a_query_asks_of_the_past_too(noc: Run) -> None:
    noc("log", "One")
    noc("do", "ack", "1")
    assert [row["number"] for row in noc("board", "--at", "now", "--json", "st:acked").json()] == ["INC-000001"]
    assert noc("board", "--at", "now", "--json", "st:new").json() == []


def test_list_as_text_is_aligned(noc: Run) -> None:
    noc("log", "Fan stopped", "--resource", "core-sw1", "--impact", "high")
    noc("log", "日本 down", "--resource", "東京")
    heads, first, second = noc("list").out.splitlines()
    assert heads.split() == ["NUMBER", "P", "STATE", "AGE", "CLOCK", "ALERTS", "OWNER", "RESOURCE", "SUMMARY"]
    assert first.index("Fan stopped") == heads.index("SUMMARY")
    assert second.index("日本") == heads.index("SUMMARY") - 2  # two signs that take four cells stand before it


def test_nothing_to_show_is_said_beside_the_data(noc: Run) -> None:
    noc("log", "One")
    noc("do", "resolve", "1", "--code", "f")
    noc("do", "close", "1")
    ran = noc("list")
    assert (ran.status, ran.out, ran.err) == (0, "", "No incident is shown.\n")


def test_show_has_events_and_alerts(noc: Run) -> None:
    noc("alert", "send", "--resource", "r1", "--severity", "major", "--summary", "down")
    noc("do", "note", "1", "--text", "looking")
    found = noc("show", "INC-000001", "--json").json()
    assert tuple(found) == (*INCIDENT_FIELDS, "events", "alerts")
    assert [tuple(event) for event in found["events"]] == [EVENT_FIELDS] * len(found["events"])
    assert [event["seq"] for event in found["events"]] == sorted(event["seq"] for event in found["events"])
    assert [alert["resource"] for alert in found["alerts"]] == ["r1"]
    text = noc("show", "1").out
    assert text.startswith("INC-000001  P")
    assert '"looking"' in text
    assert "Alerts: 1, 1 firing" in text


def test_do_prints_a_verdict_for_each_and_fails_if_any_was_refused(noc: Run) -> None:
    noc("log", "One")
    noc("log", "Two")
    noc("do", "resolve", "2", "--code", "fixed")
    ran = noc("do", "ack", "1", "INC-2", "9", "--json")
    assert ran.status == 1
    one, two, nine = ran.json()
    assert [tuple(verdict) for verdict in (one, two, nine)] == [("number", "ok", "reason", "events")] * 3
    assert (one["number"], one["ok"], one["reason"]) == ("INC-000001", True, None)
    assert [event["kind"] for event in one["events"]] == ["incident.acked"]
    assert (two["ok"], two["events"]) == (False, [])
    assert "resolved" in two["reason"]
    assert (nine["ok"], nine["reason"]) == (False, "There is no incident INC-000009.")


def test_do_says_refusals_beside_the_data(noc: Run) -> None:
    noc("log", "One")
    ran = noc("do", "ack", "1", "9")
    assert (ran.status, ran.out) == (1, "INC-000001 acknowledged\n")
    assert ran.err == "There is no incident INC-000009.\n"


def test_one_gesture_is_one_batch(noc: Run) -> None:
    noc("log", "One")
    noc("log", "Two")
    verdicts = noc("do", "take", "1", "2", "1", "--json").json()
    assert len(verdicts) == 2
    batches = {event["batch"] for verdict in verdicts for event in verdict["events"]}
    assert len(batches) == 1


def test_children_follow_their_parent_in_its_gesture(noc: Run) -> None:
    for title in ("Cable cut", "Site one down", "Site two down", "No tone"):
        noc("log", title)
    noc("alert", "send", "--key", "k", "--resource", "r1", "--summary", "link down")
    noc("alert", "send", "--key", "k", "--resource", "r1", "--state", "cleared")
    noc("do", "link", "2", "3", "4", "5", "--parent", "1")
    noc("do", "resolve", "4", "--code", "f")
    verdicts = noc("do", "resolve", "1", "2", "--code", "f", "--children", "cleared", "--json").json()
    assert [(verdict["number"], verdict["ok"]) for verdict in verdicts] == [
        ("INC-000001", True),
        ("INC-000002", True),
        ("INC-000005", True),
    ]
    assert len({event["batch"] for verdict in verdicts for event in verdict["events"]}) == 1
    assert [incident["number"] for incident in noc("list", "st:open", "--json").json()] == ["INC-000003"]
    noc("do", "reopen", "1", "--reason", "still dark")
    ran = noc("do", "resolve", "1", "--code", "f", "--children", "all")
    assert ran.out == "INC-000001 resolved\nINC-000003 resolved\n"


def test_children_stay_open_unless_asked_for_and_that_is_said(noc: Run) -> None:
    for title in ("Cable cut", "Site one down", "Site two down"):
        noc("log", title)
    noc("do", "link", "2", "3", "--parent", "1")
    ran = noc("do", "resolve", "1", "--code", "f")
    assert (ran.status, ran.out) == (0, "INC-000001 resolved\n")
    assert ran.err == "INC-000001 has 2 children still open; --children all or cleared takes them along.\n"
    ran = noc("do", "resolve", "1", "--code", "f", "--children", "all")
    assert (ran.status, ran.out) == (1, ""), "a parent that was refused takes nobody along"
    noc("do", "reopen", "1")
    assert noc("do", "resolve", "1", "2", "--code", "f", "--children", "none").err == ""
    noc("do", "reopen", "1")
    ran = noc("do", "resolve", "1", "--code", "f")
    assert ran.err == "INC-000001 has a child still open; --children all or cleared takes them along.\n"


def test_every_verb_of_the_table_can_be_done(noc: Run) -> None:
    for verb in VERBS.values():
        if verb.makes or verb.rule_only:
            continue
        ran = noc("do", verb.id, "--help")
        assert ran.status == 0, verb.id
        for arg in verb.args:
            assert f"--{arg.name.replace('_', '-')}" in ran.out


def test_letters_and_words_are_the_same_choice(noc: Run) -> None:
    for number, code in enumerate(("w", "workaround", "WORKAROUND"), 1):
        noc("log", "One")
        noc("do", "resolve", str(number), "--code", code)
    codes = {event["data"]["set"].get("resolution_code") for event in noc("journal", "--json").lines()}
    assert codes == {None, "workaround"}


def test_a_time_may_be_a_duration_or_a_time_to_come(noc: Run) -> None:
    noc("log", "One")
    assert noc("do", "snooze", "1", "--until", "2h").status == 0
    noc("do", "take", "1")
    assert noc("do", "hold", "1", "--reason", "provider", "--until", "tomorrow 08:00").status == 0
    (incident,) = noc("list", "--json").json()
    assert incident["held_until"].endswith("T08:00:00.000000Z")


def test_undo_takes_the_id_of_the_command(noc: Run) -> None:
    noc("log", "One")
    (verdict,) = noc("do", "ack", "1", "--json").json()
    assert noc("do", "undo", "1", "--command", verdict["events"][0]["command_id"]).status == 0
    assert [incident["state"] for incident in noc("list", "--json").json()] == ["new"]


def test_the_actor_is_whoever_is_named(noc: Run) -> None:
    noc("--me", "ana", "log", "One")
    noc("do", "ack", "1", "--me", "bo")
    assert [event["actor"] for event in noc("journal", "--json").lines()] == ["ana", "bo"]
    assert all(event["origin"].endswith(":script") for event in noc("journal", "--json").lines())


def test_journal_goes_on_after_a_seq(noc: Run) -> None:
    for _ in range(4):
        noc("log", "One")
    assert [event["seq"] for event in noc("journal", "--json").lines()] == [1, 2, 3, 4]
    assert [event["seq"] for event in noc("journal", "--json", "--after", "2").lines()] == [3, 4]
    assert [event["seq"] for event in noc("journal", "--json", "--limit", "1").lines()] == [4]
    assert [event["seq"] for event in noc("journal", "--json", "--after", "1", "--limit", "2").lines()] == [2, 3]
    assert noc("journal", "--json", "--limit", "0").out == ""
    assert [tuple(event) for event in noc("journal", "--json").lines()] == [EVENT_FIELDS] * 4
    assert noc("journal", "--limit", "1").out.split()[0] == "4"


def test_the_board_as_it_was(noc: Run) -> None:
    noc("log", "One")
    (event,) = noc("journal", "--json").lines()
    noc("do", "ack", "1")
    noc("log", "Two")
    then = event["received_at"]
    was = noc("board", "--at", then, "--json").json()
    assert [(incident["number"], incident["state"]) for incident in was] == [("INC-000001", "new")]
    assert noc("board", "--at", "2020-01-01", "--json").json() == []
    now = noc("board", "--at", "now", "--json").json()
    assert now == noc("list", "--json").json()
    text = noc("board", "--at", then)
    assert text.err.startswith("As of ")
    assert "One" in text.out


def test_keys_are_those_of_the_table(noc: Run) -> None:
    found = noc("keys", "--json").json()
    assert {"keys": "a", "title": VERBS["ack"].title, "group": "Do", "verb": "ack", "name": "ack"} in found
    assert len(noc("keys").out.splitlines()) == len(found) + 1
    every = noc("keys", "--all", "--json").json()
    assert {"resolve_fixed", "later"} <= {row["name"] for row in every}


def test_keys_are_the_users_own(noc: Run, home: Path) -> None:
    home = home / "noc-tui"
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('[keys]\ntake = "F5"\n', encoding="utf-8")
    assert {"take": "F5"}.items() <= {row["name"]: row["keys"] for row in noc("keys", "--json").json()}.items()


def test_what_is_wrong_with_the_users_keys_is_told_with_its_line(noc: Run, home: Path) -> None:
    home = home / "noc-tui"
    home.mkdir(exist_ok=True)
    (home / "config.toml").write_text('me = "ana"\n\n[keys]\n"take" = "a"\nresolv = "Y"\n', encoding="utf-8")
    told = noc("keys")
    assert told.err.splitlines()[0].startswith("config.toml line 5, resolv: there is nothing of this name; is it resol")
    (home / "config.toml").write_text('me = "ana"\n\n[keys]\n"take" = "a"\n', encoding="utf-8")
    told = noc("keys")
    assert told.status == 1
    assert told.err.startswith("config.toml line 4, take: a is the key of ack; choose another")
    assert "acknowledge" in told.out, "the standard keys are in use, and printed"


def test_a_long_text_comes_on_standard_input(noc: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    number = noc("log", "Fibre down").out.strip()

    def given(body: bytes) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(body)))

    given("1  core1  0.3 ms\n2  köln  *\n".encode())
    (told,) = noc("do", "note", number, "--note", "-", "--json").json()
    assert told["events"][0]["data"]["text"] == "1  core1  0.3 ms\n2  köln  *"
    given(b"\n")
    refused(noc("do", "resolve", number, "--code", "fixed", "--note", "-"), 2, "nothing came on standard input")


def test_an_incident_without_a_title_is_bad_usage(noc: Run) -> None:
    refused(noc("log", " "), 2, "TITLE", "says what is wrong")
