"""Marks: incidents that a letter goes back to."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from noc_tui.console.outliers import name_of
from noc_tui.console.session import Session


class Marks:
    """The marks of one console; `go_to` puts the cursor on an incident and says whether it could."""

    def __init__(self, session: Session, go_to: Callable[[int], bool]) -> None:
        self._session, self._go_to = session, go_to
        self._marks: dict[str, int] = {}

    def set(self, letter: str, number: int | None) -> None:
        """Mark an incident."""
        if number is not None:
            self._marks[letter] = number
            self._session.say(f"Mark {letter} is set on {name_of(self._session, number)}.")

    def go(self, letter: str) -> None:
        """Go to what a letter marks."""
        number = self._marks.get(letter)
        if number is None or not self._go_to(number):
            self._session.say(f"Mark {letter} is not set, or its incident is not shown.", trouble=True)

    def shown(self) -> list[tuple[str, str]]:
        """Return the marks that there are: letter and incident."""
        return [(letter, name_of(self._session, number)) for letter, number in sorted(self._marks.items())]

    def renumber(self, renamed: Mapping[int, int]) -> None:
        """Rows go by other numbers now (0: by none)."""
        self._marks = {letter: renamed.get(number, number) for letter, number in self._marks.items()}
