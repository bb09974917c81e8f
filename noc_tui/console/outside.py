"""What goes out of the program to the operator's own: an editor in place of the board, a text in the clipboard."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from textual.app import App, SuspendNotSupported

from noc_tui.console.clipboard import fitting, private_file, sequences
from noc_tui.console.session import Session


@contextmanager
def _deaf_to(*signals: signal.Signals) -> Iterator[None]:
    """Leave what the terminal's keys send to the editor alone: the whole foreground gets it."""
    before = [signal.signal(one, lambda _number, _frame: None) for one in signals]
    try:
        yield
    finally:
        for one, handler in zip(signals, before, strict=True):
            signal.signal(one, handler)


async def _run_editor(app: App[int], words: Sequence[str]) -> str:
    """Run an editor on the terminal and return what went wrong, if anything did; the board is live meanwhile, unseen.

    Nothing of the board is written to the terminal until the editor has ended.
    """
    try:
        with app.suspend(), app.batch_update(), _deaf_to(signal.SIGINT, signal.SIGQUIT):
            return await _run(words)  # whatever happens in there is caught there: else the board would not come back
    except SuspendNotSupported:
        return "This terminal cannot be lent to an editor"


async def _run(words: Sequence[str]) -> str:
    try:
        process = await asyncio.create_subprocess_exec(*words)
        code = await process.wait()
    except OSError as error:
        return f"The editor {words[0]} could not be started ({error.strerror})"
    if code < 0:
        return f"The editor was ended by {signal.Signals(-code).name}"
    return f"The editor ended with status {code}" if code else ""


class Outside:
    """The operator's own things, as one console uses them; `back` is called when the terminal is the board's again."""

    def __init__(self, app: App[int], session: Session, back: Callable[[], None]) -> None:
        self._app, self._session, self._back = app, session, back

    def edit(self, words: Sequence[str], then: Callable[[str], None]) -> None:
        """Lend the terminal to an editor; `then` is told what went wrong with it, if anything did."""

        async def edited() -> None:
            why = await _run_editor(self._app, words)
            then(why)
            self._back()

        self._app.run_worker(edited(), group="editor", exclusive=True)

    def copy(self, text: str, what: str) -> None:
        """Put a text into the clipboard of the terminal, else into a file, and say which."""
        taken, session = sequences(text, os.environ), self._session
        if taken is None:
            try:
                path = private_file(text, ".txt", os.environ)
            except OSError as error:
                session.say(f"Nothing was copied: no file can be written ({error.strerror}).", trouble=True)
                return
            session.say(f"This terminal has no clipboard: the {what} is in {path}.")
            return
        if self._app._driver is not None:
            self._app._driver.write(taken)
        cut = len(fitting(text)) < len(text)
        session.say(f"Copied the {what}{', as much as a clipboard takes' if cut else ''}.")
