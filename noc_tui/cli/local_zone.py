"""The operator's time zone, as the C library knows it (TZ, /etc/localtime)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo


class LocalZone(tzinfo):
    """The local zone for any instant: summer time included, which a fixed offset would get wrong."""

    def utcoffset(self, at: datetime | None) -> timedelta | None:
        """Return how far local clocks are ahead of UTC."""
        return _local(at).utcoffset() if at is not None else None

    def tzname(self, at: datetime | None) -> str | None:
        """Return the zone's short name, such as CET."""
        return _local(at).tzname() if at is not None else None

    def dst(self, at: datetime | None) -> timedelta | None:
        """Return None: how much of the offset is summer time is not known."""
        return None

    def fromutc(self, at: datetime) -> datetime:
        """Return the local time of an instant; of two alike, the one that it is."""
        there = at.replace(tzinfo=UTC).astimezone()
        here = there.replace(tzinfo=self)
        return here if here.utcoffset() == there.utcoffset() else here.replace(fold=1)


def _local(at: datetime) -> datetime:
    return at.replace(tzinfo=None).astimezone()
