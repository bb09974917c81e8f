"""What was ever logged, searched: `noc-tui search` over HTTP."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from noc_tui.journal.finding import found_line
from noc_tui.server.asking import bad, desk_of, number_in
from noc_tui.server.refusing import json_response
from noc_tui.store.search import LIMIT, MOST

LONGEST = 512
"""Characters of a search at most."""


async def search(request: Request) -> Response:
    """Answer the incidents in which all words were found, the newest mention first, closed ones too."""
    desk, query = desk_of(request), request.query_params
    words = query.get("q", "")
    if not words.strip():
        raise bad("q says what to look for.")
    if len(words) > LONGEST:
        raise bad(f"A search has at most {LONGEST} characters.")
    before = number_in(query, "before", 0) if "before" in query else None
    found = await desk.searcher.search(words, number_in(query, "limit", LIMIT, MOST), before)
    return json_response([found_line(one) for one in found])
