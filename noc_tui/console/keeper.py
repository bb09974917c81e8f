"""Who keeps a console's agent running, as far as the console knows."""

from __future__ import annotations

from typing import Literal, Protocol

KeeperState = Literal["starting", "running", "lost"]


class Keeper(Protocol):
    """Starts an agent and starts it again whenever it dies."""

    @property
    def state(self) -> KeeperState:
        """`lost` from the agent's end until the next one is at work."""

    @property
    def reason(self) -> str:
        """Why it is lost, a sentence; empty while it is not."""

    async def run(self) -> None:
        """Keep it running until `stop`."""

    async def stop(self) -> None:
        """End it, and start none again."""
