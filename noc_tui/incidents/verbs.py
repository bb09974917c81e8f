"""The one table of verbs: what can be done to an incident, by what words, and what it depends on.

Keys, palette, footer, which-key, help, the `:` line, `noc-tui do` and the documentation are generated from it.
`reads` are the fields that a command rests on: a change to one of them after the operator's last paint is a conflict
(DESIGN.md 8.9). The verbs of the major incident practice have their place here when their process is there.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from noc_tui.incidents.model import CATEGORIES, HOLD_REASONS, LEVELS, RESOLUTION_CODES


class Arg(msgspec.Struct, frozen=True):
    """An argument of a verb.

    `kind`: text, person, when (an instant in microseconds), incident (a number), alert (a ref), command (a command's id
    in hex), choice (one of `choices`: letter or value to value), flag. `ask` is the prompt's question.
    """

    name: str
    kind: str = "text"
    required: bool = False
    choices: dict[str, str] = {}
    ask: str = ""


class Verb(msgspec.Struct, frozen=True, kw_only=True):
    """A row of the table. `short` is the footer's one or two words, `title` what help and palette say.

    `done` completes "INC-000042 …" when it has happened. `rule_only` verbs belong to the standing duties. With
    `children`, it is asked which open children follow, by commands of their own (`incidents/children.py`).
    """

    id: str
    short: str
    title: str
    done: str
    help: str
    args: tuple[Arg, ...] = ()
    reads: tuple[str, ...] = ("state",)
    makes: bool = False
    rule_only: bool = False
    children: bool = False


_NOTE = Arg("note", ask="note")
_LEVEL_CHOICES = {level[0]: level for level in LEVELS}
_PRIORITY_CHOICES = {str(number): str(number) for number in range(1, 6)}
_CODE_CHOICES = dict(RESOLUTION_CODES)
_TABLE: Final = (
    Verb(
        id="log",
        short="new",
        title="log a new incident",
        done="logged",
        help="Log an incident that nobody's monitoring reported.",
        args=(
            Arg("title", required=True, ask="what is wrong"),
            Arg("service", ask="service"),
            Arg("resource", ask="resource"),
            Arg("site", ask="site"),
            Arg("category", "choice", choices={name: name for name in CATEGORIES}, ask="category"),
            Arg("impact", "choice", choices=_LEVEL_CHOICES, ask="impact"),
            Arg("urgency", "choice", choices=_LEVEL_CHOICES, ask="urgency"),
            _NOTE,
        ),
        reads=(),
        makes=True,
    ),
    Verb(
        id="ack",
        short="ack",
        title="acknowledge",
        done="acknowledged",
        help="You have seen it; it stays with the team. Stops the response clock.",
        args=(_NOTE,),
    ),
    Verb(
        id="unack",
        short="unack",
        title="take the acknowledgement back",
        done="no longer acknowledged",
        help="It needs somebody's eyes again.",
        reads=("state", "owner"),
    ),
    Verb(
        id="take",
        short="take",
        title="take",
        done="taken",
        help="You work on it now. A held incident is resumed.",
        args=(Arg("steal", "flag", ask="take it over"), _NOTE),
        reads=("state", "owner"),
    ),
    Verb(
        id="assign",
        short="assign",
        title="assign",
        done="assigned",
        help="Give it to a person (bo) or a team (team:t2).",
        args=(Arg("to", "person", required=True, ask="assign to"), _NOTE),
        reads=("state", "owner", "team"),
    ),
    Verb(
        id="release",
        short="release",
        title="release",
        done="released",
        help="You stop working on it; it stays acknowledged.",
        reads=("state", "owner"),
    ),
    Verb(
        id="note",
        short="note",
        title="add a note",
        done="noted",
        help="Write down what you saw, did or were told.",
        args=(Arg("text", required=True, ask="note"),),
        reads=(),
    ),
    Verb(
        id="label",
        short="label",
        title="add a label",
        done="labelled",
        help="A free word to find it by.",
        args=(Arg("label", required=True, ask="label"),),
        reads=(),
    ),
    Verb(
        id="unlabel",
        short="unlabel",
        title="remove a label",
        done="label removed",
        help="Take a label off again.",
        args=(Arg("label", required=True, ask="label"),),
        reads=(),
    ),
    Verb(
        id="priority",
        short="priority",
        title="set the priority",
        done="priority set",
        help="Overrides the matrix; no alert changes it again.",
        args=(Arg("priority", "choice", required=True, choices=_PRIORITY_CHOICES, ask="priority"), _NOTE),
        reads=("state", "priority", "priority_fixed"),
    ),
    Verb(
        id="impact",
        short="impact",
        title="set the impact",
        done="impact set",
        help="How many are hit; priority follows by the matrix.",
        args=(Arg("impact", "choice", required=True, choices=_LEVEL_CHOICES, ask="impact"),),
        reads=("state", "impact", "urgency", "priority", "priority_fixed"),
    ),
    Verb(
        id="urgency",
        short="urgency",
        title="set the urgency",
        done="urgency set",
        help="How soon it must be mended; priority follows by the matrix.",
        args=(Arg("urgency", "choice", required=True, choices=_LEVEL_CHOICES, ask="urgency"),),
        reads=("state", "impact", "urgency", "priority", "priority_fixed"),
    ),
    Verb(
        id="category",
        short="category",
        title="set the category",
        done="category set",
        help="network, application, hardware, security, facility or other.",
        args=(
            Arg(
                "category",
                "choice",
                required=True,
                choices={name: name for name in CATEGORIES},
                ask="category",
            ),
        ),
        reads=("state", "category"),
    ),
    Verb(
        id="service",
        short="service",
        title="set the service",
        done="service set",
        help="The service that suffers.",
        args=(Arg("service", required=True, ask="service"),),
        reads=("state", "service"),
    ),
    Verb(
        id="title",
        short="title",
        title="reword the summary",
        done="reworded",
        help="Say better what is wrong.",
        args=(Arg("title", required=True, ask="summary"),),
        reads=("state", "title"),
    ),
    Verb(
        id="escalate",
        short="escalate",
        title="escalate to a team",
        done="escalated",
        help="Functional: to people with more knowledge or access. Nobody is paged by it yet.",
        args=(Arg("to", "person", ask="escalate to"), _NOTE),
        reads=("state", "team", "tier"),
    ),
    Verb(
        id="escalate_up",
        short="manager",
        title="escalate to management",
        done="escalated to management",
        help="Hierarchical: to somebody with more authority. Nobody is paged by it yet.",
        args=(Arg("to", "person", ask="escalate to"), _NOTE),
        reads=("state", "level"),
    ),
    Verb(
        id="hold",
        short="hold",
        title="put on hold",
        done="on hold",
        help="It waits for somebody else; the resolution clock pauses.",
        args=(
            Arg("reason", "choice", required=True, choices=dict(HOLD_REASONS), ask="it waits for"),
            Arg("until", "when", ask="until"),
            _NOTE,
        ),
    ),
    Verb(
        id="resume",
        short="resume",
        title="resume",
        done="resumed",
        help="The wait is over; the resolution clock runs on.",
        reads=("state", "owner"),
    ),
    Verb(
        id="snooze",
        short="snooze",
        title="snooze",
        done="snoozed",
        help="Out of the way until a time; the clocks run on.",
        args=(Arg("until", "when", ask="until"), Arg("till_clear", "flag", ask="till it clears"), _NOTE),
        reads=("state", "snoozed_until"),
    ),
    Verb(
        id="wake",
        short="wake",
        title="wake",
        done="awake",
        help="End a snooze now.",
        reads=("snoozed_until",),
    ),
    Verb(
        id="shelve",
        short="shelve",
        title="shelve an alert",
        done="shelved",
        help="Hide a nuisance alert for a bounded time; it comes back by itself (ISA-18.2).",
        args=(
            Arg("until", "when", required=True, ask="until"),
            Arg("reason", required=True, ask="why"),
            Arg("alert", "alert", ask="alert"),
            Arg("till_clear", "flag", ask="till it clears"),
        ),
        reads=(),
    ),
    Verb(
        id="unshelve",
        short="unshelve",
        title="end a shelf",
        done="unshelved",
        help="Show the alert again now.",
        args=(Arg("alert", "alert", ask="alert"),),
        reads=(),
    ),
    Verb(
        id="resolve",
        short="resolve",
        title="resolve",
        done="resolved",
        help="Service is restored. The code says how: it feeds the figures.",
        args=(
            Arg("code", "choice", required=True, choices=_CODE_CHOICES, ask="resolved as"),
            Arg("cause", ask="cause"),
            _NOTE,
        ),
        reads=("state", "last_alert_at"),
        children=True,
    ),
    Verb(
        id="reopen",
        short="reopen",
        title="reopen",
        done="reopened",
        help="It is not over after all; a closed incident needs a reason.",
        args=(Arg("reason", ask="why"),),
        reads=("state", "owner"),
    ),
    Verb(
        id="close",
        short="close",
        title="close",
        done="closed",
        help="Reviewed; nothing is left to do.",
        args=(_NOTE,),
    ),
    Verb(
        id="link",
        short="link",
        title="link under a parent",
        done="linked",
        help="One cause, many incidents: it hangs on the parent.",
        args=(Arg("parent", "incident", required=True, ask="under which incident"),),
        reads=("state", "parent"),
    ),
    Verb(
        id="unlink",
        short="unlink",
        title="unlink from its parent",
        done="unlinked",
        help="It stands alone again.",
        reads=("state", "parent"),
    ),
    Verb(
        id="merge",
        short="merge",
        title="merge into another",
        done="merged",
        help="It is the same incident; later alerts go to the other.",
        args=(Arg("parent", "incident", required=True, ask="into which incident"),),
        reads=("state", "parent"),
    ),
    Verb(
        id="unmerge",
        short="unmerge",
        title="undo a merge, however old",
        done="unmerged",
        help="It stands alone again, in the state it had.",
        reads=("state", "parent"),
    ),
    Verb(
        id="undo",
        short="undo",
        title="undo",
        done="undone",
        help="Restores what the command had changed, unless somebody has built on it.",
        args=(Arg("command", "command", required=True, ask="command"),),
        reads=(),
    ),
    Verb(
        id="redo",
        short="redo",
        title="redo",
        done="done again",
        help="Takes an undo back.",
        args=(Arg("command", "command", required=True, ask="command"),),
        reads=(),
    ),
    Verb(
        id="settle",
        short="settle",
        title="end of flapping",
        done="settled",
        help="An alert has stopped flapping.",
        args=(Arg("alert", "alert", required=True),),
        reads=(),
        rule_only=True,
    ),
)
VERBS: Final[dict[str, Verb]] = {verb.id: verb for verb in _TABLE}
"""Every verb by its id, in the order of help."""


def expectation(verb: Verb, revision: int) -> dict[str, int]:
    """Return the `expect` of a command made by somebody who saw the incident at `revision`."""
    return dict.fromkeys(verb.reads, revision)


def normalise(verb: Verb, args: dict[str, Any]) -> dict[str, Any] | str:
    """Return the arguments with letters made words and empty ones left out, or a sentence that says what is wrong."""
    known = {arg.name: arg for arg in verb.args}
    for name in args:
        if name not in known:
            takes = ", ".join(known) or "no arguments"
            return f"{verb.id} does not know {name!r}; it takes {takes}."
    result: dict[str, Any] = {}
    for arg in verb.args:
        value = _value(arg, args.get(arg.name))
        if isinstance(value, Refused):
            return f"{verb.id}: {value.reason}"
        if value is not None:
            result[arg.name] = value
        elif arg.required:
            return f"{verb.id} needs {arg.name}{_options(arg)}."
    return result


class Refused(msgspec.Struct, frozen=True):
    """Why a value is none for its argument."""

    reason: str


def _options(arg: Arg) -> str:
    return f": one of {', '.join(dict.fromkeys(arg.choices.values()))}" if arg.choices else ""


def _flag(arg: Arg, value: Any) -> Any:
    text = str(value).strip().casefold()
    if text in ("false", "no", "0"):
        return None
    return True if text in ("true", "yes", "1") else Refused(f"{arg.name} {value!r} is neither yes nor no.")


def _value(arg: Arg, value: Any) -> Any:
    if value is None or value == "" or value is False:
        return None
    if arg.kind == "choice":
        text = str(value).strip().casefold()
        if text in arg.choices:
            return arg.choices[text]
        if text in arg.choices.values():
            return text
        return Refused(f"{value!r} is no {arg.name}{_options(arg)}.")
    if arg.kind == "flag":
        return _flag(arg, value)
    if arg.kind in ("when", "incident"):
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            return value
        what = "an instant in microseconds" if arg.kind == "when" else "an incident's number"
        return Refused(f"{arg.name} {value!r} is not {what}.")
    text = str(value).strip()
    return text or None
