"""Addresses that mails carry. They start with SITE_URL, never with the host of a request."""

from django.conf import settings
from django.urls import reverse

from registrations.models import Registration


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def personal_page(registration: Registration) -> str:
    """The secret address of the person's space: for their mails, and nowhere else."""
    return absolute(reverse("space", args=[registration.token]))
