"""Finds code that nothing uses; `python -m tests.architecture.dead_code` exits 1 if there is any.

Vulture, without its false finds on values: fields of a class are read by codecs and comparisons, not by name.
Names that others call are listed in pyproject.toml, under tool.vulture, by who calls them.
"""

import ast
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from vulture import Vulture
from vulture.core import Item

from tests.architecture.tree import ROOT, modules, name_of, parse


def dead() -> Iterator[Item]:
    """What nothing in the program or its tests uses."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["vulture"]
    finder = Vulture(ignore_names=config["ignore_names"], ignore_decorators=config["ignore_decorators"])
    finder.scavenge([str(ROOT / package) for package in config["paths"]])
    fields = {(path, line) for path in modules() for line in field_lines(path)}
    for item in finder.get_unused_code(min_confidence=config["min_confidence"]):
        if (Path(item.filename), item.first_lineno) not in fields:
            yield item


def field_lines(path: Path) -> Iterator[int]:
    """The lines of a module that declare a class's fields or an enumeration's members."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.ClassDef):
            yield from (item.lineno for item in node.body if isinstance(item, ast.AnnAssign | ast.Assign))


def main() -> int:
    """Print what is dead, one a line, and return the exit status."""
    found = list(dead())
    for item in found:
        print(f"{name_of(Path(item.filename))}:{item.first_lineno}: unused {item.typ} {item.name}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
