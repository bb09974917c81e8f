"""Files that anybody may have written: each is taken, or refused in a sentence; never a traceback, never half done."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, Final

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noc_tui.cli.faults import Trouble
from noc_tui.cli.main import main
from noc_tui.cli.own_keys import own_keys
from noc_tui.cli.preferences import Preferences, read_preferences
from noc_tui.console.own_views import OwnViews
from noc_tui.store.exporting import export_journal
from noc_tui.store.importing import OtherImport, import_journal
from noc_tui.store.opening import wall_clock
from noc_tui.store.unfinished import UnfinishedStore
from noc_tui.store.verify import verify
from tests.contract.desk import Desk, report

SHORT: Final = settings(max_examples=15, suppress_health_check=list(HealthCheck))
LONG: Final = settings(max_examples=1_500, suppress_health_check=list(HealthCheck))
"""The same proof in the usual run, and in the long one."""

COMMANDS: Final = (
    *(("list", "--json"), ("list", "note:hello"), ("show", "1"), ("journal", "--json"), ("board", "--at", "now")),
    *(("verify",), ("doctor",), ("search", "link"), ("policy", "show"), ("view", "list")),
    *(("log", "y"), ("do", "ack", "2"), ("alert", "send", "--key", "k", "--resource", "r", "--severity", "major")),
)
"""What is done with a store."""
VALUES: Final[st.SearchStrategy[Any]] = st.one_of(
    st.none(),
    st.sampled_from([0, -1, 1, 2**40, 10**18, 2**62, -(2**63)]),
    st.sampled_from(["", "[]", "{}", "null", '["x"]', '{"a":1}', "P1", "new"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
    st.binary(max_size=17),
    st.just("\x1b[2J\x9b\u202e"),
)
"""What a column holds that no program of ours wrote into it."""
PLAIN: Final[st.SearchStrategy[Any]] = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=6), inner, max_size=3)),
    max_leaves=6,
)
"""Any value of JSON."""


def call(*words: str) -> tuple[int, str, str]:
    """Run a command in this process: its exit status, and what it printed."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with redirect_stdout(out), redirect_stderr(err):
        status = main(list(words))
    said, told = (stream.buffer for stream in (out, err))
    assert isinstance(said, io.BytesIO)
    assert isinstance(told, io.BytesIO)
    return status, said.getvalue().decode(), told.getvalue().decode()


def in_words(*words: str) -> tuple[int, str, str]:
    """Run a command, which does it or says in a sentence why not."""
    ran = status, _, err = call(*words)
    assert status in (0, 1, 2), (words, ran)
    assert "Traceback" not in err, (words, err)
    assert "unexpected failure" not in err, (words, err)
    assert status != 1 or err.strip() or words[0] == "verify", (words, ran)
    return ran


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A sound store's one file."""
    desk = Desk(tmp_path_factory.mktemp("written"))
    with closing(desk.open()) as store:
        first, second = desk.log(store), desk.log(store, "Fan stopped")
        desk.do(store, "ack", first)
        desk.do(store, "note", second, text="hello")
        store.ingest([report(str(n)) for n in range(3)])
    with closing(sqlite3.connect(desk.path)) as db:
        db.execute("PRAGMA journal_mode = DELETE")
    return desk.path.read_bytes()


@pytest.fixture(scope="module")
def exported(written: bytes, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The lines of its export."""
    out = io.BytesIO()
    export_journal(laid_out(tmp_path_factory.mktemp("exported"), written), out)
    return out.getvalue().splitlines(keepends=True)


def laid_out(place: Path, body: bytes) -> Path:
    """A store of this body, and nothing beside it."""
    for old in place.glob("noc.db*"):
        old.unlink()
    store = place / "noc.db"
    store.write_bytes(body)
    return store


def attack_by_value(place: Path, written: bytes, data: st.DataObject) -> None:
    """Put a strange value into a store, and do everything with it."""
    store = laid_out(place, written)
    with closing(sqlite3.connect(store)) as db:
        table = data.draw(st.sampled_from(["meta", "journal_head", "journal", "incidents", "alerts", "receipts"]))
        column = data.draw(st.sampled_from([row[1] for row in db.execute(f"PRAGMA table_info({table})")]))
        try:
            db.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", (data.draw(VALUES),))
        except sqlite3.Error:  # a strict table: it takes no such value
            return
        db.commit()
    for words in COMMANDS:
        in_words(*words, "--store", str(store))


def attack_by_bytes(place: Path, written: bytes, data: st.DataObject) -> None:
    """Change bytes of a store, cut it, or take bytes of no store; and do everything with it."""
    body = bytearray(written)
    for _ in range(data.draw(st.integers(1, 32))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    end = data.draw(st.one_of(st.just(len(body)), st.integers(0, len(body))))
    store = laid_out(place, bytes(body[:end]) if data.draw(st.integers(0, 9)) else data.draw(st.binary(max_size=300)))
    for words in COMMANDS:
        in_words(*words, "--store", str(store))


ATTACKS: Final = pytest.mark.parametrize("attack", [attack_by_value, attack_by_bytes])
Attack = Callable[[Path, bytes, st.DataObject], None]


@ATTACKS
@SHORT
@given(data=st.data())
def test_a_damaged_store_is_said_to_be_damaged(
    tmp_path: Path, written: bytes, attack: Attack, data: st.DataObject
) -> None:
    attack(tmp_path, written, data)


@pytest.mark.slow
@ATTACKS
@LONG
@given(data=st.data())
def test_a_damaged_store_is_said_to_be_damaged_however_it_is(
    tmp_path: Path, written: bytes, attack: Attack, data: st.DataObject
) -> None:
    attack(tmp_path, written, data)


def test_the_damage_is_named_and_the_remedy_too(tmp_path: Path, written: bytes) -> None:
    store = laid_out(tmp_path, written)
    with closing(sqlite3.connect(store)) as db:
        db.execute("UPDATE incidents SET labels = '{}' WHERE number = 1")
        db.commit()
    status, out, err = in_words("show", "1", "--store", str(store))
    assert (status, out) == (1, "")
    assert f"The store {store} is damaged" in err
    assert "restore a backup with `noc-tui restore`" in err
    laid_out(tmp_path, written)
    assert in_words("show", "1", "--store", str(store))[0] == 0


TOML: Final = st.one_of(
    st.integers().map(str),
    st.sampled_from(["true", "1e400", "nan", "1979-05-27"]),
    st.sampled_from(['""', "[]", "{}", "[[]]", '"x"', '"\\u001b[2J"', "'''\n'''"]),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=10).map(json.dumps),
)
NAMES: Final = st.one_of(
    st.sampled_from([*Preferences.__struct_fields__, "keys.resolve", "keys.ack", "source.name", "templates.x"]),
    st.text("abz.-", min_size=1, max_size=5),
)
HEADS: Final = st.sampled_from(["[[source]]", "[[remote]]", "[keys]", "[templates]", "[x]", "", "[[keys]]"])


@SHORT
@given(
    lines=st.lists(st.one_of(HEADS, st.tuples(NAMES, TOML).map(" = ".join)), max_size=6),
    noise=st.binary(max_size=4),
)
def test_a_configuration_is_taken_or_refused_with_the_place(tmp_path: Path, lines: list[str], noise: bytes) -> None:
    file = tmp_path / "config.toml"
    file.write_bytes("\n".join(lines).encode() + noise)
    try:
        preferences = read_preferences(file)
    except Trouble as trouble:
        assert str(file) in str(trouble)
        return
    own_keys(preferences, file)


@SHORT
@given(body=st.one_of(st.binary(max_size=40), PLAIN.map(msgspec.json.encode)))
def test_a_policy_is_taken_or_refused_and_what_was_stays(tmp_path: Path, body: bytes) -> None:
    store, file = str(tmp_path / "noc.db"), tmp_path / "policy.json"
    file.write_bytes(body)
    if not Path(store).exists():
        in_words("log", "Link down", "--store", store)
    _, before, _ = in_words("policy", "show", "--store", store)
    status, _, _ = in_words("policy", "set", str(file), "--store", store)
    _, after, _ = in_words("policy", "show", "--store", store)
    assert status == 0 or after == before


@SHORT
@given(body=st.one_of(st.binary(max_size=40), PLAIN.map(lambda found: msgspec.json.encode({"views": found}))))
def test_own_views_are_read_or_left_alone(tmp_path: Path, body: bytes) -> None:
    for name in ("views.json", "left.json"):
        (tmp_path / name).write_bytes(body)
    own = OwnViews(tmp_path, "noc")
    own.read()
    own.left()
    assert (tmp_path / "views.json").read_bytes() == body


@SHORT
@given(body=st.one_of(st.binary(max_size=60), PLAIN.map(msgspec.json.encode)))
def test_a_file_of_tokens_lets_nobody_in_unless_it_is_ours(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "noc.db-tokens").write_bytes(body)
    (tmp_path / "noc.db-tokens").chmod(0o600)
    in_words("token", "list", "--store", str(tmp_path / "noc.db"))


@SHORT
@given(data=st.data())
def test_an_import_is_whole_or_goes_on_with_a_whole_export(
    tmp_path: Path, exported: list[bytes], data: st.DataObject
) -> None:
    target, file = tmp_path / "new.db", tmp_path / "lines"
    for old in tmp_path.glob("new.db*"):
        old.unlink()
    file.write_bytes(b"".join(damaged(exported, data.draw(st.integers(0, len(exported) - 1)), data)))
    status, _, _ = in_words("import", str(file), "--store", str(target))
    if status == 0 or not target.exists():
        return
    assert unfinished(target)
    try:
        import_journal(target, exported, clock=wall_clock)
    except OtherImport:  # the first line was changed: it says so, and what was begun is to be deleted
        return
    assert verify(target).ok
    assert not unfinished(target)


def damaged(lines: list[bytes], at: int, data: st.DataObject) -> list[bytes]:
    """An export with one line changed: a field of it, its bytes, its place; or cut there."""
    how = data.draw(st.sampled_from(["field", "bytes", "twice", "left out", "cut"]))
    line = lines[at]
    if how == "field":
        fields = json.loads(line)
        name = data.draw(st.sampled_from(sorted(fields)))
        fields[name] = data.draw(PLAIN)
        return [*lines[:at], json.dumps(fields).encode() + b"\n", *lines[at + 1 :]]
    if how == "bytes":
        place, byte = data.draw(st.integers(0, len(line) - 1)), data.draw(st.binary(min_size=1, max_size=2))
        return [*lines[:at], line[:place] + byte + line[place + 1 :], *lines[at + 1 :]]
    if how == "cut":
        return [*lines[:at], line[: data.draw(st.integers(0, len(line) - 1))]]
    return [*lines[:at], *([line, line] if how == "twice" else []), *lines[at + 1 :]]


def unfinished(target: Path) -> bool:
    """Whether nobody may work on the store yet, for its import is not finished."""
    status, _, err = call("list", "--store", str(target))
    return status == 1 and str(UnfinishedStore(target)) in err
