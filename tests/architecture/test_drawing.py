"""A picture made of a screenshot stands alone, and each word has its own place."""

import io
import re

from rich.console import Console
from rich.text import Text

from tests.architecture.drawing import drawn


def screenshot(*lines: Text) -> str:
    """Lines as Textual would export them: by Rich, with its window and its fonts from elsewhere."""
    console = Console(width=40, record=True, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in lines:
        line.pad_right(40 - line.cell_len)
        console.print(line)
    return console.export_svg(title="NOC")


def placed(picture: str) -> list[tuple[float, str]]:
    """Where the words begin, and what they are."""
    return [(float(x), word) for x, word in re.findall(r'<text class="s\d+" x="([\d.]+)"[^>]*>([^<]*)</text>', picture)]


def test_words_of_one_run_keep_their_columns() -> None:
    text = Text("   P1 0/1   a & b    end", style="#c6c6c6 on #1c1c1c")
    assert placed(drawn(screenshot(text))) == [(36.6, "P1 0/1"), (146.4, "a &amp; b"), (256.2, "end")]


def test_what_is_marked_keeps_its_block() -> None:
    line = Text("plain  ", style="#c6c6c6 on #1c1c1c")
    line.append("-5d", style="bold #af0000 on #ffffff")
    ground = Text("under it", style="#c6c6c6 on #1c1c1c")
    picture = drawn(screenshot(line, ground))
    assert '<rect x="85.4" y="1.5" width="36.6" height="24.6" fill="#ffffff"/>' in picture
    assert "font-weight: bold" in picture


def test_nothing_is_fetched() -> None:
    screen = screenshot(Text("x", style="#c6c6c6 on #1c1c1c"))
    assert "https://" in screen
    assert "https://" not in drawn(screen)
