"""Where pages are, and what they say, for tests that ask for them without a browser."""

from django.http import HttpResponse

from registrations.models import Registration


def text(response: HttpResponse) -> str:
    return response.content.decode()


def said(response: HttpResponse) -> list[str]:
    """The messages at the head of the page."""
    return [str(message) for message in response.context["messages"]]


def space(registration: Registration, page: str = "") -> str:
    """The address of someone's personal space, or of one of its pages: « modifier/ »."""
    return f"/inscriptions/{registration.token}/{page}"
