import math
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render

from registrations import throttling
from sessions.typography import count


class SeeOther(HttpResponseRedirect):
    """Where to go after a form was accepted: the browser asks for it with GET."""

    status_code = 303


def too_many_requests(request: HttpRequest, wait: timedelta) -> HttpResponse:
    """429, with how long to wait, for people and for programs."""
    response = render(request, "429.html", {"wait": wait_in_words(wait)}, status=429)
    response["Retry-After"] = math.ceil(wait.total_seconds())
    return response


def wait_in_words(wait: timedelta) -> str:
    """Rounded up, so that who waits for it is let through."""
    seconds = math.ceil(wait.total_seconds())
    if seconds <= 90:
        return count(seconds, "seconde", "secondes")
    if seconds <= 90 * 60:
        return count(math.ceil(seconds / 60), "minute", "minutes")
    return count(math.ceil(seconds / 3600), "heure", "heures")


def limited(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Counts what one network posts to a view that is open to strangers: 429 beyond the limits."""

    @wraps(view)
    def limiting(request: HttpRequest, *args, **kwargs) -> HttpResponseBase:
        if request.method == "POST":
            network = throttling.network_of(request)
            wait = throttling.wait_before_post("posts", network, throttling.POSTS)
            if wait is not None:
                return too_many_requests(request, wait)
        response = view(request, *args, **kwargs)
        if response.status_code == HTTPStatus.BAD_REQUEST and request.method == "POST":
            # A person who mends a form does not send it so often: nor does their whole office.
            typed = f"{throttling.network_of(request)}\n{request.POST.get('email', '')}"
            wait = throttling.wait_before_post("slips", typed, throttling.SLIPS)
            if wait is not None:
                return too_many_requests(request, wait)
        return response

    return limiting
