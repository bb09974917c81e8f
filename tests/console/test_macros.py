"""Macros, lines and keys told of on a real store: recorded, played as often as asked, stopped where refused, kept."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from noc_tui.console.kept import Kept, Stroke, Things, with_line, with_macro
from tests.console.night import Night, ordinary
from tests.console.test_working import deeds
from tests.console.watching import Console, console_on


async def played(console: Console) -> None:
    """Wait until no macro is under way."""
    await console.until(lambda: not console.app.hands.macros.playing, "the macro has ended")
    await console.lands()


async def test_what_was_recorded_is_done_again(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("Q a")
        assert "REC a" in console.lines()[-1]
        await console.press("a n")
        await console.type("seen at the desk")
        await console.press("enter j Q")
        assert "REC" not in console.lines()[-1]
        await console.lands()
        assert dict(console.app.hands.macros.shown())["a"].endswith("d e s k Enter j")
        await console.press("@ a")
        await played(console)
        assert deeds(night) == ["incident.acked", "incident.noted"] * 2


async def test_it_stops_where_it_is_refused_and_says_where(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("Q z a j Q")
        await console.lands()
        await console.press("k")
        console.send(*"5@z")
        await console.until(lambda: "stopped" in console.session.said.text, "it stops")
        assert "Macro z stopped at key 1 of 2 (a): INC-" in console.session.said.text
        assert len(deeds(night)) == 1


async def test_it_ends_with_escape_and_what_was_typed_since_is_left_out(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("Q b j k Q")
        console.send(*"9999@b", "r", "f", "escape")
        await console.until(lambda: "you ended it" in console.session.said.text, "it ends")
        assert "2 keys typed since were left out" in console.app.session.said.text
        assert deeds(night) == []


async def test_what_is_typed_behind_it_comes_after_it(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("g g Q b j j Q g g")
        first = console.app.board.cursor
        console.send(*"@bk")
        await played(console)
        await console.press("k")
        assert console.app.board.cursor == first


async def test_one_that_plays_itself_ends(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        console.app.hands.kept.change(with_macro("a", (Stroke("j", "j"), Stroke("@", "@"), Stroke("b", "b"))))
        console.app.hands.kept.change(with_macro("b", (Stroke("k", "k"), Stroke("@", "@"), Stroke("a", "a"))))
        await console.press("@ a")
        await played(console)
        assert "would play itself" in console.app.session.said.text


async def test_the_last_one_again(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("@ @")
        assert "No macro was played yet" in console.lines()[-2]
        await console.press("g g Q c j Q g g @ c @ @")
        await played(console)
        await console.press("k k")
        assert console.app.board.cursor == console.session.board.lines.number_at(
            console.app.board.source.index_of(console.app.board.cursor or 0) or 0
        )


async def test_which_key_names_the_macros_that_there_are(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("Q d j j k Q")
        console.send("@")
        await console.until(lambda: "d j j k" in console.text(), "which-key shows the macro")


async def test_a_count_that_waits_is_shown(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("1 2")
        assert console.lines()[-1].split()[:2] == ["NORMAL", "12"]
        await console.press("j")
        assert "12" not in console.lines()[-1].split()[:2]
        await console.press("3 g")
        assert console.lines()[-1].split()[1] == "3g"
        await console.press("escape")
        assert "3g" not in console.lines()[-1]


async def test_a_number_picks_so_many_and_the_last_picks_come_again(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press("g v")
        assert "Nothing was picked before" in console.lines()[-2]
        await console.press("3 space a")
        await console.lands()
        assert len(console.session.picks) == 0
        await console.press("g v")
        assert len(console.session.picks) == 3
        await console.press("U 9 9 9 space")
        assert len(console.session.picks) > 3


def test_what_is_kept_is_there_the_next_time(tmp_path: Path) -> None:
    path = tmp_path / "data" / "console.json"
    for letter in "ab":
        kept = Kept(path)
        kept.begin()
        kept.change(with_macro(letter, (Stroke("j", "j"),)))
        kept.change(with_line("command", f"take {letter}"))
        kept.close()
    assert path.stat().st_mode & 0o777 == 0o600
    kept = Kept(path)
    kept.begin()
    kept.close()
    things = kept.look()
    assert (sorted(things.macros), things.lines["command"]) == (["a", "b"], ("take a", "take b"))


def test_two_consoles_keep_what_is_their_own(tmp_path: Path) -> None:
    path = tmp_path / "console.json"
    one, other = Kept(path), Kept(path)
    for kept, letter in ((one, "a"), (other, "b")):
        kept.begin()
        kept.look()
        kept.change(with_macro(letter, (Stroke("j", "j"),)))
    one.close()
    other.close()
    again = Kept(path)
    again.begin()
    again.close()
    assert sorted(again.look().macros) == ["a", "b"]


def test_what_is_damaged_is_put_aside_and_told(tmp_path: Path) -> None:
    path, told = tmp_path / "console.json", list[str]()
    path.write_bytes(b'{"macros": 5}')
    kept = Kept(path, told.append)
    kept.begin()
    kept.close()
    assert kept.look() == Things()
    assert "is damaged" in told[0]
    assert path.with_suffix(".damaged").exists()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file", encoding="utf-8")
    told = list[str]()
    kept = Kept(tmp_path / "data" / "console.json", told.append)
    kept.begin()
    kept.change(lambda things: replace(things, used=frozenset(("ack",))))
    kept.close()
    assert kept.look().used == {"ack"}
    assert any("cannot be written" in one or "cannot be read" in one for one in told)


async def test_a_verb_called_by_name_three_times_is_told_with_its_key_once(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        for times in range(4):
            console.session.coached = console.session.coached.__class__("", 0)
            await console.press(":")
            await console.type("take")
            await console.press("enter j")
            await console.lands()
            assert ("t does that too: take." in console.session.coached.text) == (times == 2)
        assert console.app.hands.kept.look().spelled == {"take": 3}


async def test_a_line_typed_before_is_found_again(night: Night) -> None:
    ordinary(night)
    async with console_on(night.path, night.now) as console:
        await console.press(":")
        await console.type("sort age")
        await console.press("enter : ctrl+r")
        assert "sort age" in console.lines()[-2]
        await console.press("escape : up")
        assert "sort age" in console.lines()[-2]
