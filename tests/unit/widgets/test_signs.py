"""Signs take one cell each, and the ASCII ones are ASCII."""

from dataclasses import fields

import pytest
from rich.cells import cell_len

from widgets.signs import ASCII, UNICODE, Signs

TEXTS = [field.name for field in fields(Signs) if field.name != "unicode"]


@pytest.mark.parametrize("signs", [UNICODE, ASCII])
@pytest.mark.parametrize("name", TEXTS)
def test_one_cell_each(signs: Signs, name: str) -> None:
    text = getattr(signs, name)

    assert [cell_len(sign) for sign in text] == [1] * (4 if name == "sparks" else 1)


@pytest.mark.parametrize("name", TEXTS)
def test_ascii(name: str) -> None:
    assert getattr(ASCII, name).isascii()


def test_chosen_by_what_the_terminal_draws() -> None:
    assert Signs.of(unicode=True) is UNICODE
    assert Signs.of(unicode=False) is ASCII
