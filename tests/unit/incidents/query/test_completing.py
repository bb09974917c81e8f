"""What Tab offers may be typed on, or be a query at once."""

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.incidents.query import QueryError, complete, fields
from tests.unit.incidents.query.asking import asking

KNOWN = {
    "owner": ["ana", "bo"],
    "service": ["Core net", "dns", 'the "old" one', "a\\b"],
    "label": ["fibre"],
    "res": ["pe07.par3"],
}


def known(field: str) -> Iterable[str]:
    """The values on the board."""
    return KNOWN.get(field, [])


@pytest.mark.parametrize(
    ("head", "offers"),
    [
        ("ow", ["owner:"]),
        ("AG", ["age>"]),
        ("sl", ["sla<"]),
        ("so", ["sort:"]),
        ("i", ["impact:", "is:"]),
        ("core -ow", ["core -owner:"]),
        ("(p:1 OR ow", ["(p:1 OR owner:"]),
        ("a|ow", ["a|owner:"]),
        ("owner:", ["owner:ana", "owner:bo", "owner:none"]),
        ("owner:a", ["owner:ana"]),
        ("owner:ana,B", ["owner:ana,bo"]),
        ("-@", ["-@me", "-@ana", "-@bo"]),
        ("#f", ["#fibre"]),
        ("res:", ["res:pe07.par3", "res:none"]),
        ("resource:p", ["resource:pe07.par3"]),
        ("service:c", ['service:"Core net"']),
        ('service:"co', ['service:"Core net"']),
        ('service:dns,"co', ['service:dns,"Core net"']),
        ("service:the", ['service:"the \\"old\\" one"']),
        ("service:a", ["service:a\\b"]),
        ("st:", ["st:open", "st:new", "st:acked", "st:active", "st:held", "st:resolved", "st:closed", "st:merged"]),
        ("st:new,ac", ["st:new,acked", "st:new,active"]),
        ("p:", ["p:1", "p:2", "p:3", "p:4", "p:5"]),
        ("sev>=m", ["sev>=major", "sev>=minor"]),
        ("is:br", ["is:breached"]),
        ("major:", ["major:yes", "major:no"]),
        ("sort:p,-ag", ["sort:p,-age"]),
        ("age>", ["age>15m"]),
        ("count:", []),
        ("foo:", []),
        ("zzz", []),
        ('"open quote', []),
    ],
)
def test_tab_offers(head: str, offers: list[str]) -> None:
    assert complete(head, len(head), known) == offers
    assert complete(head + "behind", len(head), known) == offers


def test_at_the_beginning_every_field_is_offered() -> None:
    directives = ["is", "has", "sort", "group", "at"]
    assert [offer[:-1] for offer in complete("", 0, known)] == [*(field.name for field in fields()), *directives]


@given(st.sampled_from([*(f"{field.name}:" for field in fields()), "is:", "sort:", "st:new,", "-major:", "@", "-#"]))
def test_an_offered_value_is_a_query(head: str) -> None:
    for offer in complete(head, len(head), known):
        try:
            asking(offer)
        except QueryError as error:
            assert "compared" in error.message or "instant" in error.message  # an example for > or <


@given(st.text(alphabet='ow:a,"\\ (|-@#'), st.integers(0, 20))
def test_any_line_can_be_completed(text: str, caret: int) -> None:
    caret = min(caret, len(text))
    for offer in complete(text, caret, known):
        assert len(offer) > 0
