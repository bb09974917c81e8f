"""The coach: a verb that was called by its name again and again has a key, which is told once (OPERATOR.md 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from noc_tui.console.kept import Kept, Things
from noc_tui.console.keymap import label_of
from noc_tui.console.keys import Binding
from noc_tui.console.session import Said, Session

TOLD_AT: Final = 3
"""So often a name is used before its key is told; then never again."""
_DULL: Final = frozenset(("prefix", "palette", "command", "cancel"))


class Coach:
    """Notices which keys an operator uses, and which they call by name."""

    def __init__(self, session: Session, kept: Kept) -> None:
        self._session, self._kept = session, kept

    def pressed(self, binding: Binding) -> None:
        """A key was used."""
        name = binding.name
        if name not in self._kept.look().used:
            self._kept.change(lambda things: replace(things, used=things.used | {name}))

    def spelled(self, name: str) -> None:
        """A verb or an action was called by its name: the third time its key is told."""
        row = next((row for row in self._session.keys.all if name in (row.verb, row.action) and not row.page), None)
        times = self._kept.look().spelled.get(name, 0)
        if row is None or times >= TOLD_AT:
            return

        def one_more(things: Things) -> Things:
            return replace(things, spelled={**things.spelled, name: min(TOLD_AT, things.spelled.get(name, 0) + 1)})

        self._kept.change(one_more)
        if times + 1 == TOLD_AT:
            keys = self._session.keys.keys_of(verb=row.verb, action=row.action)
            self._session.coached = Said(f"{keys} does that too: {row.short or row.title}.", self._session.now)

    def unused(self) -> Sequence[str]:
        """Return the keys that were never pressed, in the table's order; none before a first dozen was."""
        used = self._kept.look().used
        if len(used) < _ENOUGH:
            return ()
        rows = (row for row in self._session.keys.all if not (row.hidden or row.page) and row.action not in _DULL)
        return [label_of(row) for row in rows if row.name not in used]


_ENOUGH: Final = 12
