"""Addresses that mails carry. They start with SITE_URL, never with the host of a request."""

from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.auth.tokens import default_token_generator
from django.urls import reverse
from django.utils.http import urlsafe_base64_encode

from registrations.models import Invitation, Registration, Replacement


def absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def personal_page(registration: Registration) -> str:
    """The secret address of the person's space: for their mails, and nowhere else."""
    return absolute(reverse("space", args=[registration.token]))


def replacement_page(replacement: Replacement) -> str:
    """The secret address where a colleague takes a place over: for their mail alone."""
    return absolute(reverse("replacement", args=[replacement.token]))


def password_page(account: User) -> str:
    """Where an account chooses its password, once, within PASSWORD_RESET_TIMEOUT of this call."""
    number = urlsafe_base64_encode(str(account.pk).encode())
    token = default_token_generator.make_token(account)
    return absolute(reverse("set_password", args=[number, token]))


def invitation_page(invitation: Invitation) -> str:
    """The secret address that opens a cycle to whoever is given it."""
    return absolute(reverse("invitation", args=[invitation.token]))
