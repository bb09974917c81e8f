"""No field of the journal is larger than `FIELD_LIMIT`: whatever door it came by, it is cut here (DESIGN.md 8.4).

What a field was, its length and its SHA-256, is told in the event as `cut`, by the field's name. An alert's key is
bounded by its door instead: cut, two alerts could be one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from msgspec.structs import replace

from noc_tui.incidents.commands import Draft
from noc_tui.incidents.model import Report
from noc_tui.incidents.text import FIELD_LIMIT, Cut, cut_field

_TEXTS: Final = ("resource", "summary", "service", "site", "url", "suppressed_by")
"""Fields of a report that are text from outside."""
_SHORT: Final = FIELD_LIMIT // 4
"""Characters that are no more than `FIELD_LIMIT` bytes in any case."""

Cuts = dict[str, Cut]
"""What was cut, by field."""


def cut_args(args: dict[str, Any]) -> tuple[dict[str, Any], Cuts]:
    """Return a command's arguments as the journal keeps them."""
    long = [name for name, value in args.items() if isinstance(value, str) and len(value) > _SHORT]
    return _cut(args, long) if long else (args, {})


def cut_report(report: Report) -> tuple[Report, Cuts]:
    """Return a report as the journal keeps it."""
    long = [name for name in _TEXTS if len(getattr(report, name)) > _SHORT]
    labelled = any(len(name) > _SHORT or len(value) > _SHORT for name, value in report.labels)
    if not (long or labelled):
        return report, {}
    texts, cuts = _cut({name: getattr(report, name) for name in long}, long)
    labels: dict[str, str] = {}
    for name, value in report.labels:
        label, _ = cut_field(name)
        labels[label], cut = cut_field(value)
        if cut is not None:
            cuts[f"labels.{label}"] = cut
    return replace(report, **texts, labels=tuple(sorted(labels.items()))), cuts


def telling(drafts: list[Draft], cuts: Cuts) -> list[Draft]:
    """Return drafts whose last tells what was cut of what led to them."""
    if not (drafts and cuts):
        return drafts
    what = {name: {"length": cut.length, "sha256": cut.sha256} for name, cut in cuts.items()}
    return [*drafts[:-1], replace(drafts[-1], more=drafts[-1].more | {"cut": what})]


def _cut(texts: dict[str, Any], long: Sequence[str]) -> tuple[dict[str, Any], Cuts]:
    kept, cuts = dict(texts), Cuts()
    for name in long:
        kept[name], cut = cut_field(texts[name])
        if cut is not None:
            cuts[name] = cut
    return kept, cuts
