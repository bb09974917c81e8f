"""Which-key strips and the help sheet, made from the table of keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from noc_tui.console.keymap import Keymap, key_label, label_of
from noc_tui.console.keys import GROUPS, PAGE_GROUPS, Binding
from noc_tui.console.views import VIEWS, View
from widgets.line import Line, cut_end, cut_middle, fit, line_width, width_of
from widgets.roles import Run
from widgets.signs import Signs

_GRID_FROM: Final = 96
"""From here on the choices stand in columns."""
_CELL: Final = 20
"""Cells of one choice in a which-key strip."""
_MOST_LINES: Final = 4
_MOST_COLUMNS: Final = 4
_MOST_ROWS: Final = 3
"""Rows that choices take if words can be found that are short enough (LOOK.md section 3)."""
_BRIEF: Final = {
    "first row": "first",
    "last picks": "picks",
    "search all": "search",
    "seen before": "seen",
    "near it": "near",
    "short of time": "short",
    "suppressed": "suppr",
    "the bands again": "bands",
    "last change": "change",
}
"""Shorter words for choices, where there are many and little room."""


def which_key(
    prefix: tuple[str, ...],
    about: str,
    width: int,
    keys: Keymap,
    sign: str = "…",
    named: Sequence[tuple[str, str]] = (),
    counts: Callable[[View], str] = lambda _view: "",
) -> list[Line]:
    """Return three lines, if that can be, that say what may follow a prefix; `about` is the incident or set it is for.

    `named` are letters that mean something already, and what; `counts` tells how many rows a view has.
    """
    opener = keys.bindings.get(prefix)
    label = "".join(map(key_label, prefix))
    lead: list[Run] = [(" " * 2, "muted"), (f" {label} ", "mark"), ("  ", "muted"), (keys.title_of(prefix), "text")]
    if about and opener and opener.group == "Do":
        lead += [(" ", "text"), (cut_middle(about, max(12, width // 4), sign), "strong")]
    lead += [("  ", "muted")]
    indent = max(line_width(lead), 36 if width >= 96 else 24)
    if opener is not None and opener.letter:
        return _flowing(lead, [("a-z", opener.letter), *named], width)[:_MOST_LINES]
    rows = [row for row in keys.continuations(prefix) if len(row.sequence) == len(prefix) + 1]

    def words(counted: Callable[[View], str]) -> list[tuple[str, str]]:
        return [(key_label(row.sequence[-1]), _choice_word(row, counted)) for row in rows]

    bare = words(lambda _view: "")
    # As much as fits: without the counts, which the tabs have; in short words.
    for choices in (words(counts), bare):
        lines = _laid(lead, indent, choices, width)
        if len(lines) <= _MOST_ROWS:
            return lines
    return _laid(lead, indent, [(key, _BRIEF.get(word, word)) for key, word in bare], width)


def _laid(lead: list[Run], indent: int, choices: Sequence[tuple[str, str]], width: int) -> list[Line]:
    """Choices in columns, close together where they are many; one after the other where it is narrow."""
    if width < _GRID_FROM:
        return _flowing(lead, choices, width)
    cell = max(_CELL, max((len(word) for _, word in choices), default=0) + 4)
    per_line = max(1, (width - indent - 3) // cell)
    if len(choices) > _MOST_ROWS * per_line:
        per_line = -(-len(choices) // _MOST_ROWS)
        indent = line_width(lead)
        cells = [max(len(word) for _, word in choices[at::per_line]) + 4 for at in range(per_line)]
        if indent + sum(cells) > width:
            return _flowing(lead, choices, width)
    else:
        cells = [cell] * per_line
    lines: list[Line] = []
    for start in range(0, len(choices), per_line):
        runs: list[Run] = lead if not lines else []
        runs = [*runs, (" " * (indent - line_width(runs)), "muted")]
        for (key, word), room in zip(choices[start : start + per_line], cells, strict=False):
            runs += [(key, "key"), (f" {fit(word, room - 1 - width_of(key))}", "muted")]
        lines.append(runs)
    return lines


def _flowing(lead: list[Run], choices: Iterable[tuple[str, str]], width: int) -> list[Line]:
    """Choices one after the other from the lead on, in as few lines as they need."""
    lines: list[Line] = []
    runs: list[Run] = lead
    for key, word in choices:
        if line_width(runs) + width_of(key) + 1 + width_of(word) + 2 > width:
            lines.append(runs)
            runs = [("   ", "muted")]
        runs = [*runs, (key, "key"), (f" {word}  ", "muted")]
    return [*lines, runs]


def _choice_word(binding: Binding, counts: Callable[[View], str] = lambda _view: "") -> str:
    """What a choice is called behind its prefix; a view by its own name, with how many rows it has."""
    name = binding.action.removeprefix("view_") if binding.action.startswith("view_") else None
    view = next((view for view in VIEWS if name in (view.key, view.name)), None)
    if view is None:
        return binding.choice or binding.title
    return f"{view.name} {counts(view).removeprefix('0')}".rstrip()


_NEVER: Final[Run] = ("Keys you never used  ", "muted")
_SIGNS: Final = (
    (" !1", "not acknowledged"),
    ("new", "new"),
    ("~", "cleared, not acked"),
    ("z", "snoozed"),
    ("changed", "changed unseen"),
    ("x", "picked"),
    ("%", "flapping"),
    ("?", "may be old"),
    ("group", "group of alerts"),
    ("cut", "on its way"),
    ("unsent", "not sent yet"),
    ("here", "somebody is there"),
    ("n", "alerts in it"),
)


def help_sheet(width: int, signs: Signs, keys: Keymap, unused: Sequence[str] = (), sought: str = "") -> list[Line]:
    """Return the whole table of keys in columns, the signs, and the grammar in two sentences.

    With a text that is `sought`, return only the keys that say it, or whose words do.
    """
    if sought:
        return _found(sought, width, signs, keys)
    blocks = [_block(group, keys) for group in GROUPS]
    never: list[Line] = [[], [_NEVER, (cut_end(" ".join(unused), width - 32, signs.cut), "key")]] if unused else []
    return [
        [
            ("Help", "bright"),
            ("  all keys   ", "muted"),
            (keys.keys_of(action="help"), "key"),
            (" or ", "muted"),
            (keys.keys_of(action="back"), "key"),
            (" back to where you were", "muted"),
        ],
        [],
        *_in_columns(blocks, width, signs),
        [],
        [("Signs", "bright")],
        *_signs(width, signs),
        [],
        [("A capital letter is the same verb with options. Verbs act on the picked rows,", "muted")],
        [("else on the row under the cursor; a number before a key repeats it.", "muted")],
        [(_by_name(keys), "muted")],
        [],
        *_in_columns([_block(group, keys) for group in PAGE_GROUPS], width, signs),
        *never,
    ]


def says_key(keys: Keymap, text: str) -> bool:
    """Return whether a key, or what it does, says a text."""
    return any(_saying(text, keys))


def _found(sought: str, width: int, signs: Signs, keys: Keymap) -> list[Line]:
    """The keys that say a text, under the heads of their groups."""
    said = cut_end(sought, width // 3, signs.cut)
    head: list[Run] = [("Help", "bright"), ("  keys that say ", "muted"), (said, "bright"), ("   ", "muted")]
    search, _ = keys.hint_of("help", "/")
    for key, words in ((search, " other words   "), (keys.keys_of(action="back"), " all keys")):
        head += [(key, "key"), (words, "muted")]
    return [head, [], *_in_columns([block for block in _saying(sought, keys) if block], width, signs)]


def _saying(text: str, keys: Keymap) -> list[list[tuple[str, str]]]:
    """Each group's block with only the rows that say a text; empty where none does."""
    wanted = text.casefold()
    blocks: list[list[tuple[str, str]]] = []
    for group in (*GROUPS, *PAGE_GROUPS):
        heading, *rows, blank = _block(group, keys)
        said = [row for row in rows if wanted in row[0].casefold() or wanted in row[1].casefold()]
        blocks.append([heading, *said, blank] if said else [])
    return blocks


def _by_name(keys: Keymap) -> str:
    """What the command line says better than any key."""
    last, command = keys.keys_of(action="last"), keys.keys_of(action="command")
    said = ", ".join(f"{command}{words}" for words in ("view NAME", "sort age,-site", "group site"))
    return f"42{last} goes to INC-42; {said}."


def _block(group: str, keys: Keymap) -> list[tuple[str, str]]:
    """A group's heading, its rows as pairs of keys and words, and a blank."""
    rows = [(label_of(binding), binding.title) for binding in keys.bindings_of(group)]
    views = _views(keys) if group == "Go" else []
    return [("", group), *rows, *_ALSO.get(group, ()), *views, ("", "")]


def _views(keys: Keymap) -> list[tuple[str, str]]:
    """The views that stand behind digits, by their names."""
    shown = [binding for binding in keys.choices_of("g") if binding.keys[-1].isdigit()]
    return [(label_of(binding), f"view: {_choice_word(binding)}") for binding in shown]


_ALSO: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "Do": (("Ctrl-t", "in a note: your texts"),),
    "Move": (("Down Up", "down, up"), ("Home End", "first, last")),
    "See": (("Esc", "back, or not this"),),
}
"""Rows of the help sheet for keys that do the same as others."""


def _in_columns(blocks: Sequence[Sequence[tuple[str, str]]], width: int, signs: Signs) -> list[Line]:
    """Put the blocks into as many columns as have room for their words; keys right aligned in each."""
    room = width - 6
    for columns in range(min(_MOST_COLUMNS, len(blocks)), 0, -1):
        stacks = _stacked(blocks, columns)
        widths = [_width_of(stack) for stack in stacks]
        if sum(widths) <= room or columns == 1:
            spare = (room - sum(widths)) // len(stacks)  # below 0 where one column has to be cut
            height = max(len(stack) for stack in stacks)
            return [
                [run for stack, own in zip(stacks, widths, strict=True) for run in _cell(stack, y, own + spare, signs)]
                for y in range(height)
            ]
    return []


def _stacked(blocks: Sequence[Sequence[tuple[str, str]]], columns: int) -> list[list[tuple[str, str]]]:
    """The blocks in columns of about the same height."""
    goal = sum(len(block) for block in blocks) / columns
    stacks: list[list[tuple[str, str]]] = [[]]
    for block in blocks:
        if stacks[-1] and len(stacks[-1]) + len(block) / 2 > goal and len(stacks) < columns:
            stacks.append([])
        stacks[-1] += block
    return stacks


def _width_of(stack: Sequence[tuple[str, str]]) -> int:
    """Cells of a column in which nothing is cut, with two blanks after it."""
    return max(width_of(label) for label, _ in stack) + max(width_of(words) for _, words in stack) + 4


def _cell(stack: Sequence[tuple[str, str]], y: int, width: int, signs: Signs) -> list[Run]:
    keys, words = stack[y] if y < len(stack) else ("", "")
    room = max(width_of(label) for label, _ in stack)
    said = fit(words, width - room - 4, sign=signs.cut)
    return [(f"{keys:>{room}}  ", "key"), (said + "  ", "muted" if keys else "bright")]


def _signs(width: int, signs: Signs) -> list[list[Run]]:
    named = {"new": signs.new, "changed": signs.changed, "group": signs.group}
    named |= {"cut": signs.cut, "unsent": signs.unsent, "here": signs.here}
    per_line = 4 if width >= 118 else 2
    each = (width - 6) // per_line
    lines: list[list[Run]] = []
    for start in range(0, len(_SIGNS), per_line):
        runs: list[Run] = []
        for sign, word in _SIGNS[start : start + per_line]:
            runs += [(fit(named.get(sign, sign), 4), "bright"), (fit(word, each - 4), "muted")]
        lines.append(runs)
    return lines
