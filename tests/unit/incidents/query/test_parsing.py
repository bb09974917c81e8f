"""What is typed is read, said back in words, or refused with the column and what to write instead."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.query import QueryError, SortBy, compile_query, fields, flags, parse
from noc_tui.incidents.query.fields import BY_NAME
from noc_tui.incidents.query.flags import FLAG_BY_NAME
from noc_tui.incidents.query.parsing import DEEPEST
from noc_tui.incidents.query.tokens import LONGEST
from tests.unit.incidents.query.asking import CONTEXT, QUERIES, asking


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", ""),
        ("p:1..2 st:new,acked age>15m -owner:ana", "P1-P2, new or acked, older than 15 min, not ana"),
        ("Core bgp", '"core", "bgp"'),
        ('core OR bgp down || "power lost"', '"core" or ("bgp" and "down") or "power lost"'),
        ("core|core", '"core"'),
        ("core core", '"core"'),
        ("(a b) c", '"a", "b", "c"'),
        ("(a OR b) OR c", '"a" or "b" or "c"'),
        ("-(a b) NOT -c -(d|e)", 'not ("a" and "b"), "c", not ("d" or "e")'),
        ("(a (b OR c)) OR d", '("a" and ("b" or "c")) or "d"'),
        ("(p:1 OR p:3,4) AND is:mine", "P1 or P3-P4, mine"),
        ("p>=2", "P1-P2"),
        ("p>2", "P1"),
        ("p<=3", "P3-P5"),
        ("P<4", "P5"),
        ("p:2..1", "P1-P2"),
        ("p:P1,p3", "P1 or P3"),
        ("p:>=2 age:<1h", "P1-P2, younger than 1 h"),
        ("sev>=maj urgency:h", "severity major or critical, urgency high"),
        ("st:open", "open"),
        ("state:ACK type:sec", "acked, security"),
        ("code:f,x", "fixed or false alarm"),
        ('code:"no fault found"', "no fault found"),
        ("code:none,w", "workaround or no resolution code"),
        ("@ana,me,bo @nobody", "ana or bo, nobody"),
        ("#fibre label:none", "label fibre, label none"),
        ('owner="none" owner:""', "none, nobody"),
        ("is:mine,new is:late", "mine or new, breached"),
        ("major:no flap:yes", "not major, flapping"),
        ("res:pe0* svc:core,net site:par*", 'resource pe0*, service with "core" or "net", site par*'),
        ('title:"power \\"lost\\"" res=pe07', 'title with "power "lost"", resource pe07'),
        ("age:1h..2h", "older than 1 h and younger than 2 h"),
        ("changed<10m upd>1d", "changed in the last 10 min, unchanged for 1 d"),
        ("sla<30m", "less than 30 min left"),
        ("sla<0 sla<-10m", "late, late by more than 10 min"),
        ("sla>1h sla>-10m", "at least 1 h left, late by at most 10 min"),
        ('sla:"-1h"..2h', "late by at most 1 h and less than 2 h left"),
        ("first:yesterday", "opened from Sun 22 Nov 23:00Z before Mon 23 Nov 23:00Z"),
        ("first>tue last<tue", "opened from Tue 24 Nov 23:00Z, last alert before Mon 23 Nov 23:00Z"),
        ('first:"tue 03:12"..now', "opened from Tue 24 Nov 02:12Z before Tue 24 Nov 03:12Z"),
        ("closed>=2026-11-17 resolved<=2026-11-17", "closed from Mon 16 Nov 23:00Z, resolved before Tue 17 Nov 23:00Z"),
        ("resolved:2026-11-17T03:12Z..", "resolved from Tue 17 Nov 03:12Z"),
        ("count>10 n<3 count:..7 firing:0", "number of alerts 11 or more, number of alerts below 3,"
         " number of alerts below 8, number of firing alerts 0"),
        ("tier:t2..3 parent:none parent:7", "tier 2 to 3, parent none, parent INC-000007"),
        ("number:42,INC-000043 inc-42 id<5", "INC-000042 or INC-000043, INC-000042, number below INC-000005"),
        ("number:42..44", "number INC-000042 to INC-000044"),
        ("sort:sla,-age", "by time left then age, turned round"),
        ("core sort:p", '"core", by priority'),
        ("x*y 10.0.7.1:443 a,b", '"x*y", "10.0.7.1:443", "a,b"'),
        ("or and not", '"or", "and", "not"'),
    ],
)  # fmt: skip  # one case a line
def test_a_query_is_said_in_words(text: str, words: str) -> None:
    assert asking(text).words == words


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("p:", "priority needs a value, such as p:1..2", 3),
        ("is:", "is needs a value, such as is:mine", 4),
        ("major:", "major needs a value, such as major:yes", 7),
        ("core @", "owner needs a value, such as owner:ana,bo", 7),
        ("age>soon", "not a duration: 'soon' (try 15m, 2h, 1d12h)", 5),
        ("age:2h", "age is compared; write age>2h, age<2h or age:1h..2h", 5),
        ("sla<-soon", "not a duration: 'soon' (try 15m, 2h, 1d12h)", 6),
        ("first>2026-13-01", "not a time: '2026-13-01' (try 03:12, tue 03:12, yesterday, 2026-11-17T03:12Z, -2h)", 7),
        ("first>-soon", "not a duration: 'soon' (try 15m, 2h, 1d12h)", 7),
        ("first:-2h", "-2h is an instant; write first>-2h or first:-2h..now", 7),
        (")", "unbalanced: this ) closes nothing", 1),
        ("a )", "unbalanced: this ) closes nothing", 3),
        ("a OR )", "unbalanced: this ) closes nothing", 6),
        ("x (a", "unbalanced: this ( is never closed", 3),
        ("x (", "unbalanced: this ( is never closed", 3),
        ('x "open', "unbalanced: the quote that opens here is never closed", 3),
        ('title:"open', "unbalanced: the quote that opens here is never closed", 7),
        ('""', "there is nothing between these quotes", 1),
        ("()", "there is nothing between these parentheses", 2),
        ("a OR", "OR stands between two things to look for, as in new OR held", 5),
        ("OR a", "OR stands between two things to look for, as in new OR held", 1),
        ("(a OR )", "OR stands between two things to look for, as in new OR held", 7),
        ("AND a", "AND stands between two things to look for, as in new AND held", 1),
        ("a AND", "AND stands between two things to look for, as in new AND held", 6),
        ("a AND AND b", "AND stands between two things to look for, as in new AND held", 7),
        ("a OR sort:p", "OR stands between two things to look for, and the order outside of it", 3),
        ("sort:p OR a", "OR stands between two things to look for, and the order outside of it", 8),
        ("NOT", "NOT leaves out what stands behind it, as in NOT held", 4),
        ("-", "a dash leaves out what stands right behind it, as in -ana", 1),
        ("a - b", "a dash leaves out what stands right behind it, as in -ana", 3),
        ("onwer:ana", "there is no field 'onwer'; did you mean owner?", 1),
        ("http://x", "there is no field 'http'; for the words themselves write \"http://x\" in quotes", 1),
        ("st:foo", "there is no state 'foo'; one of new, acked, active, held, resolved, closed, merged", 4),
        ("st:ac", "there is no state 'ac'; one of new, acked, active, held, resolved, closed, merged", 4),
        ("p:1,7", "there is no priority '7'; one of 1, 2, 3, 4, 5", 5),
        ("p>1", "no priority is worse than 1", 3),
        ("sev<indeterminate", "no severity is better than indeterminate", 5),
        ("p:..2", "a range of priority has two ends, as in 1..2", 3),
        ("p:1..2..3", "there is no priority '2..3'; one of 1, 2, 3, 4, 5", 6),
        ("major:perhaps", "major is yes or no, as in major:yes", 7),
        ("title>x", "title is not compared; write title:value", 1),
        ("mine>x", "mine is not compared; write mine:value", 1),
        ("p~1", "~ looks into texts, as in res~^pe0; write p:value", 1),
        ("title~", 'title needs an expression, such as title~"^pe[0-4]"', 7),
        ('title~"a(b"', "this ( is never closed", 9),
        ('res~"a{x}"', "write how often as {2}, {2,} or {2,5}", 7),
        (
            "has:note",
            "what was noted is not on the board; :find (or noc-tui search) looks into everything that was logged",
            5,
        ),
        (
            "note:x",
            "what was noted is not on the board; :find (or noc-tui search) looks into everything that was logged",
            1,
        ),
        ("has:p", "has: takes children, owner, team, parent, label, cause, code, site, service, alerts", 5),
        ("is:conflict", "what was refused is in the outbox, not on the board; go shows it", 4),
        ("touched:me", "who touched it stands in its timeline; is:touched is by anybody, owner:me what is yours", 1),
        ("group:p", "group takes one of service, site, owner, team, cause, state", 7),
        ("(group:site)", "the grouping stands outside parentheses and NOT", 2),
        ("-at:03:12", "the time stands outside parentheses and NOT", 2),
        ("at:", 'at needs a time, such as at:"tue 03:12"', 4),
        ("at:2027-01-01", "that has not come yet; the board is known up to now", 4),
        ("st:new,", "a value is missing beside the comma, as in st:new,acked", 8),
        ("st:,new", "a value is missing beside the comma, as in st:new,acked", 4),
        ("count>1,2", "> takes one value; only : takes a list", 9),
        ("count>1..2", "> and .. do not go together; write count:1..2", 7),
        ("count:..", "a range has a beginning, an end or both, as in 1..2", 7),
        ("count:9..2", "this range ends before it begins: 9..2", 7),
        ("count:x", "not a number: 'x' (try count>10)", 7),
        ("sort:", "sort needs a field, such as sort:sla,-age", 6),
        ("sort>p", "sort needs a field, such as sort:sla,-age", 7),
        ("sort:p,foo", "there is no order by 'foo', such as sort:sla,-age", 8),
        ("sort:cause", "there is no order by 'cause', such as sort:sla,-age", 6),
        ("(sort:p)", "the order stands outside parentheses and NOT", 2),
        ("-sort:p", "the order stands outside parentheses and NOT", 2),
    ],
)
def test_a_mistake_is_answered_with_what_to_write(text: str, message: str, column: int) -> None:
    with pytest.raises(QueryError) as caught:
        asking(text)
    assert (caught.value.message, caught.value.column) == (message, column)
    assert str(caught.value) == f"{message} (column {column})"


def test_what_nothing_can_be_is_answered_with_all_that_it_can_be() -> None:
    with pytest.raises(QueryError, match=r"nothing is 'foo'; is: takes open, new, acked.* back \(column 4\)"):
        asking("is:foo")


@pytest.mark.parametrize("sign", ["(", "-", "NOT "])
def test_nesting_has_an_end(sign: str) -> None:
    asking(sign * DEEPEST + "a" + ")" * (DEEPEST if sign == "(" else 0))
    with pytest.raises(QueryError, match="more than 32 parentheses and negations inside one another"):
        asking(sign * 500 + "a")


def test_length_has_an_end() -> None:
    asking("a" * LONGEST)
    with pytest.raises(QueryError, match="at most 4096 characters"):
        asking("a" * (LONGEST + 1))


@pytest.mark.parametrize("field", fields(), ids=lambda field: field.name)
def test_every_field_is_told_with_an_example_that_works(field: object) -> None:
    assert isinstance(field, type(BY_NAME["st"]))
    assert parse(field.example, CONTEXT).where is not None
    assert field.help.endswith(".")
    assert field.example.startswith(field.name)


@pytest.mark.parametrize("name", sorted(FLAG_BY_NAME))
def test_every_flag_is_read_by_all_its_names(name: str) -> None:
    assert asking(f"is:{name}").words == FLAG_BY_NAME[name].name
    if name not in BY_NAME:
        assert asking(f"{name}:no").words == f"not {FLAG_BY_NAME[name].name}"


def test_no_name_means_two_things() -> None:
    names = [name for field in fields() for name in (field.name, *field.aliases)]
    words = [name for flag in flags() for name in (flag.name, *flag.aliases)]
    assert len(names) == len(set(names))
    assert len(words) == len(set(words))


def test_the_order_is_read_beside_the_rest() -> None:
    query = parse("sort:sla core sort:-updated", CONTEXT)
    assert query.sort == (SortBy("sla"), SortBy("changed", down=True))


@given(st.one_of(st.text(), st.text(alphabet='ap:12.,-()|"@#*<>=~! \\ORis')))
def test_any_text_is_a_query_or_an_error_with_a_place(text: str) -> None:
    try:
        compiled = asking(text)
    except QueryError as error:
        assert 1 <= error.column <= len(text) + 1
        assert error.message.isprintable()
    else:
        assert isinstance(compiled.words, str)


def test_what_is_said_of_a_query_is_fit_to_be_shown() -> None:
    assert asking("\x1b[2j").words == '"␛[2j"'
    with pytest.raises(QueryError, match="in quotes") as caught:
        asking("xyz:\x1b]52;c")
    assert caught.value.message.isprintable()


@given(QUERIES)
def test_every_query_has_words(text: str) -> None:
    assert asking(text).words


def test_a_query_knows_whether_time_changes_it() -> None:
    assert [text for text in ("core", "p:1", "first>tue", "is:new", "-is:mine") if asking(text).turns] == []
    for text in ("age>1h", "sla<0", "is:late", "-is:held", "core OR (p:1 is:waiting)"):
        assert asking(text).turns


def test_the_context_settles_who_and_when() -> None:
    other = compile_query("@me", type(CONTEXT)(me="Bo", now=CONTEXT.now, zone=CONTEXT.zone))
    assert other.words == "bo"
    assert other.now == CONTEXT.now
