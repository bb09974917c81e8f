"""Folders are packages, modules are named for what they hold, and widgets stand alone."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.tree import modules, name_of, parse

VAGUE = {"base", "common", "helper", "helpers", "manager", "misc", "util", "utils"}
"""Names that say nothing of what is inside."""

IMPURE_CALLS = {"open", "print", "input", "exec", "eval", "__import__"}
IMPURE_METHODS = {"now", "utcnow", "today", "uuid1", "uuid4", "uuid6", "uuid7", "getnode"}
"""Calls that import contracts cannot see: a clock or an identity that was not handed in."""


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in modules()}
    bare = sorted(name_of(folder) for folder in folders if not (folder / "__init__.py").is_file())
    assert bare == [], "import-linter cannot see a folder without __init__.py"


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [name_of(path) for path in modules() if VAGUE & {path.stem, path.parent.name}] == []


def test_widgets_import_textual_and_rich_alone() -> None:
    allowed = sys.stdlib_module_names | {"textual", "rich", "widgets"}
    found = [
        f"{name_of(path)}: {name}"
        for path in modules("widgets")
        for name in _imported(path)
        if name.partition(".")[0] not in allowed
    ]
    assert not found, "\n".join(found)


def test_the_pure_packages_call_no_clock_and_open_nothing() -> None:
    pure = [path for path in modules("noc_tui") if {"incidents", "journal"} & set(path.parts)]
    found = [f"{name_of(path)}: {call}" for path in pure for call in _impure_calls(path)]
    assert not found, "\n".join(found)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.module or ""


def _impure_calls(path: Path) -> Iterator[str]:
    for node in ast.walk(parse(path)):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id in IMPURE_CALLS | IMPURE_METHODS:
            yield f"line {node.lineno}: {node.func.id}"
        elif isinstance(node.func, ast.Attribute) and node.func.attr in IMPURE_METHODS:
            yield f"line {node.lineno}: {ast.unparse(node.func)}"
