"""What a source's alerts were when nobody looked last: the beginning of a poll's comparison."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from noc_tui.incidents.model import Alert
from noc_tui.store.decoding import alerts_of
from noc_tui.store.engines import look_engine
from noc_tui.store.errors import classified
from noc_tui.store.schema import FIRING, alerts


def firing_alerts(path: Path, source: str) -> list[Alert]:
    """Return the alerts of a source that fire as far as the store knows; StoreError if it cannot be read."""
    query = select(alerts).where(text(FIRING), alerts.c.source == source)
    engine = look_engine(path)
    try:
        with engine.begin() as connection:
            return alerts_of(connection.execute(query).all())
    except (DBAPIError, OSError) as error:
        raise classified(error, path) from error
    finally:
        engine.dispose()
