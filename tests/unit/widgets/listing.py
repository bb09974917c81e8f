"""A source of rows for tests: a list of keys, None for a heading, and what each row says."""

from collections.abc import Hashable, Iterable

from textual.app import App, ComposeResult

from widgets.board import Board
from widgets.ink import Palette
from widgets.line import Line
from widgets.lines import Lines
from widgets.prompt import Prompt
from widgets.roles import MUTED, TEXT, RowState
from widgets.rows import BoardLine


class Listing:
    """Rows in memory, which a test changes and then tells of."""

    def __init__(self, keys: Iterable[int | None], foot: str = "") -> None:
        self.keys = list(keys)
        self.foot_words = foot
        self.versions: dict[int, int] = {}
        self.words: dict[int, str] = {}
        self.alarms: set[int] = set()
        self.asked: list[int] = []
        """The indices of the lines asked for, in order."""

    def count(self) -> int:
        return len(self.keys)

    def key_at(self, index: int) -> int | None:
        return self.keys[index]

    def index_of(self, key: int) -> int | None:
        return self.keys.index(key) if key in self.keys else None

    def version_at(self, index: int) -> Hashable:
        key = self.keys[index]
        return "heading" if key is None else self.versions.get(key, 0)

    def line(self, index: int, width: int) -> BoardLine:
        self.asked.append(index)
        key = self.keys[index]
        if key is None:
            return BoardLine([("   Heading", MUTED)])
        words = self.words.get(key, f"row {key}")
        return BoardLine([(f"   {words}", TEXT)], RowState.ALARM if key in self.alarms else RowState.PLAIN)

    def foot(self, above: int, below: int, width: int) -> Line | None:
        left = self.count() - below
        return [(f"   {left} more below{self.foot_words}", MUTED)] if left or self.foot_words else None

    def change(self, key: int, words: str) -> None:
        """Let a row say something else."""
        self.words[key] = words
        self.versions[key] = self.versions.get(key, 0) + 1


class Desk(App[None]):
    """A screen with each of the widgets, and a record of what they said."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, source: Listing) -> None:
        super().__init__()
        self.palette = Palette("dark")
        self.picked: set[int] = set()
        self.bar = Lines(self.palette, RowState.RAISED, height=2)
        self.board = Board(source, self.palette, row_state=self.row_state)
        self.prompt = Prompt(self.palette)
        self.said: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.bar
        yield self.board
        yield self.prompt

    def on_mount(self) -> None:
        theme = self.palette.textual_theme()
        self.register_theme(theme)
        self.theme = theme.name
        self.board.focus()

    def row_state(self, key: int) -> RowState:
        return RowState.PICKED if key in self.picked else RowState.PLAIN

    def on_board_cursor_moved(self, message: Board.CursorMoved) -> None:
        self.said.append(("moved", message.key))

    def on_board_activated(self, message: Board.Activated) -> None:
        self.said.append(("activated", message.key))

    def on_prompt_changed(self, message: Prompt.Changed) -> None:
        self.said.append(("changed", message.text))

    def on_prompt_submitted(self, message: Prompt.Submitted) -> None:
        self.said.append(("submitted", message.text))

    def on_prompt_cancelled(self, message: Prompt.Cancelled) -> None:
        self.said.append(("cancelled", message.text))

    def lines(self) -> list[str]:
        """The board as it was painted, without blanks at the ends of lines."""
        return [self.board.strip_at(y).text.rstrip() for y in range(self.board.outer_size.height)]
