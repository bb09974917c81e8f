"""Options come from the table of verbs, none is written by hand."""

import click
import pytest

from noc_tui.cli.do import do
from noc_tui.cli.verb_options import given, options_of
from noc_tui.incidents.verbs import VERBS, Verb


def test_every_verb_that_a_person_may_do_is_a_command() -> None:
    wanted = {verb.id.replace("_", "-") for verb in VERBS.values() if not verb.makes and not verb.rule_only}
    assert set(do.commands) == wanted


@pytest.mark.parametrize("verb", VERBS.values(), ids=list(VERBS))
def test_every_argument_is_an_option_with_a_help(verb: Verb) -> None:
    options = options_of(verb)
    assert [option.name for option in options] == [arg.name for arg in verb.args]
    for option, arg in zip(options, verb.args, strict=True):
        assert isinstance(option, click.Option)
        assert option.required == arg.required
        assert option.help


def test_choices_are_told_in_the_help() -> None:
    code = next(option for option in options_of(VERBS["resolve"]) if option.name == "code")
    assert isinstance(code, click.Option)
    assert code.required
    assert "f fixed, w workaround" in (code.help or "")


def test_empty_arguments_are_not_given() -> None:
    assert given({"note": None, "steal": False, "to": "", "until": 5}) == {"until": 5}
