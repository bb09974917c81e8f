"""Sources by options: their names, their addresses, and that no two have one name."""

import click
import pytest

from noc_tui.cli.faults import Trouble
from noc_tui.cli.preferences import Preferences, SourceSetting
from noc_tui.cli.source_options import SourceType, sources_of


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("http://127.0.0.1:9093", ("127.0.0.1-9093", "http://127.0.0.1:9093")),
        ("http://127.0.0.1:9093/", ("127.0.0.1-9093", "http://127.0.0.1:9093")),
        ("https://am.example/prod/#/alerts", ("am.example", "https://am.example/prod")),
        ("http://[::1]:9093", ("1-9093", "http://[::1]:9093")),
        ("prod=http://am:9093", ("prod", "http://am:9093")),
    ],
)
def test_an_address_has_a_name_of_its_own(typed: str, found: tuple[str, str]) -> None:
    assert SourceType().convert(typed, None, None) == found


@pytest.mark.parametrize("typed", ["", "am:9093", "ftp://x", "a b=http://x", "http://u:p@x", "http://x:99999"])
def test_what_is_none_is_bad_usage(typed: str) -> None:
    with pytest.raises(click.BadParameter):
        SourceType().convert(typed, None, None)


def test_the_file_and_the_options_name_sources_together() -> None:
    setting = SourceSetting(name="prod", type="alertmanager", url="http://a:1/")
    configured = Preferences(source=(setting,))
    assert sources_of(configured, (("b", "http://b"),)) == (("prod", "http://a:1"), ("b", "http://b"))
    assert sources_of(configured, (("prod", "http://a:1"),)) == (("prod", "http://a:1"),)
    with pytest.raises(Trouble, match="Two sources are named 'prod'"):
        sources_of(configured, (("prod", "http://b"),))
    broken = Preferences(source=(SourceSetting(name="x y", type="alertmanager", url="http://a"),))
    with pytest.raises(Trouble, match=r"config\.toml"):
        sources_of(broken, ())
