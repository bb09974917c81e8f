"""The link in words: at the right of the top bar, in the news, and at the head of the outbox."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from noc_tui.console.link import Link
from noc_tui.console.session import Session
from noc_tui.incidents.durations import in_words, short
from noc_tui.incidents.model import DAY, SECOND, Micros, number_text
from noc_tui.incidents.times import clock, day_clock
from widgets.roles import Run

_CLAUSE: Final = re.compile(r"[:;] | \(|\.$")
_BLOCKS: Final = {"stale": "STALE", "offline": "OFFLINE"}


def fresh(link: Link, least: Micros = 0) -> list[Run]:
    """Return how fresh the data is: `live 2s` is calm, `STALE 1m04` is not; no age is told below `least`."""
    word, age = link.word, link.data_age
    told = short(max(age, least)) if age is not None else ""
    if word == "live":
        return [("live ", "muted"), (told, "text")]
    if word == "late":
        return [("LATE ", "text"), (told, "soon")]
    if word in _BLOCKS:
        return [(f" {_BLOCKS[word]} {told} ".replace("  ", " "), "badge2")]
    if word == "filling":
        part = filled(link)
        return [("filling", "text"), (f" {part} %" if part is not None else "", "bright")]
    return [("connecting", "text")]


def filled(link: Link) -> int | None:
    """Return how many hundredths of the board are here; None while that is not known."""
    status = link.status
    return 100 * status.done // status.total if status is not None and status.total else None


def waiting(session: Session, *, at_once: bool = False) -> list[tuple[int, str]]:
    """Return what is in the outbox, counted: queued while the link is down, else sending; and what was refused.

    What was pressed less than a second ago on a link that is up counts `at_once` only.
    """
    link, outgoing = session.link, session.outgoing
    if link is None:
        return []
    count = len(outgoing.entries)
    oldest = outgoing.oldest()
    if not at_once and link.up and oldest is not None and session.now - oldest < SECOND:
        count = 0  # the sign on its row says it
    word = "sending" if link.up else "queued"
    return [(number, name) for number, name in ((count, word), (len(outgoing.refused), "conflict")) if number]


def down(session: Session, link: Link) -> Iterator[str]:
    """Yield what is to be said of a link that is down, the longest sentence first."""
    status = link.status
    if link.refused:
        yield link.refused
        yield f"{_first_clause(link.refused).removeprefix('http://').removeprefix('https://')}; what to do:"
        yield f"{link.host} refuses us; why, and what to do:"
        return
    if link.answers:
        yield f"{link.host} answers, but what it tells is old: {_why_old(link)}"
        yield f"{link.host} answers, but what it tells is old."
        return
    since = moment(link.down_since, session.now)
    seq = f", last good seq {status.seq}" if status is not None and status.seq else ""
    count = len(session.outgoing.entries)
    queued = f"verbs are queued ({count})" if count else "verbs are queued"
    waits = f"{count} queued" if count else "verbs are queued"
    why = f" {status.sentence}" if status is not None and status.sentence else ""
    if why:
        yield f"Link to {link.host} down since {since}{seq}; {queued}.{why}"
    if "certificate" in why:  # waiting mends nothing, somebody has to do something
        yield f"{_first_clause(why)}; {waits}; what to do:"
        yield f"The certificate of {link.host} is not trusted; what to do:"
    yield f"Link to {link.host} down since {since}{seq}; {queued}."
    yield f"{link.host} down since {since}{seq}; {waits}."
    yield f"{link.host} down since {since}; {waits}."


def _first_clause(sentence: str) -> str:
    """What happened, without what to do about it."""
    return _CLAUSE.split(sentence.strip(), maxsplit=1)[0]


def _why_old(link: Link) -> str:
    """Return what the server says of its own agent, or of a source that does not answer."""
    agent = link.status.agent if link.status is not None else None
    if agent is None:
        return ""
    failing = [f"{source.name}: {source.last_error or 'no answer'}" for source in agent.sources if source.state != "ok"]
    return agent.trouble or next(iter(failing), "")


def blocked(link: Link) -> Iterator[str]:
    """Yield why what is pressed is not taken though the board is followed, the longest sentence first."""
    if link.blocked:
        yield f"What you do is not taken: {link.blocked}"
        yield f"{link.host} does not take what you do; why:"


def connecting(link: Link) -> str:
    """Return what is said before the first answer."""
    return f"Connecting to {link.host}; what is shown may be old, and verbs are queued."


def filling(link: Link) -> str:
    """Return how far the board is here, and what can be done meanwhile."""
    status = link.status
    if status is not None and not status.total and status.retry_at_tick:
        again = f" Asked again in {in_words(link.retry_in)}." if link.retry_in else ""
        return f"{link.host} sends others the board first; what is here can be worked on.{again}"
    if status is None or not status.total:
        return f"The board is being fetched from {link.host}; what is here can be worked on."
    return f"{status.done} of {status.total} incidents are here from {link.host}; they can be worked on."


def restored(link: Link, now: Micros) -> tuple[str, str]:
    """Return that the server was restored, to when, and what came of one's commands; and the same in short."""
    status = link.status
    if status is None:
        return "", ""
    count, at = status.sent_again, moment(status.restored_to, now)
    again = f"; {count} of your commands {'was' if count == 1 else 'were'} sent again" if count else ""
    return f"The store was restored to {at}{again}.", f"Restored to {at}; {count} sent again."


def returned(link: Link, conflicts: int = 0) -> str:
    """Return what came in while the link was down, and how many of one's own commands were refused."""
    back = link.returned
    if back is None:
        return ""
    touched = len(back.touched)
    own = {0: "none touches your work", 1: "1 touches your work"}.get(touched, f"{touched} touch your work")
    names = ", ".join(number_text(number) for number in back.touched[:2])
    more = " and more" if touched > 2 else ""
    refused = {0: "", 1: "; 1 conflict"}.get(conflicts, f"; {conflicts} conflicts")
    return f"+{back.events} events, {own}{f': {names}{more}' if names else ''}{refused}."


def skewed(link: Link) -> str:
    """Return by how much the clocks differ; empty where that is not worth telling."""
    if not link.skew:
        return ""
    side = "ahead of" if link.skew > 0 else "behind"
    return f"The clock of {link.host} is {in_words(abs(link.skew))} {side} this host's."


def told(session: Session) -> Iterator[str]:
    """Yield all that is to be told of the link, a sentence each; on a local store that there is none."""
    link = session.link
    if link is None:
        yield "This store is on this machine: what you do is in it at once."
        return
    if link.word == "connecting":
        yield connecting(link)
    elif link.word == "filling":
        yield filling(link)
    elif link.stale or link.refused:
        again = f" Asked again in {in_words(link.retry_in)}." if link.retry_in else ""
        yield f"{next(down(session, link))}{again}"
    else:
        seq = link.status.seq if link.status is not None else 0
        yield f"{link.host} answered {in_words(link.age or 0)} ago; all is here up to seq {seq}."
        if link.status is not None and link.status.sentence:
            yield next(blocked(link), link.status.sentence)
    for sentence in (restored(link, session.now)[0] if link.restored else "", returned(link), skewed(link)):
        if sentence:
            yield sentence


def moment(at: Micros, now: Micros) -> str:
    """Return an instant's time of day; with its day if that is another one's."""
    if not at:
        return "the start"
    return clock(at) if now - at < DAY else day_clock(at)
