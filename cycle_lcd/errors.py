from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form sent too late, or from elsewhere: 403, with what to do next."""
    return render(request, "403_csrf.html", status=403)
