"""Calendars of the people who come."""

from registrations.models import Registration


def personal_calendar(registration: Registration) -> bytes:
    """A person's own slots."""
    raise NotImplementedError
