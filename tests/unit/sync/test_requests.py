"""Tickets: whose answer counts, and whose counts no more."""

from __future__ import annotations

from noc_tui.sync.effects import Cancel, Ticket
from noc_tui.sync.requests import Requests


def test_an_answer_is_taken_once() -> None:
    requests = Requests()
    ticket = requests.open("poll", 5.0)
    assert requests.find(ticket) is not None
    closed = requests.close(ticket)
    assert closed is not None
    assert (closed.what, closed.sent) == ("poll", 5.0)
    assert requests.close(ticket) is None


def test_of_each_sort_one_is_under_way() -> None:
    requests = Requests()
    first, push = requests.open("poll", 1.0), requests.open("push", 1.0)
    second = requests.open("poll", 2.0)
    assert requests.close(first) is None
    assert requests.out("snapshot") is None
    assert requests.out("snapshot", "poll") == requests.find(second)
    assert requests.find(push) is not None


def test_what_is_cancelled_is_waited_for_no_more() -> None:
    requests = Requests()
    poll, push = requests.open("poll", 1.0), requests.open("push", 1.0)
    assert requests.cancel("poll", "prior") == [Cancel(ticket=poll)]
    assert requests.find(poll) is None
    assert requests.find(push) is not None


def test_in_another_lineage_no_answer_of_before_counts() -> None:
    requests = Requests()
    tickets = [requests.open("poll", 1.0), requests.open("push", 1.0)]
    assert requests.begin_lineage() == [Cancel(ticket=ticket) for ticket in tickets]
    assert not any(requests.find(ticket) for ticket in tickets)
    again = requests.open("poll", 1.0)
    assert requests.find(Ticket(again.number, again.lineage - 1)) is None


def test_a_lineage_is_higher_than_any_before_it() -> None:
    requests = Requests()
    assert requests.lineage == 1
    requests.begin_lineage(7)
    assert requests.lineage == 7
    requests.begin_lineage(3)
    assert requests.lineage == 8
