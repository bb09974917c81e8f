"""A chronicle told by another process, so that telling a past and writing it go on at the same time."""

from __future__ import annotations

import gc
import multiprocessing
import signal
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, ClassVar, Final

import msgspec

from noc_tui.store.chronicle import Chapter
from noc_tui.store.errors import StoreError

PAUSE: Final = 0.2
"""Seconds without a chapter after which an empty one is given, so that whoever waits can be told that work goes on."""

_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(Chapter | str | None).decode
"""What is sent: a chapter; None after the last; or the text of what went wrong."""


class StoppedTelling(StoreError):
    """The other process ended before it had told all."""

    sentence: ClassVar[str] = "Filling the store {path} stopped ({detail}); nothing of it was kept."


def relayed(path: Path, tell: Callable[..., Iterator[Chapter]], *arguments: Any) -> Generator[Chapter, None, None]:
    """Yield what `tell(*arguments)` yields in another process; closing the iterator ends that process.

    `tell` is a function of a module, its arguments are plain values, and `path` is the store that is filled.
    StoppedTelling if the process fails or dies.
    """
    context = multiprocessing.get_context("spawn")  # a fork would take over the parent's open databases
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_serve, args=(sender, tell, arguments), daemon=True)
    try:
        with _deaf():
            process.start()
        sender.close()
        yield from _received(path, receiver)
    finally:
        receiver.close()
        if process.pid is not None:
            process.kill()  # it keeps nothing that could be left half done
            process.join()


def _received(path: Path, receiver: Connection) -> Iterator[Chapter]:
    chapter = Chapter()
    while True:
        if not receiver.poll(PAUSE):
            yield Chapter(told=chapter.told)
            continue
        try:
            said = _decode(receiver.recv_bytes())
        except EOFError:
            raise StoppedTelling(path, "the process that tells of its past ended") from None
        if said is None:
            return
        if isinstance(said, str):
            raise StoppedTelling(path, said)
        chapter = said
        yield chapter


def _serve(sender: Connection, tell: Callable[..., Iterator[Chapter]], arguments: tuple[Any, ...]) -> None:
    """Tell, in the process that was started for it, until all is told or nobody listens any more."""
    gc.disable()  # nothing here is a circle, and looking for some in a year of rows takes its time
    with suppress(BrokenPipeError):
        try:
            for chapter in tell(*arguments):
                sender.send_bytes(_encode(chapter))
        except BrokenPipeError:
            raise
        except Exception as error:  # noqa: BLE001  # the edge of the process: whoever listens is told
            sender.send_bytes(_encode(f"{type(error).__name__}: {error}"))
        else:
            sender.send_bytes(_encode(None))


@contextmanager
def _deaf() -> Iterator[None]:
    """No interrupt from the keyboard inside, nor ever in a process that is started inside: its parent ends it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
