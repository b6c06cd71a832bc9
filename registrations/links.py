"""Addresses that mails carry. They start with SITE_URL, never with the host of a request."""

from django.conf import settings
from django.urls import reverse

from registrations.models import Invitation, Registration, Replacement


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def personal_page(registration: Registration) -> str:
    """The secret address of the person's space: for their mails, and nowhere else."""
    return absolute(reverse("space", args=[registration.token]))


def replacement_page(replacement: Replacement) -> str:
    """The secret address where a colleague takes a place over: for their mail alone."""
    return absolute(reverse("replacement", args=[replacement.token]))


def invitation_page(invitation: Invitation) -> str:
    """The secret address that opens a cycle to whoever is given it."""
    return absolute(reverse("invitation", args=[invitation.token]))
