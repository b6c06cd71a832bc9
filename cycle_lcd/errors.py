import sys

from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import server_error

# Seconds after which whoever was told that the database does not answer may try again.
RETRY_AFTER = 30


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent too late, or from elsewhere: 403, with what to do next."""
    return render(request, "403_csrf.html", status=403)


def failure(request: HttpRequest) -> HttpResponse:
    """Any other error: 503 when the database is away or too busy, which passes, else 500.

    Neither page asks the database for anything.
    """
    # Django calls this while it handles the exception, wherever it was raised.
    error = sys.exc_info()[1]
    # A connection that is cut in the middle of a statement gives a DatabaseError of no kind.
    if isinstance(error, (OperationalError, InterfaceError)) or type(error) is DatabaseError:
        return HttpResponse(
            render_to_string("503.html"), status=503, headers={"Retry-After": RETRY_AFTER}
        )
    return server_error(request)
