"""Macros: keys that are recorded under a letter and pressed again, each once the one before has its verdict."""

from __future__ import annotations

from typing import Final

from noc_tui.console.kept import Kept, Stroke, with_macro
from noc_tui.console.keymap import key_label
from noc_tui.console.session import Said, Session

MOST: Final = 500
"""Keys of one macro."""
MOST_PLAYED: Final = 10_000
"""Keys that one `@` may press, macros within macros and counts included."""


class _Playing:
    """One macro under way: how far it is, and how often it still has to be done after this."""

    def __init__(self, letter: str, strokes: tuple[Stroke, ...], times: int) -> None:
        self.letter, self.strokes, self.times = letter, strokes, times
        self.at = 0


class Macros:
    """The macros of one console: one is recorded at a time, and one played, with those that it plays itself."""

    def __init__(self, session: Session, kept: Kept) -> None:
        self._session, self._kept = session, kept
        self.recording = ""
        """The letter of the macro that is being recorded."""
        self._strokes: list[Stroke] = []
        self._stack: list[_Playing] = []
        self._played = 0
        self._last = ""
        self._said: Said | None = None
        self._refusals = 0
        self.ahead: list[Stroke] = []
        """What was typed while a macro is being played: it comes after."""

    # Recording

    def record(self, letter: str) -> None:
        """Begin to record under a letter; the keys from the next one on."""
        self.recording, self._strokes = letter, []
        self._session.say(f"Recording {letter}.  {self._key('record')} ends it.")

    def note(self, stroke: Stroke) -> None:
        """Take a key into the macro that is being recorded."""
        if not self.recording or self._stack:
            return
        self._strokes.append(stroke)
        if len(self._strokes) > MOST + 1:
            self.recording = ""
            self._session.say(f"A macro has {MOST} keys at most; this one is not kept.", trouble=True)

    def end(self) -> None:
        """Keep what was recorded, without the key that ended it."""
        letter, self.recording = self.recording, ""
        ending = len(next(row for row in self._session.keys.all if row.action == "record").sequence)
        strokes = tuple(self._strokes[:-ending])
        if not strokes:
            self._session.say(f"Nothing was recorded; {letter} is as it was.")
            return
        self._kept.change(with_macro(letter, strokes))
        self._session.say(f"Macro {letter}: {_spelled(strokes)}.  {self._key('play')}{letter} plays it.")

    # Playing

    @property
    def playing(self) -> str:
        """What is being played and how far it is: `a 3/7`; empty if nothing is."""
        if not self._stack:
            return ""
        top = self._stack[-1]
        return f"{top.letter} {top.at}/{len(top.strokes)}"

    def shown(self) -> list[tuple[str, str]]:
        """Return the macros that there are: letter and keys."""
        return [(letter, _spelled(strokes)) for letter, strokes in sorted(self._kept.look().macros.items())]

    def play(self, letter: str, times: int) -> None:
        """Play a macro so many times; `@` is the one that was played last."""
        letter = self._last if letter == "@" else letter
        strokes = self._kept.look().macros.get(letter)
        if strokes is None:
            words = f"There is no macro {letter} yet." if letter else "No macro was played yet."
            self._session.say(f"{words}  {self._key('record')} and a letter records one.", trouble=True)
        elif letter == self.recording or any(one.letter == letter for one in self._stack):
            self._session.say(f"Macro {letter} would play itself; it ends here.", trouble=True)
        else:
            if not self._stack:
                self._played = 0
            self._last = letter
            self._stack.append(_Playing(letter, strokes, times))

    def next(self) -> Stroke | None:
        """Return the key to press now; None at the end, or where the last one was refused."""
        if not self._stack or self._stumbled():
            return None
        while self._stack and self._stack[-1].at == len(self._stack[-1].strokes):
            top = self._stack[-1]
            top.times -= 1
            top.at = 0
            if top.times <= 0:
                self._stack.pop()
        if not self._stack:
            return None
        self._played += 1
        if self._played > MOST_PLAYED:
            self.stop(f"{MOST_PLAYED} keys were pressed, which is the most")
            return None
        top = self._stack[-1]
        top.at += 1
        self._said, self._refusals = self._session.said, self._session.pending.refusals
        return top.strokes[top.at - 1]

    def stop(self, why: str) -> None:
        """End what is being played and say where; what was typed meanwhile was meant for another place."""
        top = self._stack[-1]
        where = f"Macro {top.letter} stopped at key {top.at} of {len(top.strokes)}"
        lost = f"  {len(self.ahead)} keys typed since were left out." if self.ahead else ""
        self._stack.clear()
        self.ahead.clear()
        self._session.say(f"{where} ({_spelled(top.strokes[: top.at])}): {why.rstrip('.')}.{lost}", trouble=True)

    def _stumbled(self) -> bool:
        """Whether the key before was refused, wholly or in part."""
        said, before = self._session.said, self._said
        self._said = None
        refused = before is not None and self._session.pending.refusals != self._refusals
        if refused or (before is not None and said is not before and said.trouble):
            self.stop(said.text)
            return True
        return False

    def _key(self, action: str) -> str:
        return self._session.keys.keys_of(action=action)


def _spelled(strokes: tuple[Stroke, ...]) -> str:
    """Keys as people read them, the last ones where there are many."""
    said = [key_label(one.key if len(one.key) == 1 or one.character is None else _typed(one)) for one in strokes]
    return " ".join(said) if len(said) <= _SPELLED else f"… {' '.join(said[-_SPELLED:])}"


_SPELLED: Final = 12


def _typed(stroke: Stroke) -> str:
    character = stroke.character or ""
    return character if stroke.key != "paste" and character.isprintable() and not character.isspace() else stroke.key
