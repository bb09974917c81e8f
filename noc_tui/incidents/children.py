"""Resolving a parent: what becomes of the incidents that hang on it (OPERATOR.md 1.5 rule 7).

A child is resolved by a command of its own, in the batch of its parent's, so that it is decided, refused and undone
like any other. Here is only said which children those are, and how the question is put.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from noc_tui.incidents.model import OPEN_STATES, Incident
from noc_tui.incidents.ordering import is_cleared

CHOICES: Final = {"a": "all", "c": "cleared", "n": "none"}
"""Which open children follow, by the letter that answers the question; nothing answered is none."""


def open_children(children: Iterable[Incident]) -> list[Incident]:
    """Return those in which somebody still has to do something, by number; a merged one is no work of its own."""
    return sorted((child for child in children if child.state in OPEN_STATES), key=lambda child: child.number)


def following(children: Iterable[Incident], choice: str) -> list[Incident]:
    """Return the open children that follow their parent by a choice: a letter or a word of `CHOICES`.

    `cleared` are those whose alerts are all over; one that never had an alert is not among them. ValueError if it is
    no choice.
    """
    word = CHOICES.get(choice, choice)
    if word not in CHOICES.values():
        raise ValueError(f"{choice!r} is no choice; it is one of {', '.join(CHOICES.values())}")
    if word == "none":
        return []
    mine = open_children(children)
    return mine if word == "all" else [child for child in mine if is_cleared(child)]


def question(children: Iterable[Incident]) -> str:
    """Return what is asked before a parent is resolved, "" if no child is open: `and 3 children? a all  n none`.

    Cleared ones are offered apart where they are some and not all.
    """
    mine = open_children(children)
    if not mine:
        return ""
    cleared = len(following(mine, "cleared"))
    asked = "and its child?" if len(mine) == 1 else f"and {len(mine)} children?"
    some = f"  c {cleared} cleared" if 0 < cleared < len(mine) else ""
    return f"{asked} a {'yes' if len(mine) == 1 else 'all'}{some}  n {'no' if len(mine) == 1 else 'none'}"
