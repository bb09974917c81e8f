"""Nothing grows past the size at which it wants splitting; what is past it already may only shrink."""

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.tree import dotted, modules, parse

LIMITS = {"file": 500, "function": 60, "class": 30, "screen": 400}
"""Lines of a file, lines of a function, methods of a class, lines of a Textual App or Screen."""

RATCHET: dict[str, dict[str, int]] = tomllib.loads(Path(__file__).with_name("ratchet.toml").read_text(encoding="utf-8"))


def sizes(kind: str) -> Iterator[tuple[str, int]]:
    """Every thing of a kind with its size."""
    for path in modules():
        if kind == "file":
            yield dotted(path), len(path.read_text(encoding="utf-8").splitlines())
        else:
            yield from _inside(kind, parse(path), dotted(path))


def _inside(kind: str, node: ast.AST, within: str) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        name = f"{within}.{child.name}" if isinstance(child, _NAMED) else within
        if isinstance(child, _FUNCTIONS) and kind == "function":
            yield name, _lines(child)
        if isinstance(child, ast.ClassDef) and kind == "class":
            yield name, sum(isinstance(item, _FUNCTIONS) for item in child.body)
        if isinstance(child, ast.ClassDef) and kind == "screen" and _is_screen(child):
            yield name, _lines(child)
        yield from _inside(kind, child, name)


_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_NAMED = (*_FUNCTIONS, ast.ClassDef)


def _lines(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _is_screen(node: ast.ClassDef) -> bool:
    bases = (base.value if isinstance(base, ast.Subscript) else base for base in node.bases)
    return any(ast.unparse(base).endswith(("App", "Screen")) for base in bases)


@pytest.mark.parametrize("kind", LIMITS)
def test_only_what_the_ratchet_names_is_too_large(kind: str) -> None:
    large = {name: size for name, size in sizes(kind) if size > LIMITS[kind]}
    assert large == RATCHET[kind], f"limit {LIMITS[kind]}: split what is new, lower what has shrunk"


def test_the_measure_finds_what_it_measures() -> None:
    source = "class Board(Screen[None]):\n    def a(self): ...\n    async def b(self):\n        pass\n"
    tree = ast.parse(source)
    assert dict(_inside("function", tree, "m")) == {"m.Board.a": 1, "m.Board.b": 2}
    assert dict(_inside("class", tree, "m")) == {"m.Board": 2}
    assert dict(_inside("screen", tree, "m")) == {"m.Board": 4}
