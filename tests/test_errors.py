"""What visitors are answered when a page fails."""

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from django.urls import path

from cycle_lcd.urls import handler500

ERRORS = {
    "away": OperationalError("connection to server failed"),
    "cut in a statement": DatabaseError("server closed the connection unexpectedly"),
    "cut": InterfaceError("connection already closed"),
    "wrong": ProgrammingError("relation does not exist"),
}


@login_not_required
def fail(request, how):
    raise ERRORS[how]


# The pages of the frame are asked for by the error pages.
urlpatterns = [path("fail/<how>/", fail)] + [
    path(f"{name}/", fail, name=name)
    for name in (
        *("home", "find_registration", "site_map", "accessibility"),
        *("legal_notice", "personal_data"),
    )
]

__all__ = ["handler500", "urlpatterns"]


@pytest.fixture
def failing(client, settings):
    """Asks for a page that fails; without database, which pytest-django forbids here."""
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    return lambda how: client.get(f"/fail/{how}/")


@pytest.mark.parametrize("how", ["away", "cut", "cut in a statement"])
def test_database_away_is_said_to_pass(failing, how):
    response = failing(how)

    assert response.status_code == 503
    assert response.headers["Retry-After"] == "30"
    assert "<h1>Service momentanément indisponible</h1>" in response.content.decode()


@pytest.mark.parametrize("how", ["away", "wrong"])
def test_foot_of_a_page_that_fails_says_how_accessible_the_site_is(failing, settings, how):
    settings.ACCESSIBILITY_STATUS = "partiellement conforme"

    page = failing(how).content.decode()

    assert "Accessibilité&nbsp;: partiellement conforme</a>" in page


def test_fault_of_ours_is_said_to_be_one(failing):
    response = failing("wrong")

    assert response.status_code == 500
    assert "Retry-After" not in response.headers
    assert "<h1>Une erreur est survenue</h1>" in response.content.decode()
