"""When time alone may change what a query says of an incident: the instants at which it is to be asked anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from noc_tui.incidents.clocks import next_due
from noc_tui.incidents.model import Incident, Micros
from noc_tui.incidents.query.fields import BY_NAME
from noc_tui.incidents.query.tree import And, Between, Flag, Node, Not, Or

Instants = Callable[[Incident], list[Micros]]


def next_turn(node: Node | None, incident: Incident, now: Micros) -> Micros | None:
    """Return the first instant after `now` at which a query may say something else of an incident; None: never.

    A flag changes with the board's own bands, for which `ordering.turns_at` stands, save one: a clock that runs out.
    """
    instants = (at for leaf in _leaves(node) for at in leaf(incident))
    return min((at for at in instants if at > now), default=None)


def _leaves(node: Node | None) -> Iterator[Instants]:
    match node:
        case Between(field, low, below) if BY_NAME[field].kind == "age":
            read: Callable[[Incident], Any] = attrgetter(BY_NAME[field].attribute)
            spans = [span for span in (low, below) if span is not None]
            yield lambda incident: [] if (since := read(incident)) is None else [since + span for span in spans]
        case Between(field, low, below) if BY_NAME[field].kind == "left":
            spans = [span for span in (low, below) if span is not None]
            yield lambda incident: [] if (due := next_due(incident)) is None else [due - span + 1 for span in spans]
        case Flag("breached"):
            yield lambda incident: [] if (due := next_due(incident)) is None else [due]
        case Not(item):
            yield from _leaves(item)
        case And(items) | Or(items):
            for item in items:
                yield from _leaves(item)
