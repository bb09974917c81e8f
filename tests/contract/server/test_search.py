"""A search over HTTP: what `noc-tui search` prints, for whoever may read."""

from __future__ import annotations

import pytest

from tests.contract.server.house import Client
from tests.contract.server.test_incidents import log


async def test_what_was_logged_is_found_newest_first(ana: Client) -> None:
    for title in ("Fibre cut at par3", "Fan slow", "Fibre dirty"):
        await log(ana, title)
    found = (await ana.get("/v1/search", q="FIBRE")).json()
    assert [line["title"] for line in found] == ["Fibre dirty", "Fibre cut at par3"]
    assert found[0]["where"] == "title"
    assert found[0]["marks"] == [[0, 5]]
    (second,) = (await ana.get("/v1/search", q="fibre", before=str(found[0]["seq"]))).json()
    assert second == found[1]


@pytest.mark.parametrize(
    "query", [{}, {"q": " "}, {"q": "a" * 600}, {"q": "a", "limit": "-1"}, {"q": "a", "before": "x"}]
)
async def test_what_cannot_be_searched_is_refused_in_words(ana: Client, query: dict[str, str]) -> None:
    answer = await ana.get("/v1/search", **query)
    assert (answer.status_code, answer.json()["code"]) == (400, "bad")
