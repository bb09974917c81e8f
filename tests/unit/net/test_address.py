"""Which addresses are accepted, and that none is shown with what is secret in it."""

import pytest

from noc_tui.net.address import accept, host_of, is_loopback, shown
from noc_tui.net.errors import BadUrl


@pytest.mark.parametrize(
    ("typed", "url"),
    [
        ("http://127.0.0.1:9093", "http://127.0.0.1:9093"),
        (" HTTPS://AM.Example/prefix// ", "https://am.example/prefix"),
        ("http://[2001:DB8::1]:9093/", "http://[2001:db8::1]:9093"),
        ("http://am/#/alerts", "http://am"),
    ],
)
def test_an_address_is_taken_as_people_write_it(typed: str, url: str) -> None:
    assert accept(typed) == (url, "", "")


def test_credentials_are_taken_out_of_the_address() -> None:
    assert accept("https://ana:p%40ss@am:1/x") == ("https://am:1/x", "ana", "p@ss")


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("127.0.0.1:9093", "no scheme"),
        ("", "no scheme"),
        ("ftp://am/", "not http or https"),
        ("http://a b/", "space"),
        ("http://am/\x1b[2J", "control character"),
        ("http://", "names no host"),
        ("http://:9093", "names no host"),
        ("http://am:0/", "port 0"),
        ("http://am:70000/", "port from 1"),
        ("http://am:x/", "port from 1"),
        ("http://[::1/", "cannot be read"),
        ("http://am/?filter=a", "question mark"),
    ],
)
def test_a_bad_address_is_told_in_a_sentence(typed: str, why: str) -> None:
    with pytest.raises(BadUrl, match=why) as caught:
        accept(typed)

    assert str(caught.value).endswith(".") and str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("https://ana:secret@am:9093/x?token=secret#secret", "https://am:9093/x"),
        ("http://[::1]:1/", "http://[::1]:1/"),
        ("http://am:secret/", "(unreadable address)"),
        ("http://am/\x9b1m", "http://am/1m"),
    ],
)
def test_an_address_is_shown_without_secrets(url: str, text: str) -> None:
    assert shown(url) == text


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://u:p@h:1/x", "h:1"),
        ("/x", "another page of the same host"),
        ("http://[", "another page of the same host"),
    ],
)
def test_the_host_of_an_address(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("url", "stays"),
    [
        ("http://localhost:1", True),
        ("http://127.8.8.8", True),
        ("http://[::1]:1", True),
        ("http://am.example", False),
        ("http://10.0.0.1", False),
        ("/nowhere", False),
    ],
)
def test_loopback_is_told_by_its_spelling(url: str, stays: bool) -> None:
    assert is_loopback(url) is stays
