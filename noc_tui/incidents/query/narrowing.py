"""Whether one query finds nothing that another does not find: then its answer lies in the other's."""

from __future__ import annotations

from noc_tui.incidents.query.fields import BY_NAME
from noc_tui.incidents.query.flags import FLAG_BY_NAME
from noc_tui.incidents.query.tree import Among, And, Between, Flag, Matches, Node, Not, Or, Pattern, Text


def implies(node: Node | None, other: Node | None) -> bool:
    """Return whether all that `node` finds is surely found by `other`; False where it cannot be told."""
    if other is None or node == other:
        return True
    if node is None:
        return False
    if isinstance(other, And):
        return all(implies(node, item) for item in other.items)
    if isinstance(node, Or):
        return all(implies(item, other) for item in node.items)
    if isinstance(node, And) and any(implies(item, other) for item in node.items):
        return True
    if isinstance(other, Or):
        return any(implies(node, item) for item in other.items)
    if isinstance(node, Not) and isinstance(other, Not):
        return implies(other.item, node.item)
    return _leaf_implies(node, other)


def _leaf_implies(node: Node, other: Node) -> bool:
    match node, other:
        case Text(narrow), Text(wide):
            return _fits_within(narrow, wide)
        case Matches(field, narrow_ones), Matches(other_field, wide_ones):
            return field == other_field and all(
                any(_fits_within(narrow, wide) for wide in wide_ones) for narrow in narrow_ones
            )
        case Among(field, values), Among(other_field, other_values):
            return field == other_field and set(values) <= set(other_values)
        case Between(field, low, below), Between(other_field, other_low, other_below):
            above = other_low is None or (low is not None and low >= other_low)
            under = other_below is None or (below is not None and below <= other_below)
            return field == other_field and above and under
    return False


def _fits_within(narrow: Pattern, wide: Pattern) -> bool:
    """Whether every text that fits the one fits the other."""
    return narrow == wide or (wide.how == "has" and narrow.how != "like" and wide.text in narrow.text)


def turns(node: Node | None) -> bool:
    """Return whether time alone can change what a tree finds."""
    match node:
        case Between(field):
            return BY_NAME[field].kind in ("age", "left")
        case Flag(name):
            return FLAG_BY_NAME[name].turns
        case Not(item):
            return turns(item)
        case And(items) | Or(items):
            return any(turns(item) for item in items)
    return False
