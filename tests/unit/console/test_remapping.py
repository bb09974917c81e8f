"""A user's own keys: what can be given, what is refused with which words, and where the keys show then."""

from __future__ import annotations

import pytest

from noc_tui.console.keyboard import Keyboard
from noc_tui.console.keymap import STANDARD, label_of
from noc_tui.console.palette import palette_lines
from noc_tui.console.remapping import RISKY, Fault, NoKey, key_of, names, remapped
from noc_tui.console.sheets import help_sheet, which_key
from widgets.line import Line
from widgets.signs import UNICODE


def told(lines: list[Line]) -> str:
    """Lines as text."""
    return "\n".join("".join(text for text, _ in line) for line in lines)


def fault(**given: str) -> Fault:
    """The one thing that is wrong with these keys."""
    keymap, faults = remapped(given)
    assert keymap is STANDARD
    return faults[0]


def test_without_any_the_standard_keys_are_there() -> None:
    assert remapped({}) == (STANDARD, ())


def test_a_prefix_takes_its_choices_with_it() -> None:
    keymap, faults = remapped({"resolve": "Y"})
    assert faults == ()
    keyboard = Keyboard(keymap)
    assert keyboard.press("Y", "Y").waiting == ("Y",)
    assert keyboard.press("f", "f").binding == keymap.at("r f")
    assert keyboard.press("r", "r").unknown == "r"
    assert "Y" in told(which_key(("Y",), "", 80, keymap)).split()
    assert keymap.hint_of("board", "r f") == ("Y", "resolve")


def test_a_sequence_may_be_as_deep_as_three() -> None:
    keymap, faults = remapped({"resolve": "g z", "take": "F5"})
    assert faults == ()
    keyboard = Keyboard(keymap)
    assert [bool(keyboard.press(key, key).waiting) for key in "gz"] == [True, True]
    assert keyboard.press("w", "w").binding == keymap.at("r w")
    assert label_of(keymap.at("t")) == "F5"
    assert "at most 3" in fault(take="g z a b").sentence


def test_one_choice_may_have_keys_of_its_own() -> None:
    keymap, faults = remapped({"resolve_fixed": "Y"})
    assert faults == ()
    assert keymap.bindings["Y",].args == {"code": "fixed"}
    assert ("r", "f") not in keymap.bindings
    assert ("r", "w") in keymap.bindings


def test_a_key_that_is_taken_away_is_free() -> None:
    keymap, faults = remapped({"take": "", "release": "t"})
    assert faults == ()
    assert keymap.bindings["t",].verb == "release"


def test_two_may_change_places() -> None:
    keymap, faults = remapped({"ack": "t", "take": "a"})
    assert faults == ()
    assert (keymap.bindings["t",].verb, keymap.bindings["a",].verb) == ("ack", "take")


def test_a_second_key_gives_way() -> None:
    keymap, faults = remapped({"take": "Ctrl-f", "down": "Down"})
    assert faults == ()
    assert keymap.bindings["ctrl+f",].verb == "take"
    assert keymap.keys_of(action="page_down") == "PgDn"


def test_pages_follow_the_keys_that_they_share_with_the_board() -> None:
    keymap, faults = remapped({"down": "e", "up": "Y", "escalate": "J"})
    assert faults == ()
    later = keymap.binding_on("triage", ("e",))
    assert later is not None
    assert later.action == "later"
    assert keymap.hint_of("help", "j") == ("e Y", "scroll")


def test_a_verb_without_a_key_may_get_one() -> None:
    keymap, faults = remapped({"merge": "J", "label": "I"})
    assert faults == ()
    assert (keymap.bindings["J",].verb, keymap.bindings["J",].asks) == ("merge", ("parent",))
    assert "merge into another" in told(help_sheet(160, UNICODE, keymap))


def test_help_and_palette_show_them() -> None:
    keymap, _ = remapped({"take": "Ctrl-t"})
    assert "Ctrl-t" in told(help_sheet(160, UNICODE, keymap))
    assert "Ctrl-t" in told(palette_lines("take", 120, keymap))


def test_a_clash_names_who_has_the_key_and_what_is_free() -> None:
    found = fault(take="a")
    assert found.name == "take"
    assert "a is the key of ack" in found.sentence
    assert " I, J, " in found.sentence


def test_a_key_that_begins_others_is_no_key() -> None:
    assert "g begins g" in fault(take="g").sentence
    assert "a begins ab" in fault(take="a b").sentence
    assert "r is the key of resolve" in fault(take="r").sentence


def test_what_clashes_on_a_page_is_told_with_the_page() -> None:
    found = fault(down="x", invert="")
    assert found.name == "down"
    assert "in the outbox" in found.sentence


@pytest.mark.parametrize("key", RISKY)
def test_what_terminals_take_is_refused_with_the_reason(key: str) -> None:
    assert RISKY[key] in fault(take=key if len(key) == 1 else key.replace("escape", "Esc")).sentence


def test_nothing_begins_with_a_digit() -> None:
    assert "is a count" in fault(take="5").sentence
    assert remapped({"take": "g 0"})[1] == ()


def test_what_is_mistyped_is_told_with_what_it_may_be() -> None:
    assert "is it resolve?" in fault(resolv="x").sentence
    assert "'Contrl-r' is no key" in fault(take="Contrl-r").sentence
    assert "written as text" in remapped({"take": 5})[1][0].sentence


@pytest.mark.parametrize(
    ("written", "key"),
    [("Ctrl-r", "ctrl+r"), ("^R", "ctrl+r"), ("C-r", "ctrl+r"), ("SPACE", "space"), ("f12", "f12"), ("~", "~")],
)
def test_keys_are_written_as_people_do(written: str, key: str) -> None:
    assert key_of(written) == key


@pytest.mark.parametrize("written", ["F13", "Ctrl-", " ", "\t", "hyper-x"])
def test_what_is_no_key_is_told(written: str) -> None:
    with pytest.raises(NoKey):
        key_of(written)


def test_no_two_rows_of_the_table_have_one_name() -> None:
    plain = [row for row in STANDARD.all if not row.hidden or row.choice]
    called = [row.name for row in plain if not row.like and not row.choice] + [row.name for row in plain if row.choice]
    twice = {name for name in called if called.count(name) > 1}
    assert twice <= {"detail", "take", "open_entry"}, twice


@pytest.mark.parametrize("name", [name for name, keys in names().items() if keys])
def test_everything_can_be_moved(name: str) -> None:
    assert remapped({name: "F9"})[1] == ()
