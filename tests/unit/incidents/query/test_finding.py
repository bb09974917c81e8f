"""A query finds what it says, and the same however it is asked."""

import pytest
from hypothesis import given

from noc_tui.incidents.model import DAY, HOUR, MINUTE
from noc_tui.incidents.query import compile_query, haystack_of
from tests.unit.incidents.query.asking import CONTEXT, EXAMPLES, NOW, POOL, QUERIES, asking, finds, incident


@pytest.mark.parametrize(
    ("text", "fields", "found"),
    [
        ("bgp", {"title": "Core BGP down"}, True),
        ("PE07", {"resource": "pe07.par3"}, True),
        ("dns", {"service": "DNS"}, True),
        ("000042", {}, True),
        ("inc-42", {}, True),
        ("inc-4", {}, False),
        ("3f9a", {"number": 0}, True),
        ("ana", {"owner": "ana"}, False),
        ("core down", {"title": "core BGP down"}, True),
        ('"core down"', {"title": "core BGP down"}, False),
        ('"core bgp"', {"title": "core BGP down"}, True),
        ("core*down", {"title": "core BGP down"}, True),
        ("down*core", {"title": "core BGP down"}, False),
        ("core*down", {"title": "core", "resource": "down"}, False),
        ("*", {}, True),
        ('"*"', {"title": "a*b"}, True),
        ('"*"', {"title": "ab"}, False),
        ("strasse", {"title": "Straße"}, True),
        ("res:pe0", {"resource": "PE07.par3"}, True),
        ("res:pe*par3", {"resource": "PE07.par3"}, True),
        ("res:pe*par", {"resource": "PE07.par3"}, False),
        ("res:*", {"resource": ""}, False),
        ("res:*", {"resource": "x"}, True),
        ("res:ab*ba", {"resource": "aba"}, False),
        ("res:a*b*c", {"resource": "abbc"}, True),
        ("res:a*x*c", {"resource": "abbc"}, False),
        ("res=pe07", {"resource": "pe07.par3"}, False),
        ("res:none", {"resource": ""}, True),
        ("res:x,none", {"resource": ""}, True),
        ("site:par", {"site": "par3"}, False),
        ("site:par3,lon1", {"site": "LON1"}, True),
        ("owner:none", {"owner": ""}, True),
        ('owner:"none"', {"owner": ""}, False),
        ("@me", {"owner": "Ana"}, True),
        ("@nobody", {"owner": "bo"}, False),
        ("@*", {"owner": "bo"}, True),
        ("#fibre", {"labels": ("x", "Fibre")}, True),
        ("label:none", {"labels": ()}, True),
        ("label:none", {"labels": ("x",)}, False),
        ("label:f*", {"labels": ("x", "fibre")}, True),
        ('res~"^pe0[1-4]\\.PAR"', {"resource": "PE03.par3"}, True),
        ('res~"^pe0[1-4]$"', {"resource": "pe03.par3"}, False),
        ('label~"^fib"', {"labels": ("x", "Fibre")}, True),
        ("-res~pe", {"resource": "pe03"}, False),
        ("has:owner", {"owner": ""}, False),
        ("has:label", {"labels": ("x",)}, True),
        ("has:parent", {"parent": 7}, True),
        ("has:alerts", {"alert_count": 0}, False),
        ("is:touched", {"touched": True}, True),
        ("is:stale", {"alerts_firing": 1, "updated_at": NOW - DAY}, True),
        ("is:stale", {"alerts_firing": 1, "updated_at": NOW - DAY + 1}, False),
        ("is:stale", {"alerts_firing": 0, "updated_at": NOW - DAY}, False),
        ("has:children", {"number": 7}, True),
        ("has:children", {"number": 8}, False),
        ("group:yes", {"alert_count": 2}, True),
        ("p>=2", {"priority": 1}, True),
        ("p>=2", {"priority": 3}, False),
        ("p:2", {"priority": 2}, True),
        ("sev>major", {"severity": "critical"}, True),
        ("impact>=medium", {"impact": "low"}, False),
        ("st:open", {"state": "held"}, True),
        ("st!=new,acked", {"state": "active"}, True),
        ("code:f", {"resolution_code": "fixed"}, True),
        ("code:none", {"resolution_code": ""}, True),
        ("age>15m", {"opened_at": NOW - 15 * MINUTE}, True),
        ("age<15m", {"opened_at": NOW - 15 * MINUTE}, False),
        ("age<15m", {"opened_at": NOW - 15 * MINUTE + 1}, True),
        ("age:1h..2h", {"opened_at": NOW - HOUR}, True),
        ("age:1h..2h", {"opened_at": NOW - 2 * HOUR}, False),
        ("changed<10m", {"updated_at": NOW}, True),
        ("sla<30m", {"response_due": NOW + 29 * MINUTE}, True),
        ("sla<30m", {"response_due": None}, False),
        ("sla<0", {"response_due": NOW - 1}, True),
        ("sla<-1h", {"response_due": NOW - HOUR}, False),
        ("sla>-1h", {"response_due": NOW - HOUR}, True),
        ("sla<30m", {"state": "active", "response_due": NOW, "resolution_due": NOW + DAY}, False),
        ("first:yesterday", {"opened_at": NOW - DAY}, True),
        ("first:yesterday", {"opened_at": NOW}, False),
        ("last>-2h", {"last_alert_at": None}, False),
        ("last>-2h", {"last_alert_at": NOW - HOUR}, True),
        ("count:2..3", {"alert_count": 3}, True),
        ("count<3", {"alert_count": 3}, False),
        ("tier:t2", {"tier": 2}, True),
        ("parent:none", {"parent": 0}, True),
        ("number:41..", {}, True),
        ("is:mine", {"owner": "ANA"}, True),
        ("is:mine", {"owner": ""}, False),
        ("is:held", {"state": "held", "held_until": NOW - 1}, False),
        ("is:waiting", {"state": "acked", "snoozed_until": NOW + 1}, True),
        ("is:waiting", {"state": "held"}, True),
        ("is:breached", {"response_due": NOW}, True),
        ("is:short", {"priority": 1, "response_due": NOW + 3 * MINUTE}, True),
        ("is:short", {"priority": 1, "response_due": NOW + 5 * MINUTE}, False),
        ("is:short", {"response_due": None}, False),
        ("is:unacked", {"attention": True}, True),
        ("is:unacked", {"attention": True, "state": "resolved"}, False),
        ("is:back", {"reopen_count": 1}, True),
        ("is:cleared", {"alert_count": 1}, True),
        ("major:no", {"major": False}, True),
        ("core OR p:1", {"priority": 1}, True),
        ("a|b|c", {"title": "c"}, True),
        ("-(core OR p:1)", {"priority": 1}, False),
        ("core p:1", {"title": "core", "priority": 2}, False),
    ],
)
def test_a_query_finds(text: str, fields: dict[str, object], found: bool) -> None:
    assert finds(text, **fields) is found


def test_nobody_is_not_me() -> None:
    nameless = type(CONTEXT)(me="", now=NOW, zone=CONTEXT.zone)
    assert not compile_query("is:mine", nameless).predicate(incident(owner=""))


def test_no_query_finds_everything() -> None:
    assert asking("").predicate(incident())
    assert asking("sort:p").predicate(incident())


def found_by(text: str) -> set[int]:
    """The places in the pool of what a query finds."""
    predicate = asking(text).predicate
    return {place for place, one in enumerate(POOL) if predicate(one)}


@given(QUERIES)
def test_a_kept_haystack_changes_nothing(text: str) -> None:
    kept = compile_query(text, CONTEXT, haystack_of).predicate
    assert {place for place, one in enumerate(POOL) if kept(one)} == found_by(text)


@given(QUERIES)
def test_an_incident_is_found_by_a_query_or_by_its_opposite(text: str) -> None:
    assert found_by(f"-({text})") == set(range(len(POOL))) - found_by(text)


@given(QUERIES, QUERIES)
def test_side_by_side_is_both_and_or_is_either(left: str, right: str) -> None:
    assert found_by(f"({left}) ({right})") == found_by(left) & found_by(right)
    assert found_by(f"({left}) OR ({right})") == found_by(left) | found_by(right)


@given(QUERIES, QUERIES)
def test_what_narrows_finds_nothing_new(narrow: str, wide: str) -> None:
    for text in (narrow, f"({narrow}) ({wide})", f"-({wide})"):
        if asking(text).narrows(asking(wide)):
            assert found_by(text) <= found_by(wide)


def test_among_the_examples_many_narrow_and_none_is_wrong() -> None:
    compiled = {text: asking(text) for text in EXAMPLES}
    found = {text: found_by(text) for text in EXAMPLES}
    pairs = [(one, other) for one in EXAMPLES for other in EXAMPLES if compiled[one].narrows(compiled[other])]
    assert [(one, other) for one, other in pairs if not found[one] <= found[other]] == []
    assert len(pairs) > len(EXAMPLES) + 20


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("core", ""),
        ("core", "core"),
        ("core", "co"),
        ("core bgp", "co"),
        ('"core bgp"', "bgp"),
        ("-co", "-core"),
        ("core p:1", "p:1..2 co"),
        ("core*x core", "cor"),
        ("p:1", "p:1 OR core"),
        ("core OR coral", "cor"),
        ("res:pe07,pe08", "res:pe0"),
        ("owner:ana", "owner:ana,bo"),
        ("count>10", "count>5"),
        ("count:6..7", "count:5..8"),
        ("age>2h", "age>1h"),
        ("is:mine x", "is:mine"),
        ("p:1 sort:age", "p:1"),
    ],
)
def test_a_query_that_goes_on_narrows(narrow: str, wide: str) -> None:
    assert asking(narrow).narrows(asking(wide))


@pytest.mark.parametrize(
    ("query", "other"),
    [
        ("", "core"),
        ("co", "core"),
        ("-core", "-co"),
        ("core*x", "core"),
        ("core", "core*"),
        ("p:1..2", "p:1"),
        ("count>5", "count>10"),
        ("count>5", "count:6..9"),
        ("count>5", "firing>5"),
        ("count<5", "count<4"),
        ("res:pe", "title:pe"),
        ("res=pe07", "res=pe08"),
        ("p:1 OR core", "p:1"),
        ("is:mine", "is:new"),
        ("st:new", "p:1"),
    ],
)
def test_a_query_that_may_find_more_does_not_narrow(query: str, other: str) -> None:
    assert not asking(query).narrows(asking(other))


def test_what_time_changes_narrows_at_the_same_instant_alone() -> None:
    later = type(CONTEXT)(me="ana", now=NOW + 1, zone=CONTEXT.zone)
    assert not compile_query("age>2h", later).narrows(asking("age>1h"))
    assert not compile_query("core is:late", later).narrows(asking("core"))
    assert compile_query("core", later).narrows(asking("co"))
