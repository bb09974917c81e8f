"""The views that a desk shares: saved, dropped and restored by events of the desk, as everything else is.

An event carries the view that it set and the one that was before it, so the fold needs no rule: what it sets is the
view of that name, nothing drops it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

import msgspec

from noc_tui.incidents.commands import Command, Draft, Refusal
from noc_tui.incidents.saved_views import SavedView, ViewError, view_from
from noc_tui.incidents.verbs import Arg, Verb, normalise

SAVED: Final = "desk.view_saved"
DROPPED: Final = "desk.view_dropped"
SAVE: Final = "view_save"
DROP: Final = "view_drop"

DESK_VERBS: Final = {
    SAVE: Verb(
        id=SAVE,
        short="share view",
        title="share a view with the desk",
        done="shared with the desk",
        help="Everybody at this store finds it among the views.",
        args=(
            Arg("name", required=True, ask="name"),
            Arg("query", ask="query"),
            Arg("sort", ask="sort by"),
            Arg("group", ask="group by"),
            Arg("hidden", "flag", ask="what is shelved or suppressed, too"),
        ),
        reads=(),
    ),
    DROP: Verb(
        id=DROP,
        short="drop view",
        title="drop a view of the desk",
        done="dropped for the desk",
        help="It is gone for everybody who has none of their own by its name.",
        args=(Arg("name", required=True, ask="name"),),
        reads=(),
    ),
}
"""What can be done to the desk's views."""


class _Event(Protocol):
    @property
    def kind(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def data(self) -> dict[str, Any]: ...


class DeskScene(Protocol):
    """What a decision about views may look at."""

    def desk_view(self, name: str) -> SavedView | None:
        """Return the desk's view of this name."""

    def events_of(self, command_id: bytes) -> Sequence[_Event]:
        """Return what came of a command, in order."""


def decide_view(scene: DeskScene, command: Command) -> list[Draft] | Refusal:
    """Return the draft of the event that a verb of `DESK_VERBS` leads to, or why it leads to none."""
    args = normalise(DESK_VERBS[command.verb], command.args)
    if isinstance(args, str):
        return Refusal(args, "bad")
    before = scene.desk_view(args["name"])
    if command.verb == DROP:
        if before is None:
            return Refusal(f"The desk has no view {args['name']}.", "gone")
        return [_draft(DROPPED, args["name"], None, before)]
    try:
        view = view_from(args)
    except ViewError as error:
        return Refusal(f"{str(error)[:1].upper()}{str(error)[1:]}.", "bad")
    return [_draft(SAVED, view.name, view, before)] if view != before else []


def undo_view(scene: DeskScene, command: Command) -> list[Draft] | Refusal:
    """Return the draft that restores what a command had changed of the desk's views, unless somebody has since."""
    target = str(command.args.get("command", ""))
    try:
        events = scene.events_of(bytes.fromhex(target))
    except ValueError:
        return Refusal(f"{target!r} is no command's id.", "bad")
    drafts: list[Draft] = []
    for event in reversed(events):
        name = event.data.get("name")
        if not event.kind.startswith("desk.view_") or not isinstance(name, str):
            continue
        if event.actor != command.actor:
            return Refusal(f"{event.actor} did that; one undoes one's own.", "state")
        now, then = scene.desk_view(name), _view(event.data.get("set"))
        if now != then:
            return Refusal(f"View {name} was changed since; it stays as it is.", "conflict")
        was = _view(event.data.get("was"))
        drafts.append(_draft(SAVED if was is not None else DROPPED, name, was, now, bytes.fromhex(target)))
    return drafts or Refusal("There is no such incident.", "gone")


def _draft(kind: str, name: str, view: SavedView | None, before: SavedView | None, undoes: bytes = b"") -> Draft:
    patch, was = {"view": _plain(view)}, {"view": _plain(before)}
    return Draft(kind=kind, set=patch, was=was, more={"name": name}, undoes=undoes)


def _plain(view: SavedView | None) -> Any:
    return None if view is None else msgspec.to_builtins(view)


def _view(patch: Any) -> SavedView | None:
    plain = patch.get("view") if isinstance(patch, dict) else None
    try:
        return None if plain is None else view_from(plain)
    except ViewError:  # of a newer version
        return None


def folded(views: Mapping[str, Any], data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the desk's views, plain and by name, with what an event's body sets of them."""
    name, patch = data.get("name"), data.get("set")
    if not isinstance(name, str) or not isinstance(patch, dict) or "view" not in patch:
        return dict(views)
    rest = {known: view for known, view in views.items() if known != name}
    return rest if patch["view"] is None else {**rest, name: patch["view"]}
