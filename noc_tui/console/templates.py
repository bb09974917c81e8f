"""Texts for notes and resolutions (`[templates]` of config.toml), filled in for the incident they are written on."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from noc_tui.incidents.model import Incident, Micros, number_text
from noc_tui.incidents.text import clean
from noc_tui.incidents.times import clock

_PLACE: Final = re.compile(r"\{(number|resource|service|me|time)\}")


def filled(templates: Mapping[str, str], row: Incident | None, me: str, now: Micros) -> list[tuple[str, str]]:
    """Return each template's name and its text for an incident, blanks where there is none; other braces stay."""
    facts = {"me": me, "time": clock(now)}
    if row is not None:
        facts |= {"number": number_text(row.number), "resource": row.resource, "service": row.service}
    return [(name, clean(_PLACE.sub(lambda found: facts.get(found[1], ""), text))) for name, text in templates.items()]
