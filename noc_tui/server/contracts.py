"""What each route takes and answers, in types: what the OpenAPI description is made of."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from noc_tui.incidents.listing import SORT_NAMES
from noc_tui.journal.exchange import (
    LIMIT,
    LONGEST_WAIT,
    MOST,
    Fork,
    Gone,
    History,
    Page,
    Prior,
    PriorAsked,
    Push,
    Pushed,
    SnapshotEnd,
    SnapshotRows,
    SnapshotStart,
)
from noc_tui.journal.finding import FoundLine
from noc_tui.journal.wire import INCIDENT_FIELDS
from noc_tui.server.metrics import CONTENT_TYPE
from noc_tui.server.refusing import JSON
from noc_tui.server.snapshot_routes import NDJSON

Schema = dict[str, Any]


class Refusal(msgspec.Struct, frozen=True):
    """Why a request was not done: a sentence for people, a word for programs."""

    error: str
    code: str


class Ready(msgspec.Struct, frozen=True):
    """It is so."""

    ok: bool


class Person(msgspec.Struct, frozen=True):
    """Whose token it is."""

    name: str
    role: str
    source: str
    version: str
    time: int


class AlertAnswer(msgspec.Struct, frozen=True):
    """What came of one alert: its key, its incident's number, the outcome, and why if it was put aside."""

    alert: str | None
    incident: str | None
    outcome: str
    reason: str | None


class AlertAnswers(msgspec.Struct, frozen=True):
    """What came of each alert, in order."""

    answers: list[AlertAnswer]


class WebhookTaken(msgspec.Struct, frozen=True):
    """How many alerts of a webhook were taken in, and how many put aside."""

    taken: int
    quarantined: int


class EventTaken(msgspec.Struct, frozen=True):
    """As PagerDuty answers."""

    status: str
    message: str
    dedup_key: str


class EventRefused(msgspec.Struct, frozen=True, omit_defaults=True):
    """As PagerDuty refuses."""

    status: str
    message: str
    errors: list[str] = []


class Parameter(msgspec.Struct, frozen=True):
    """One part of a path or query: its JSON schema and what it means."""

    name: str
    says: str
    schema: Schema
    place: str = "query"
    required: bool = False


class Answer(msgspec.Struct, frozen=True):
    """What comes with a status: a type, or a schema of its own."""

    says: str
    kind: Any = None
    schema: Schema | None = None
    media: str = JSON


class Contract(msgspec.Struct, frozen=True):
    """What one route takes and answers; refusals that every route knows are left out."""

    says: str
    answers: dict[int, Answer]
    parameters: tuple[Parameter, ...] = ()
    body: Any = None
    body_schema: Schema | None = None


_HEX: Final = {"type": "string", "pattern": "^([0-9a-f][0-9a-f])*$", "maxLength": 64}
_WHOLE: Final = {"type": "integer", "minimum": 0, "maximum": (1 << 59)}
_TEXT: Final = {"type": "string"}
_OBJECT: Final = {"type": "object"}
_INCIDENT: Final[Schema] = {
    "type": "object",
    "properties": {name: {} for name in INCIDENT_FIELDS},
    "required": list(INCIDENT_FIELDS),
}
_INCIDENTS: Final[Schema] = {"type": "array", "items": _INCIDENT}
_WHOLE_INCIDENT: Final[Schema] = {
    "type": "object",
    "properties": _INCIDENT["properties"] | {"events": {"type": "array"}, "alerts": {"type": "array"}},
    "required": [*INCIDENT_FIELDS, "events", "alerts"],
}
_QUERY: Final = Parameter("q", "A query, as behind / on the board.", _TEXT | {"maxLength": 2_048})
_OFFSET: Final = Parameter(
    "offset",
    "The zone of the query's times, in minutes east of UTC.",
    {"type": "integer", "minimum": -1_080, "maximum": 1_080},
)
_READY: Final = {200: Answer("It is.", Ready)}

CONTRACTS: Final[dict[str, Contract]] = {
    "journal": Contract(
        "The events after a cursor, at once or when there are some; without a cursor, where the journal ends.",
        {
            200: Answer("A page; blanks may come ahead of it while a poll is held.", Page),
            409: Answer("The cursor is not on this history.", Fork),
            410: Answer("The history after the cursor is archived.", Gone),
        },
        (
            Parameter("epoch", "The cursor's epoch, in hex.", _HEX),
            Parameter("after", "The last seq that is known.", _WHOLE),
            Parameter("hash", "The hash of that event, in hex; without it only the epoch and the seq count.", _HEX),
            Parameter("ahead", "A later seq, up to which rows of a snapshot may be newer than the cursor.", _WHOLE),
            Parameter("ahead_hash", "The hash of that event, in hex: it must be on this history, too.", _HEX),
            Parameter("limit", f"Events at most, up to {MOST}; {LIMIT} if not said.", _WHOLE | {"minimum": 1}),
            Parameter(
                "wait",
                f"Seconds to be held while nothing is new, up to {LONGEST_WAIT:g}.",
                {"type": "number", "minimum": 0},
            ),
            Parameter("beside", "The version of what is beside the journal that is known.", _WHOLE),
            Parameter(
                "here",
                "A console behind this poll: origin,number,doing.",
                {"type": "array", "items": _TEXT, "maxItems": 32},
            ),
        ),
    ),
    "commands": Contract(
        "Commands of the token's person, each done once however often it is sent.",
        {
            200: Answer("The outcome of each command, in order, all durable.", Pushed),
            409: Answer("They were made on another history; nothing was done.", Fork),
            410: Answer("They were made on a history that is archived; nothing was done.", Gone),
        },
        body=Push,
    ),
    "snapshot": Contract(
        "What is on the board, one JSON object a line, the most urgent first.",
        {200: Answer("Lines.", SnapshotStart | SnapshotRows | SnapshotEnd, media=NDJSON)},
    ),
    "prior": Contract(
        "How incidents and alerts were right after an event.", {200: Answer("So.", Prior)}, body=PriorAsked
    ),
    "history": Contract(
        "All that the journal tells of an incident, to the letter.",
        {200: Answer("Its history.", History), 404: Answer("There is no such incident.", Refusal)},
        (Parameter("number", "Its number, such as 42 or INC-000042, or its id.", _TEXT, "path", required=True),),
    ),
    "incidents": Contract(
        "What the board would show, in its order.",
        {200: Answer("Incidents.", schema=_INCIDENTS)},
        (
            _QUERY,
            _OFFSET,
            Parameter("limit", "Incidents at most.", _WHOLE),
            Parameter("sort", "Another order; a dash turns it round.", {"type": "string", "enum": ["", *SORT_NAMES]}),
            Parameter(
                "closed",
                "Also what is closed or hidden; `only`: what is closed or merged, the newest first.",
                {"type": "string", "enum": ["0", "1", "false", "true", "only"]},
            ),
        ),
    ),
    "incident": Contract(
        "An incident with its alerts and its timeline.",
        {200: Answer("It.", schema=_WHOLE_INCIDENT), 404: Answer("There is no such incident.", Refusal)},
        (Parameter("incident", "Its number, such as 42 or INC-000042, or its id.", _TEXT, "path", required=True),),
    ),
    "search": Contract(
        "Words looked for in everything that was ever logged, the newest mention first.",
        {200: Answer("What was found; the page after it is what was found before its last `seq`.", list[FoundLine])},
        (
            Parameter(
                "q",
                'Words, "words in a row", begin*, -not.',
                _TEXT | {"minLength": 1, "maxLength": 512},
                required=True,
            ),
            Parameter("limit", "Incidents at most, up to 1,000.", _WHOLE),
            Parameter("before", "The `seq` of the last one of the page before.", _WHOLE),
        ),
    ),
    "board": Contract(
        "The board as it was.",
        {200: Answer("Incidents.", schema=_INCIDENTS)},
        (
            Parameter("at", "When: ISO 8601, or as a person says it, in UTC.", _TEXT | {"minLength": 1}, required=True),
            _QUERY,
            _OFFSET,
        ),
    ),
    "policy": Contract("The policy.", {200: Answer("It.", schema=_OBJECT)}),
    "me": Contract("Whose token this is.", {200: Answer("A person or a source.", Person)}),
    "alerts": Contract(
        "Alerts in our own form: one, an array, or one a line.",
        {200: Answer("What came of each, in order, all durable.", AlertAnswers)},
        body_schema={"anyOf": [_OBJECT, {"type": "array", "items": {}}]},
    ),
    "alertmanager": Contract(
        "Alertmanager's webhook, version 4.",
        {200: Answer("All that could be read is durable.", WebhookTaken)},
        body_schema=_OBJECT,
    ),
    "pagerduty": Contract(
        "PagerDuty's Events API v2; the routing key is a token of role source.",
        {202: Answer("Durable.", EventTaken), 400: Answer("As theirs.", EventRefused)},
        body_schema=_OBJECT,
    ),
    "metrics": Contract("Figures for Prometheus.", {200: Answer("Text.", schema=_TEXT, media=CONTENT_TYPE)}),
    "healthz": Contract("Whether the process is alive.", _READY),
    "readyz": Contract("Whether it can serve.", _READY),
    "openapi": Contract("This description.", {200: Answer("OpenAPI 3.1.", schema=_OBJECT)}),
}
"""The contract of each route of the table of access."""
