"""Every widget on one screen, for whoever wants to see them: `python -m widgets`."""

from collections.abc import Callable, Hashable, Mapping
from itertools import cycle
from typing import Final

from textual import events
from textual.app import App, ComposeResult

from widgets.board import Board
from widgets.ink import THEMES, Palette, ThemeName
from widgets.line import Line, cut_middle, fit
from widgets.lines import Lines
from widgets.meter import bar, life_line, meter, spark, steps
from widgets.prompt import Prompt
from widgets.roles import (
    BADGE1,
    BADGE2,
    BRIGHT,
    KEY,
    LATE,
    MUTED,
    P3,
    P4,
    P5,
    RULE,
    SOON,
    STRONG,
    TEXT,
    RowState,
    Run,
)
from widgets.rows import BoardLine
from widgets.signs import Signs

_HEADS: Final = {0: "First band", 40: "Second band"}
"""The keyless lines of the gallery's board, by index."""


class Swatches:
    """A source of rows that has one of every look, over and over."""

    def __init__(self, signs: Signs, size: int = 1000) -> None:
        self.signs = signs
        self.size = size

    def count(self) -> int:
        """As many lines as asked for."""
        return self.size

    def key_at(self, index: int) -> int | None:
        """A row's key is its index."""
        return None if index in _HEADS else index

    def index_of(self, key: int) -> int | None:
        """A row's index is its key."""
        return key if 0 <= key < self.size and key not in _HEADS else None

    def version_at(self, index: int) -> Hashable:
        """Nothing ever changes here."""
        return index

    def foot(self, _above: int, below: int, _width: int) -> Line | None:
        """How many rows are out of sight."""
        return [(f"   {self.size - below} more below", MUTED)] if below < self.size else None

    def line(self, index: int, width: int) -> BoardLine:
        """A row in one of eight looks."""
        if index in _HEADS:
            return BoardLine([("   ", TEXT), (_HEADS[index], BRIGHT)])
        badge, clock, name, state = _LOOKS[index % len(_LOOKS)]
        signs = self.signs
        new = badge[1] != TEXT
        return BoardLine(
            [
                ("  ", TEXT),
                badge,
                (" ", TEXT),
                (signs.new if new else " ", badge[1] if badge[1] in (P3, P4, P5) else BRIGHT),
                (fit(" new" if new else " acked", 10), BRIGHT if new else MUTED),
                (fit(f"{index % 60}m", 5, "right"), TEXT if new else MUTED),
                ("  ", TEXT),
                clock,
                ("  ", TEXT),
                (fit(name, 16, cut=cut_middle, sign=signs.cut), STRONG if new else TEXT),
                ("  ", TEXT),
                (fit(f"what row {index} says", max(0, width - 53), sign=signs.cut), BRIGHT if new else TEXT),
            ],
            state,
        )


_LOOKS: Final[tuple[tuple[Run, Run, str, RowState], ...]] = (
    ((" !1 ", BADGE1), (" 14m", TEXT), "an alarm row", RowState.ALARM),
    ((" !2 ", BADGE2), (" 27m", TEXT), "a warn block", RowState.PLAIN),
    ((" !3 ", P3), (" 54m", TEXT), "p3", RowState.PLAIN),
    ((" !4 ", P4), ("7h54", TEXT), "p4", RowState.PLAIN),
    ((" !5 ", P5), (" 23h", TEXT), "p5", RowState.PLAIN),
    (("  3 ", TEXT), (" 48m", SOON), "a clock running out", RowState.PLAIN),
    (("  3 ", TEXT), ("-12m", LATE), "a clock that ran out", RowState.PLAIN),
    (("  4 ", TEXT), (" 19h", MUTED), "pe07.par3-a-long-name:ge-0/0/3", RowState.PLAIN),
)

_KEYS: Final[Mapping[str, Callable[[Board], object]]] = {
    "j": lambda board: board.move(1),
    "down": lambda board: board.move(1),
    "k": lambda board: board.move(-1),
    "up": lambda board: board.move(-1),
    "pagedown": lambda board: board.page(1),
    "pageup": lambda board: board.page(-1),
    "ctrl+d": lambda board: board.half_page(1),
    "ctrl+u": lambda board: board.half_page(-1),
    "home": Board.home,
    "end": Board.end,
    "H": lambda board: board.to_screen_row("H"),
    "M": lambda board: board.to_screen_row("M"),
    "L": lambda board: board.to_screen_row("L"),
    "enter": Board.activate,
}


class Gallery(App[None]):
    """The widgets, their keys and their colours."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: $ground; }"

    def __init__(self, name: ThemeName = "dark", *, unicode: bool = True) -> None:
        self.palette = Palette(name)
        self.signs = Signs.of(unicode)
        super().__init__(ansi_color=self.palette.ansi)
        for theme in THEMES:
            self.register_theme(Palette(theme).textual_theme())
        self.theme = name
        self._themes = cycle([*THEMES[THEMES.index(name) + 1 :], *THEMES[: THEMES.index(name) + 1]])
        self._picked: set[int] = set()

    def compose(self) -> ComposeResult:
        """Bar, heads, board, pane, prompt and bar again."""
        yield Lines(self.palette, RowState.RAISED, height=1, id="bar")
        yield Lines(self.palette, height=2, id="heads")
        yield Board(Swatches(self.signs), self.palette, self.signs, row_state=self._row_state, id="board")
        yield Lines(self.palette, height=7, id="pane")
        yield Prompt(self.palette, self.signs, id="prompt")
        yield Lines(self.palette, RowState.RAISED, height=1, id="status")

    def on_mount(self) -> None:
        """Fill in the fixed lines."""
        self.query_one("#bar", Lines).show(
            [[("   gallery   ", MUTED), (" P1 2/3 ", BADGE1), (" ", TEXT), (" P2 2/5 ", BADGE2)]]
        )
        self.query_one("#heads", Lines).show(
            [[], [(fit("    P  state       age   sla  resource          summary", 70), MUTED)]]
        )
        self.query_one("#pane", Lines).show(self._pane())
        self.query_one("#status", Lines).show(
            [[("   ", TEXT), *_key("j k", "move"), *_key("Space", "pick"), *_key("/", "write"),
              *_key("c", "colours"), *_key("q", "leave")]]
        )  # fmt: skip
        self.query_one("#prompt", Prompt).open("prompt", "text with a caret")
        self.query_one("#board").focus()

    def on_key(self, event: events.Key) -> None:
        """Feed the board."""
        board = self.query_one("#board", Board)
        act = _KEYS.get(event.key)
        if act is not None:
            act(board)
        elif event.key == "space" and board.cursor is not None:
            self._picked ^= {board.cursor}
            board.refresh_keys({board.cursor})
            board.move(1)
        elif event.key == "slash":
            self.query_one("#prompt").focus()
        elif event.key == "c":
            self._recolour(next(self._themes))
        elif event.key == "q":
            self.exit()

    def on_prompt_submitted(self) -> None:
        """Give the keys back to the board."""
        self.query_one("#board").focus()

    def on_prompt_cancelled(self) -> None:
        """Give the keys back to the board."""
        self.query_one("#board").focus()

    def _row_state(self, key: int) -> RowState:
        return RowState.PICKED if key in self._picked else RowState.PLAIN

    def _recolour(self, name: ThemeName) -> None:
        self.palette = palette = Palette(name)
        self.ansi_color = palette.ansi
        self.theme = name
        self.query_one("#board", Board).repalette(palette, self.signs)
        self.query_one("#prompt", Prompt).repalette(palette, self.signs)
        for lines in self.query(Lines):
            lines.repalette(palette)

    def _pane(self) -> list[Line]:
        signs = self.signs
        values = [0, 1, 0, 2, 3, 8, 4, 1, 0, 2, 9]
        figures: list[tuple[str, list[Run]]] = [
            ("meter", meter(0.2, 40, signs)),
            ("meter, late", meter(0.85, 40, signs, SOON)),
            ("life line", life_line([(0.1, 0.3), (0.5, 0.52), (0.9, 1)], 40, signs)),
            ("bar", bar(0.6, 40, signs)),
            ("rate", spark(values, signs, loud=8)),
            ("steps", steps(4, 13, 40, signs)),
        ]
        rule: Line = [(signs.rule_below * 500, RULE)]
        lines: list[Line] = [[("   ", TEXT), (fit(name, 13), MUTED), *runs] for name, runs in figures]
        return [rule, *lines]


def _key(key: str, verb: str) -> list[Run]:
    return [(key, KEY), (f" {verb}   ", MUTED)]
