"""Calendars of the offer."""

from sessions.models import AudienceGroup, Cycle


def group_calendar(cycle: Cycle, group: AudienceGroup) -> bytes:
    """The public calendar of a group, without links."""
    raise NotImplementedError
