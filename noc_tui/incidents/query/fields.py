"""The fields of the filter language: one table that reading, searching, wording, completion and documents share.

OPERATOR.md 2.3. Which of them can be told `is:` stands in `flags`.
"""

from __future__ import annotations

from typing import Final, Literal

import msgspec

from noc_tui.incidents.model import CATEGORIES, LEVELS, RESOLUTION_CODES, SEVERITIES, STATES

Kind = Literal["text", "name", "choice", "rank", "number", "age", "left", "time"]
"""How a field is compared.

text: a part of it is enough. name: the whole. choice: one of a few words. rank: the same, from least to worst, and `>`
is worse. number. age: how long ago it was. left: how long until then. time: when it was.
"""
COMPARED: Final = frozenset(("rank", "number", "age", "left", "time"))
"""Kinds that take `>`, `<` and `..`."""


class Field(msgspec.Struct, frozen=True, kw_only=True):
    """A field that a query may name: `attribute` is the incident's; `choices` are all values it can have."""

    name: str
    kind: Kind
    noun: str
    help: str
    example: str
    attribute: str
    aliases: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    sorts: bool = True


_PRIORITIES: Final = ("5", "4", "3", "2", "1")
_WORSE_LAST: Final = tuple(reversed(LEVELS))

FIELDS: Final = (
    Field(
        name="st",
        kind="choice",
        noun="state",
        help="Its state; `open` is any of new, acked, active and held.",
        example="st:new,acked",
        attribute="state",
        aliases=("state", "status"),
        choices=STATES,
    ),
    Field(
        name="p",
        kind="rank",
        noun="priority",
        help="Its priority; `p>=2` is P2 or more urgent.",
        example="p:1..2",
        attribute="priority",
        aliases=("priority", "prio"),
        choices=_PRIORITIES,
    ),
    Field(
        name="sev",
        kind="rank",
        noun="severity",
        help="The worst severity among its alerts; `>` is worse.",
        example="sev>=major",
        attribute="severity",
        aliases=("severity",),
        choices=SEVERITIES,
    ),
    Field(
        name="impact",
        kind="rank",
        noun="impact",
        help="Its impact; `>` is worse.",
        example="impact>=medium",
        attribute="impact",
        choices=_WORSE_LAST,
    ),
    Field(
        name="urgency",
        kind="rank",
        noun="urgency",
        help="Its urgency; `>` is worse.",
        example="urgency:high",
        attribute="urgency",
        choices=_WORSE_LAST,
    ),
    Field(
        name="type",
        kind="choice",
        noun="category",
        help="Its category.",
        example="type:network",
        attribute="category",
        aliases=("category",),
        choices=CATEGORIES,
    ),
    Field(
        name="age",
        kind="age",
        noun="age",
        help="How long ago it was opened.",
        example="age>15m",
        attribute="opened_at",
    ),
    Field(
        name="changed",
        kind="age",
        noun="time since the last change",
        help="How long ago it last changed.",
        example="changed<10m",
        attribute="updated_at",
        aliases=("updated", "upd"),
    ),
    Field(
        name="sla",
        kind="left",
        noun="time left",
        help="What is left of the clock that runs; `sla<0` is late.",
        example="sla<30m",
        attribute="",  # reckoned: see `incidents.clocks.next_due`
    ),
    Field(
        name="first",
        kind="time",
        noun="opening time",
        help="When it was opened.",
        example="first:yesterday",
        attribute="opened_at",
        aliases=("opened",),
    ),
    Field(
        name="last",
        kind="time",
        noun="time of the last alert",
        help="When its last alert came.",
        example="last>-2h",
        attribute="last_alert_at",
    ),
    Field(
        name="resolved",
        kind="time",
        noun="resolving time",
        help="When it was resolved.",
        example="resolved:tue..now",
        attribute="resolved_at",
    ),
    Field(
        name="closed",
        kind="time",
        noun="closing time",
        help="When it was closed.",
        example="closed<2026-11-17",
        attribute="closed_at",
    ),
    Field(
        name="owner",
        kind="name",
        noun="owner",
        help="Who has it; `@ana` says the same, `@me` is you, `@nobody` is nobody.",
        example="owner:ana,bo",
        attribute="owner",
    ),
    Field(name="team", kind="name", noun="team", help="The team that has it.", example="team:netsec", attribute="team"),
    Field(name="tier", kind="number", noun="tier", help="The tier that has it.", example="tier>=2", attribute="tier"),
    Field(
        name="res",
        kind="text",
        noun="resource",
        help="Its resource.",
        example="res:pe0*.par3",
        attribute="resource",
        aliases=("resource",),
    ),
    Field(
        name="service",
        kind="text",
        noun="service",
        help="The service that it is about.",
        example="service:core",
        attribute="service",
        aliases=("svc",),
    ),
    Field(
        name="site",
        kind="name",
        noun="site",
        help="Where it is.",
        example="site:par*",
        attribute="site",
    ),
    Field(
        name="src",
        kind="name",
        noun="source",
        help="The monitoring system that it came from.",
        example="src:zabbix",
        attribute="source",
        aliases=("source",),
    ),
    Field(name="title", kind="text", noun="title", help="Its title.", example='title:"power lost"', attribute="title"),
    Field(
        name="label",
        kind="name",
        noun="label",
        help="One of its labels; `#fibre` says the same.",
        example="label:fibre",
        attribute="labels",
        sorts=False,
    ),
    Field(
        name="cause",
        kind="text",
        noun="cause",
        help="The cause that was noted.",
        example="cause:cable",
        attribute="cause",
        sorts=False,
    ),
    Field(
        name="code",
        kind="choice",
        noun="resolution code",
        help="How it was resolved, by word or by its letter.",
        example="code:x",
        attribute="resolution_code",
        choices=tuple(RESOLUTION_CODES.values()),
    ),
    Field(
        name="count",
        kind="number",
        noun="number of alerts",
        help="How many alerts it gathers.",
        example="count>10",
        attribute="alert_count",
        aliases=("n", "alerts"),
    ),
    Field(
        name="firing",
        kind="number",
        noun="number of firing alerts",
        help="How many of its alerts fire.",
        example="firing:0",
        attribute="alerts_firing",
    ),
    Field(
        name="number",
        kind="number",
        noun="number",
        help="Its number.",
        example="number:42,INC-000043",
        attribute="number",
        aliases=("id", "inc"),
    ),
    Field(
        name="parent",
        kind="number",
        noun="parent",
        help="The number of the incident it hangs on, or `none`.",
        example="parent:42",
        attribute="parent",
        sorts=False,
    ),
)

BY_NAME: Final = {name: field for field in FIELDS for name in (field.name, *field.aliases)}
"""Every field by its name and its aliases."""
