"""Keys become what they mean: every binding is reached, counts and prefixes end, and nothing is ever stuck."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noc_tui.console.command_line import COMMAND_WORDS
from noc_tui.console.keyboard import Keyboard, Pressed
from noc_tui.console.keymap import STANDARD, key_label, label_of
from noc_tui.console.keys import ALL, GROUPS, PAGE_GROUPS, Binding
from noc_tui.console.remapping import RISKY
from noc_tui.incidents.verbs import VERBS

BINDINGS, PREFIXES, MARKING = STANDARD.bindings, STANDARD.prefixes, STANDARD.lettered
TYPED = {"space": " ", "tab": "\t", "enter": "\r", "escape": "\x1b"}
NAMED = ("down", "up", "home", "end", "pagedown", "pageup", "shift+tab", "ctrl+d", "ctrl+z", "f1", *TYPED)
ANY_KEY = st.sampled_from(NAMED) | st.characters(codec="utf-8")


def press(keyboard: Keyboard, key: str) -> Pressed:
    """Press one key, as the terminal names it."""
    return keyboard.press(key, TYPED.get(key, key if len(key) == 1 else None))


def press_all(keyboard: Keyboard, *keys: str) -> Pressed:
    """Press keys one after the other; returns what the last led to."""
    return [press(keyboard, key) for key in keys][-1]


SEQUENCES = [sequence for sequence, binding in BINDINGS.items() if sequence not in PREFIXES | MARKING]


@pytest.mark.parametrize("sequence", SEQUENCES, ids=" ".join)
def test_every_binding_is_reached_by_its_keys(sequence: tuple[str, ...]) -> None:
    keyboard = Keyboard()
    assert press_all(keyboard, *sequence).binding is BINDINGS[sequence]
    assert keyboard.prefix == ()


@pytest.mark.parametrize("sequence", sorted(MARKING), ids=" ".join)
def test_a_mark_takes_any_letter(sequence: tuple[str, ...]) -> None:
    pressed = press_all(Keyboard(), *sequence, "q")
    assert (pressed.binding, pressed.letter) == (BINDINGS[sequence], "q")
    assert press_all(Keyboard(), *sequence, "f1").unknown == "f1"


@pytest.mark.parametrize(
    ("keys", "count", "counted"), [("j", 1, False), ("5j", 5, True), ("10j", 10, True), ("907gg", 907, True)]
)
def test_digits_before_a_key_are_its_count(keys: str, count: int, counted: bool) -> None:
    pressed = press_all(Keyboard(), *keys)
    assert pressed.binding is not None
    assert (pressed.count, pressed.counted) == (count, counted)


def test_digits_behind_a_prefix_are_no_count() -> None:
    assert press_all(Keyboard(), "p", "1").binding is BINDINGS["p", "1"]
    assert press_all(Keyboard(), "2", "s", "4").count == 2


def test_a_count_has_an_end() -> None:
    pressed = press_all(Keyboard(), *"1234567890", "j")
    assert (pressed.count, pressed.figure) == (9_999, 234_567_890)


def test_what_does_nothing_is_named_and_forgotten() -> None:
    keyboard = Keyboard()
    assert press(keyboard, "~").unknown == "~"
    assert press_all(keyboard, "z", "~").unknown == "z ~"
    assert press(keyboard, "j").binding is BINDINGS[("j",)]


def test_an_unfinished_sequence_is_forgotten() -> None:
    keyboard = Keyboard()
    press_all(keyboard, "3", "g")
    assert keyboard.forget()
    assert not keyboard.forget()
    assert press(keyboard, "j").count == 1


@given(keys=st.lists(ANY_KEY, max_size=40))
def test_two_keys_more_always_end_it(keys: list[str]) -> None:
    keyboard = Keyboard()
    for key in keys:
        pressed = press(keyboard, key)
        assert bool(pressed.binding) + bool(pressed.waiting) + bool(pressed.unknown) <= 1
        assert len(keyboard.prefix) <= 2
    press(keyboard, "escape")
    press(keyboard, "escape")
    assert press(keyboard, "j").binding is BINDINGS[("j",)]


# The table


def test_no_sequence_begins_another_one() -> None:
    finished = [sequence for sequence, binding in BINDINGS.items() if binding.action != "prefix"]
    for sequence in finished:
        others = [other for other in finished if other != sequence and other[: len(sequence)] == sequence]
        assert others == [], sequence


def test_no_two_rows_have_the_same_keys() -> None:
    places = [(binding.page, binding.sequence) for binding in ALL]
    assert [place for place in places if places.count(place) > 1] == []


def test_every_prefix_offers_something_and_says_what() -> None:
    for prefix in PREFIXES:
        assert all(binding.choice for binding in STANDARD.continuations(prefix)), prefix


@pytest.mark.parametrize("verb", [verb for verb in VERBS.values() if not verb.rule_only], ids=lambda verb: verb.id)
def test_every_verb_has_a_key_or_a_word(verb: object) -> None:
    assert getattr(verb, "id", "") in {binding.verb for binding in BINDINGS.values()} | set(COMMAND_WORDS) | {
        "undo",
        "redo",
    }


@pytest.mark.parametrize("binding", ALL, ids=lambda binding: f"{binding.page} {binding.keys}")
def test_every_binding_is_whole(binding: Binding) -> None:
    assert bool(binding.verb) != bool(binding.action)
    assert binding.title
    assert binding.group in (*GROUPS, *PAGE_GROUPS)
    assert label_of(binding)
    if binding.verb:
        names = {arg.name for arg in VERBS[binding.verb].args}
        assert set(binding.args) - {"for"} <= names
        assert set(binding.asks) <= names


def test_help_shows_every_binding_that_is_not_hidden_once() -> None:
    shown = [binding for group in (*GROUPS, *PAGE_GROUPS) for binding in STANDARD.bindings_of(group)]
    assert len(shown) == len(set(map(id, shown)))
    assert set(map(id, shown)) == {id(binding) for binding in ALL if not binding.hidden}


def test_a_key_of_a_page_does_there_what_the_page_says() -> None:
    keyboard = Keyboard()
    for binding in ALL:
        if binding.page and binding.action != "prefix":
            assert [keyboard.press(key, None, binding.page) for key in binding.sequence][-1].binding is binding
    assert press(keyboard, "j").binding is BINDINGS[("j",)]


def test_a_prefix_stays_one_where_a_page_gives_it_another_name() -> None:
    keyboard = Keyboard()
    assert keyboard.press("s", "s", "alerts").waiting == ("s",)
    assert keyboard.press("1", "1", "alerts").binding is BINDINGS["s", "1"]


def test_keys_that_a_terminal_takes_or_that_destroy_by_reflex_are_free() -> None:
    risky = {*RISKY, "d", "J", "I", "Y"} - {"escape", "ctrl+q"}  # these two do everywhere what a terminal expects
    for binding in ALL:
        assert binding.sequence[0] not in risky, binding.keys
        assert not {*binding.sequence[1:]} & RISKY.keys(), binding.keys
    assert ("d", "d") not in BINDINGS


def test_keys_are_named_as_people_read_them() -> None:
    assert (key_label("ctrl+d"), key_label("pagedown"), key_label("space")) == ("Ctrl-d", "PgDn", "Space")
    assert (STANDARD.keys_of(verb="take"), STANDARD.keys_of(verb="resolve"), STANDARD.keys_of(action="timeline")) == (
        "t",
        "r",
        "gt",
    )
    assert STANDARD.keys_of(verb="nothing") == ""
