from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from registrations.account_sessions import end_sessions, open_sessions
from registrations.accounts import account_of
from registrations.views.http import SeeOther
from sessions.typography import count


@require_http_methods(["GET", "HEAD", "POST"])
def own_sessions(request: HttpRequest) -> HttpResponse:
    """« Mes connexions »: where one is logged in; ends the others on POST."""
    account = account_of(request)
    if request.method == "POST":
        n_ended = end_sessions(account, but=request.session.session_key)
        ended = count(n_ended, "autre connexion fermée", "autres connexions fermées")
        messages.success(request, f"{ended}.")
        return SeeOther(request.path)
    context = {
        "open_sessions": open_sessions(account, request.session.session_key),
        "idle_hours": settings.SESSION_COOKIE_AGE // 3600,
        "longest_hours": settings.ACCOUNT_SESSION_LONGEST // timedelta(hours=1),
    }
    return render(request, "accounts/sessions.html", context)
