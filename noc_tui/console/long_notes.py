"""Notes of many lines: in the operator's own editor, or line by line where none is named; a draft is never lost."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from noc_tui.console.arguments import ArgumentError
from noc_tui.console.clipboard import private_file
from noc_tui.console.doing import Asked, Doer, Screen
from noc_tui.console.session import Session
from noc_tui.incidents.commands import Command, Outcome
from noc_tui.incidents.verbs import VERBS

_LARGEST: Final = 16 * 1024
"""Bytes that the journal keeps of a field (DESIGN.md 8.4)."""
Set = tuple[Sequence[int], Mapping[int, int]]
"""The incidents that a note is for, and the revisions at which they were painted."""


class LongNotes:
    """Writes notes of many lines for one session; the draft is in a file of its own until the note is durable."""

    def __init__(self, session: Session, screen: Screen, doer: Doer, environ: Mapping[str, str]) -> None:
        self._session, self._screen, self._doer, self._environ = session, screen, doer, environ
        self._path: Path | None = None
        self._lines: list[str] = []
        self._text = ""

    def begin(self) -> None:
        """Write a note on what a verb would act on."""
        numbers = self._doer.targets()
        if not numbers:
            self._session.say("There is no incident under the cursor.", trouble=True)
            return
        about = (numbers, self._screen.painted(numbers))
        editor = self._environ.get("VISUAL") or self._environ.get("EDITOR") or ""
        if editor.strip():
            self._in_editor(editor, about)
        else:
            self._next_line(about)

    def answered(self, commands: Sequence[Command], outcomes: Sequence[Outcome]) -> None:
        """A gesture has its verdict: a draft that was noted is done with, one that was refused is kept."""
        if commands[0].verb != "note" or not self._text or commands[0].args.get("text") != self._text:
            return
        if all(outcome.ok for outcome in outcomes):
            self._forget()
        elif self._path is not None:
            said = self._session.said.text
            self._session.say(f"{said.rstrip('.')}.  Your text is kept in {self._path}.", trouble=True)

    # In an editor

    def _in_editor(self, editor: str, about: Set) -> None:
        try:
            words = shlex.split(editor)
            if self._path is None or not self._path.exists():
                self._path = private_file("\n".join(self._lines), ".txt", self._environ)
        except (OSError, ValueError) as error:
            self._session.say(f"No editor was opened: {error}.", trouble=True)
            return
        path = self._path
        self._screen.outside.edit([*words, str(path)], lambda why: self._edited(path, why, about))

    def _edited(self, path: Path, why: str, about: Set) -> None:
        """The editor has ended; `why` says what went wrong with it, if anything did."""
        try:
            text = path.read_text(encoding="utf-8", errors="replace").strip()
        except OSError as error:
            self._session.say(f"Nothing was noted: {path} cannot be read ({error.strerror}).", trouble=True)
            return
        if why:
            self._session.say(f"{why}; nothing was noted. Your text is kept in {path}.", trouble=True)
        elif not text:
            self._forget()
            self._session.say("Nothing was written, so nothing was noted.")
        elif len(text.encode()) > _LARGEST:
            self._session.say(f"A note has 16 KiB at most; your text is kept in {path}.", trouble=True)
        else:
            self._note(text, about)

    # Line by line

    def _next_line(self, about: Set) -> None:
        """Ask for the next line; an empty one ends the note, and Esc leaves what was written for the next time."""
        label = f"note, line {len(self._lines) + 1}; an empty line ends it"

        def answered(line: str) -> None:
            if line.strip():
                self._lines.append(line.rstrip())
                if len("\n".join(self._lines).encode()) > _LARGEST:
                    self._lines.pop()
                    raise ArgumentError("a note has 16 KiB at most; an empty line ends it")
                self._next_line(about)
            elif self._lines:
                self._note("\n".join(self._lines), about)
            else:
                self._session.say("Nothing was written, so nothing was noted.")

        self._screen.ask(Asked(label, answered, above=tuple(self._lines)))

    def _note(self, text: str, about: Set) -> None:
        numbers, painted = about
        self._text = text
        self._doer.carry_out(VERBS["note"], {"text": text}, numbers, painted)

    def _forget(self) -> None:
        path, self._path = self._path, None
        self._lines, self._text = [], ""
        if path is not None:
            with suppress(OSError):
                path.unlink()
