"""Each request is answered by one input, whatever the server does."""

from pathlib import Path

import httpx
import pytest

from noc_tui.incidents.model import Incident
from noc_tui.journal.exchange import (
    Fork,
    Gone,
    History,
    Page,
    Prior,
    PriorAsked,
    Push,
    Pushed,
    SnapshotEnd,
    SnapshotRows,
)
from noc_tui.net.client import HttpClient
from noc_tui.net.login import Login
from noc_tui.sync import effects, inputs
from noc_tui.sync.api import Api
from noc_tui.sync.effects import Effect
from noc_tui.sync.inputs import Input
from tests.unit.sync.answering import URL, Answering, always, answer_of, failing
from tests.unit.sync.script import START, TICKET, Files, Script, running
from tests.unit.sync.test_api import lines

CURSOR = START.cursor
PAGE = Page(epoch=CURSOR.epoch, after=CURSOR.seq, hash=CURSOR.hash, head=5, time=1)
POLL = effects.Poll(ticket=TICKET, cursor=CURSOR, limit=10, wait=0, deadline=10)
HISTORY = History(Incident(id=b"i", number=42), ())
SEND = effects.SendCommands(ticket=TICKET, push=Push(sent_at=1, commands=()), deadline=10)
SNAPSHOT = effects.FetchSnapshot(ticket=TICKET, deadline=10)


async def told(tmp_path: Path, effect: Effect, server: Answering, last: type[Input]) -> list[Input]:
    """What the link is told of one request, up to the last of it; beats left out."""
    script = Script(Started=[effect])
    async with running(script, server, Files(tmp_path)):
        await script.wait_for(last)
    return [input for input in script.told[1:] if not isinstance(input, inputs.Beat)]


@pytest.mark.parametrize(
    ("effect", "value", "status", "kind"),
    [
        (POLL, PAGE, 200, inputs.PageCame),
        (POLL, Fork(b"e", 7), 409, inputs.Forked),
        (POLL, Gone(9), 410, inputs.GoneBelow),
        (SEND, Pushed((), 5, 6), 200, inputs.PushedCame),
        (SEND, Fork(b"e", 7), 409, inputs.Forked),
        (effects.AskPrior(ticket=TICKET, asked=PriorAsked(seq=4), deadline=9), Prior(4), 200, inputs.PriorCame),
        (effects.FetchHistory(ticket=TICKET, number=42, deadline=9), HISTORY, 200, inputs.HistoryCame),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, object) else "",
)
async def test_an_answer(tmp_path: Path, effect: Effect, value: object, status: int, kind: type[Input]) -> None:
    (answer,) = await told(tmp_path, effect, always(value, status), kind)
    assert isinstance(answer, kind)
    assert getattr(answer, "ticket") == TICKET  # noqa: B009 (each of these has one)


async def test_a_snapshot_is_told_line_by_line(tmp_path: Path) -> None:
    server = always(lines(START, SnapshotRows(), SnapshotEnd(0, 0)))
    script = Script(Started=[SNAPSHOT])
    async with running(script, server, Files(tmp_path)):
        await script.wait_for(inputs.LineCame, lambda came: isinstance(came.line, SnapshotEnd))
    assert script.kinds() == ["Started", "LineCame", "LineCame", "LineCame"]


async def test_a_snapshot_that_breaks_off_has_failed(tmp_path: Path) -> None:
    found = await told(tmp_path, SNAPSHOT, always(lines(START)), inputs.Failed)
    assert [type(input) for input in found] == [inputs.LineCame, inputs.Failed]


async def test_a_snapshot_that_is_refused_has_failed(tmp_path: Path) -> None:
    (failed,) = await told(tmp_path, SNAPSHOT, always({}, 503), inputs.Failed)
    assert isinstance(failed, inputs.Failed)
    assert failed.status == 503


async def test_signs_of_life_are_told_while_a_poll_is_held(tmp_path: Path) -> None:
    script = Script(Started=[POLL])
    async with running(script, always(PAGE), Files(tmp_path)):
        await script.wait_for(inputs.Beat)
        await script.wait_for(inputs.PageCame)


async def failure(tmp_path: Path, server: Answering, effect: Effect = POLL) -> inputs.Failed:
    """How a request failed."""
    *_, failed = await told(tmp_path, effect, server, inputs.Failed)
    assert isinstance(failed, inputs.Failed)
    return failed


@pytest.mark.parametrize(
    ("server", "trouble"),
    [
        (failing(httpx.ConnectError("no")), "unreachable"),
        (failing(httpx.ConnectTimeout("no")), "timed_out"),
        (always(b"<html>"), "garbled"),
        (always({}, 500), "status"),
        (always({}, 403), "not_allowed"),
        (Answering(lambda _: httpx.Response(302, headers={"location": "https://elsewhere.example"})), "redirected"),
        (always(b"[" + b" " * 70_000_000), "too_large"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_trouble_has_a_word_and_a_sentence(tmp_path: Path, server: Answering, trouble: str) -> None:
    failed = await failure(tmp_path, server)
    assert failed.trouble == trouble
    assert failed.sentence.endswith(".")


async def test_a_refusal_tells_when_to_come_again(tmp_path: Path) -> None:
    answer = answer_of({"error": "Later."}, 503)
    answer.headers["retry-after"] = "7"
    failed = await failure(tmp_path, Answering(lambda _: answer))
    assert (failed.status, failed.retry_after) == (503, 7.0)


async def test_a_token_that_is_not_known_says_how_to_get_another(tmp_path: Path) -> None:
    failed = await failure(tmp_path, always({}, 401))
    assert failed.trouble == "not_allowed" and "noc-tui login" in failed.sentence


async def test_an_incident_that_is_not_there_is_a_failure(tmp_path: Path) -> None:
    wanted = effects.FetchHistory(ticket=TICKET, number=42, deadline=9)
    failed = await failure(tmp_path, always({"error": "none"}, 404), wanted)
    assert (failed.trouble, failed.status) == ("status", 404)
    assert "42" in failed.sentence


async def test_without_a_usable_token_nothing_is_asked(tmp_path: Path) -> None:
    server = always(PAGE)
    server.client = HttpClient(login=Login(secret_file=tmp_path / "none"))
    server.api = Api(URL, server.client)
    assert (await failure(tmp_path, server)).trouble == "setting"
