"""The least that Textual can do: one label with a counter that every key moves. The unit of the other figures."""

from textual.app import App, ComposeResult
from textual.events import Key
from textual.widgets import Label


class EmptyApp(App[None]):
    """One label; `q` leaves."""

    keys = 0

    def compose(self) -> ComposeResult:
        """Show the label."""
        yield Label("ready, 0 keys")

    def on_key(self, event: Key) -> None:
        """Count a key."""
        if event.key == "q":
            self.exit()
            return
        self.keys += 1
        self.query_one(Label).update(f"ready, {self.keys} keys")


if __name__ == "__main__":
    EmptyApp().run()
