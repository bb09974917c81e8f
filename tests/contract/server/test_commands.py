"""Commands that are pushed: each once in the journal, by the token's person, at a time that our clock can vouch for."""

from __future__ import annotations

import asyncio

import msgspec
from msgspec.structs import replace

from noc_tui.incidents.model import HOUR, SECOND
from noc_tui.journal.exchange import Cursor, Fork, Push
from noc_tui.journal.ids import make_id
from noc_tui.journal.skew import Skew
from noc_tui.server.tokens import Role
from noc_tui.store.opening import wall_clock
from tests.contract.desk import rows, sound
from tests.contract.server.house import Client, House
from tests.contract.server.test_journal import command, start


async def test_the_actor_is_the_tokens_person_whatever_the_client_says(served: House, ana: Client) -> None:
    pushed = await ana.push(command())
    assert pushed.outcomes[0].ok
    assert rows(served.store, "SELECT actor, origin FROM journal") == [("ana", "tty1")]


async def test_what_is_sent_again_is_answered_as_before(ana: Client) -> None:
    one = command()
    first = await ana.push(one)
    again = await ana.push(one)
    assert again.outcomes == (replace(first.outcomes[0], repeated=True),)


async def test_the_same_id_with_other_content_is_refused(served: House, ana: Client) -> None:
    one = command()
    await ana.push(one)
    other = await ana.push(replace(one, args={"title": "Something else"}))
    assert (other.outcomes[0].ok, other.outcomes[0].code) == (False, "bad")
    async with served.client("ben") as ben:
        stolen = await ben.push(one)
    assert (stolen.outcomes[0].ok, stolen.outcomes[0].code) == (False, "bad")


async def test_a_wrong_clock_is_put_right_by_the_time_of_sending(served: House, ana: Client) -> None:
    for skew in (-HOUR, 0, HOUR):
        now = wall_clock()
        await ana.push(replace(command(), at=now + skew - 90 * SECOND), sent_at=now + skew)
    for at, received in rows(served.store, "SELECT at, received_at FROM journal"):
        assert 89 * SECOND < received - at < 100 * SECOND


async def test_what_is_long_on_its_way_was_done_when_it_was_pressed(served: House, ana: Client) -> None:
    now = wall_clock()
    for skew in (Skew(1_000, 5_000), None):
        await ana.push(replace(command(), at=now - 8 * SECOND), sent_at=now - 8 * SECOND, skew=skew)
    slow = now - 8 * SECOND - HOUR
    await ana.push(replace(command(), at=slow), sent_at=slow, skew=Skew(HOUR, 5_000))
    assert rows(served.store, "SELECT at FROM journal") == [(now - 8 * SECOND,)] * 3


async def test_a_clock_that_no_clock_can_be_puts_nothing_right(served: House, ana: Client) -> None:
    for skew in (Skew(1 << 62, 0), Skew(0, -(1 << 62)), Skew(-(1 << 62), 1 << 62)):
        await ana.push(replace(command(), at=wall_clock() - HOUR), skew=skew)
    assert all(at == received for at, received in rows(served.store, "SELECT at, received_at FROM journal"))


async def test_nothing_was_done_before_what_its_author_had_seen_nor_after_now(served: House, ana: Client) -> None:
    pushed = await ana.push(command())
    await served.until(lambda: served.desk.tail.head.seq == pushed.head)
    cursor, now = await start(ana), wall_clock()
    for at in (now - HOUR, now + HOUR, -(1 << 63)):
        await ana.push(replace(command(), at=at, seen=cursor.seq), cursor=cursor, sent_at=now)
    (_, seen), early, late, odd = rows(served.store, "SELECT at, received_at FROM journal ORDER BY seq")
    assert early[0] == seen
    assert late[0] <= late[1]
    assert odd[0] == odd[1]


async def test_what_was_pressed_offline_is_done_when_it_was_pressed_whatever_was_learned_before_it_was_sent(
    served: House, ana: Client
) -> None:
    before = await start(ana)
    pushed = await ana.push(command())
    await served.until(lambda: served.desk.tail.head.seq == pushed.head)
    cursor, now = await start(ana), wall_clock()
    for seen in (before.seq, 0, cursor.seq + 1, -1):
        await ana.push(replace(command(), at=now - HOUR, seen=seen), cursor=cursor, sent_at=now)
    await ana.push(replace(command(), at=now - HOUR, seen=cursor.seq), sent_at=now)
    _, *offline = rows(served.store, "SELECT at, received_at FROM journal ORDER BY seq")
    assert len(offline) == 5
    assert all(HOUR <= received - at < HOUR + 30 * SECOND for at, received in offline)


async def test_an_incident_logged_offline_was_opened_when_it_was_logged(served: House, ana: Client) -> None:
    now = wall_clock()
    await ana.push(replace(command(), at=now - HOUR - 90 * SECOND), sent_at=now - HOUR)
    ((at, opened, updated),) = rows(
        served.store, "SELECT at, opened_at, updated_at FROM journal JOIN incidents USING (number)"
    )
    assert opened == at < updated - 89 * SECOND


async def test_nothing_is_done_of_a_push_from_another_history(served: House, ana: Client) -> None:
    cursor = await start(ana)
    answer = await ana.post(Push(wall_clock(), (command(),), Cursor(cursor.epoch, 7, bytes(32))))
    assert answer.status_code == 409
    assert msgspec.json.decode(answer.content, type=Fork).head == cursor.seq
    assert rows(served.store, "SELECT count(*) FROM journal") == [(0,)]
    assert served.desk.metrics.forks == 1


async def test_more_than_can_be_taken_at_once_is_refused_whole(served: House, ana: Client) -> None:
    answer = await ana.post(Push(wall_clock(), tuple(command(title="x") for _ in range(501))))
    assert answer.status_code == 400
    assert "500" in answer.json()["error"]
    assert rows(served.store, "SELECT count(*) FROM journal") == [(0,)]


async def test_one_refused_command_stops_none_of_the_others(ana: Client) -> None:
    odd = replace(command(), id=b"short")
    unknown = command("nonsense", make_id(1, bytes(10)))
    pushed = await ana.push(command(), odd, unknown, command())
    assert [outcome.ok for outcome in pushed.outcomes] == [True, False, False, True]
    assert {outcome.code for outcome in pushed.outcomes[1:3]} <= {"bad", "gone"}


async def test_five_hundred_commands_of_several_clients_at_once_are_each_once_in_the_journal(served: House) -> None:
    async def work(client: Client, count: int) -> list[int]:
        sent = [command() for _ in range(count)]
        answers = await asyncio.gather(*(client.push(*sent[at : at + 5]) for at in range(0, count, 5)))
        again = await asyncio.gather(*(client.push(one) for one in sent[::10]))
        assert all(outcome.repeated for pushed in again for outcome in pushed.outcomes)
        return [seq for pushed in answers for outcome in pushed.outcomes for seq in outcome.seqs]

    names: list[tuple[str, Role]] = [("ana", "operator"), ("ben", "operator"), ("eve", "admin"), ("kim", "operator")]
    async with (
        served.client(*names[0]) as one,
        served.client(*names[1]) as two,
        served.client(*names[2]) as three,
        served.client(*names[3]) as four,
    ):
        seqs = await asyncio.gather(*(work(client, 125) for client in (one, two, three, four)))
    assert sorted(seq for part in seqs for seq in part) == list(range(1, 501))
    assert rows(served.store, "SELECT count(DISTINCT command_id) FROM journal") == [(500,)]
    assert rows(served.store, "SELECT actor, count(*) FROM journal GROUP BY actor") == [
        (name, 125) for name, _ in names
    ]
    sound(served.store)
