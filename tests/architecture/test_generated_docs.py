"""The documents say what the code says: generated parts are up to date, and nothing that a user meets is left out."""

import ast
import re
import shlex
from pathlib import Path

import click
import pytest

from noc_tui.cli import faults
from noc_tui.cli.main import program
from noc_tui.console.keymap import STANDARD, key_label
from noc_tui.incidents.policy import Policy
from noc_tui.incidents.query import fields, flags
from tests.architecture.generated import blocks_in, documents, handwritten, renewed
from tests.architecture.tables import TABLES, keys_table, kinds, prefixes_table
from tests.architecture.tree import ROOT, modules, name_of, parse

EVERY = [name_of(path) for path in documents()]
VARIABLE = re.compile(r"NOC_TUI_[A-Z]+")


def read(document: str) -> str:
    """The text of a document."""
    return (ROOT / document).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", EVERY)
def test_generated_parts_are_up_to_date(document: str) -> None:
    assert read(document) == renewed(read(document)), "run make docs"


def test_every_table_has_its_place_and_every_place_its_table() -> None:
    places = [name for document in EVERY for name in blocks_in(read(document))]
    assert sorted(places) == sorted(TABLES)
    marks = sum(read(document).count("<!-- generated: ") for document in EVERY)
    assert marks == len(places), "a generated part without its end"


def test_every_key_is_told() -> None:
    single, following = keys_table(), prefixes_table()
    for sequence in STANDARD.bindings:
        if len(sequence) == 1:
            assert f"`{key_label(sequence[0])}`" in single, sequence
    told = {row.split(" | ")[0].strip("| `"): row for row in following.splitlines()}
    for sequence in STANDARD.bindings:
        if sequence[:1] in STANDARD.prefixes and len(sequence) > 1:
            keys = "".join(map(key_label, sequence[1:]))
            assert f"`{keys}` " in told[key_label(sequence[0])], sequence


def test_every_event_kind_is_told() -> None:
    journal = read("docs/journal.md")
    assert {"incident.acked", "alert.raised", "shelf.added", "desk.policy_set"} <= set(kinds())
    assert [kind for kind in kinds() if f"| `{kind}` |" not in journal] == []


def test_every_setting_of_the_policy_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \| \S", handwritten(read("docs/policy.md")), re.MULTILINE)
    assert explained == list(Policy.__struct_fields__)


def test_every_field_and_flag_of_the_filter_is_told() -> None:
    query = read("docs/query.md")
    assert [field.name for field in fields() if f"| `{field.name}` |" not in query] == []
    assert [flag.name for flag in flags() if f"| `is:{flag.name}` |" not in query] == []


def test_every_variable_of_the_environment_is_told() -> None:
    read_by = {
        node.value
        for path in modules("noc_tui")
        for node in ast.walk(parse(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and VARIABLE.fullmatch(node.value)
    }
    told = set(re.findall(r"^\| `(NOC_TUI_[A-Z]+)` \|", read("README.md"), re.MULTILINE))
    assert read_by == told


def test_every_exit_status_is_told() -> None:
    statuses = {value for name, value in vars(faults).items() if name.isupper() and isinstance(value, int)}
    told = {int(status) for status in re.findall(r"^\| (\d+) \| \S", read("README.md"), re.MULTILINE)}
    assert told == statuses


def commands_in(text: str) -> list[str]:
    """The lines of a document's blocks of code that call noc-tui, without comments and what is piped."""
    blocks = re.findall(r"^```(?:sh)?\n(.*?)^```", handwritten(text), re.DOTALL | re.MULTILINE)
    lines = [line for block in blocks for line in block.splitlines()]
    calls = [found[1] for line in lines for found in re.finditer(r"(?:^|\| )(noc-tui(?: [^|#>]*)?)", line)]
    return [call.strip() for call in calls]


@pytest.mark.parametrize("document", EVERY)
def test_every_command_of_the_documents_is_one(document: str) -> None:
    for call in commands_in(read(document)):
        words = shlex.split(call)[1:]
        command: click.Command = program
        path = "noc-tui"
        while isinstance(command, click.Group) and words and not words[0].startswith("-"):
            name = words.pop(0)
            found = command.get_command(click.Context(command), name)
            assert found is not None, f"{call}: there is no {name}"
            command, path = found, f"{path} {name}"
        command.make_context(path, words)


@pytest.mark.parametrize("document", [*EVERY, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_link_leads_somewhere(document: str) -> None:
    here = (ROOT / document).parent
    links = re.findall(r"\]\(([^)#\s]+)", read(document))
    broken = [link for link in links if "://" not in link and not (here / link).exists()]
    assert broken == []


def test_every_document_is_reached_from_the_readme() -> None:
    linked = {(ROOT / link).resolve() for link in re.findall(r"\]\(([^)#\s]+)", read("README.md")) if "://" not in link}
    folders = {path for path in linked if path.is_dir()}
    pages = [path for path in documents()[1:] if path not in linked and not folders & set(path.parents)]
    assert [name_of(path) for path in pages] == []


def test_decisions_are_numbered() -> None:
    names = [path.name for path in sorted((ROOT / "docs" / "decisions").glob("*.md"))]
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))
    for name in names:
        title = (ROOT / "docs" / "decisions" / name).read_text(encoding="utf-8").splitlines()[0]
        assert title.startswith(f"# {int(name[:4])}. ")


def test_the_picture_stands_alone() -> None:
    picture = Path(ROOT / "docs" / "board.svg").read_text(encoding="utf-8")
    assert re.findall(r"https?://[^\"']+", picture) == ["http://www.w3.org/2000/svg"]
    assert "\u00a0" not in picture
    assert "&#160;" not in picture
    assert not re.search(r"@font-face|@import|<image|<script|href=", picture)
