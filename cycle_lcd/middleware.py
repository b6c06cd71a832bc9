import re
from collections.abc import Callable
from urllib.parse import unquote_plus, urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from cycle_lcd.encodings import UNREADABLE
from registrations import session_times
from registrations.second_factor import GIVEN

GetResponse = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        # Only the preview of a mail lets itself be framed.
        "frame-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ]
)
PERMISSIONS_POLICY = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
# Beginnings of path_info, by which Django finds what answers: path may start as a client says.
# Pages that show, or lead to, what concerns one person: no cache and no search engine keeps them.
ACCOUNT_PREFIXES = ("/admin/", "/coordination/")
OPEN_PATHS = (
    "/admin/login/",
    "/admin/logout/",
    "/coordination/connexion/",
    "/coordination/deconnexion/",
)
PRIVATE_PREFIXES = (
    "/inscriptions/",
    "/invitations/",
    "/remplacements/",
    "/compte/",
    "/demonstration/",
    *ACCOUNT_PREFIXES,
)


class SecurityHeadersMiddleware:
    """Puts the headers that every answer carries, errors and files included.

    It stands first, so that what the others refuse, redirect or serve carries them too. A view may
    set a stricter or wider value itself: what is there already is left alone.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        headers = response.headers
        policy = CONTENT_SECURITY_POLICY
        if headers.get("Content-Disposition", "").startswith("attachment"):
            # A file, should a browser show it all the same, can do nothing.
            policy = f"{policy}; sandbox"
        headers.setdefault("Content-Security-Policy", policy)
        headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", settings.X_FRAME_OPTIONS)
        if request.path_info.startswith(PRIVATE_PREFIXES):
            headers.setdefault("X-Robots-Tag", "noindex, nofollow")
            headers["Cache-Control"] = "no-store, private"
        elif headers.get("Content-Type", "").startswith("text/html"):
            # It holds a form's token, or the messages of one visitor.
            headers.setdefault("Cache-Control", "private, no-cache")
        return response


def is_by_account(request: HttpRequest) -> bool:
    """Whether an account asks for a page that accounts alone may open."""
    path = request.path_info
    is_guarded = path.startswith(ACCOUNT_PREFIXES) and path not in OPEN_PATHS
    return is_guarded and request.user.is_authenticated


class AccountSessionMiddleware:
    """Logs out an account whose session has lasted as long as it may; keeps the others alive."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_by_account(request):
            now = timezone.now()
            if session_times.is_over(request.session, now):
                logout(request)
            else:
                session_times.touch(request.session, now)
        return self.get_response(request)


class SecondFactorMiddleware:
    """Leads an account that has only given its password to give its second factor.

    Where ``SECOND_FACTOR`` asks for it, and before any page that accounts alone may open.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        lacks_it = is_by_account(request) and GIVEN not in request.session
        if settings.SECOND_FACTOR and lacks_it:
            query = urlencode({"next": request.get_full_path()})
            return redirect(f"{reverse('second_factor')}?{query}")
        return self.get_response(request)


class RequestGuardMiddleware:
    """Refuses with 400 what no page expects and what some databases answer with an error.

    A NUL in the address, an address or a query beyond 2,000 characters, a number in a query that no
    identifier reaches; what says it is written in another encoding than ours. With 405, TRACE: the
    admin's pages answer whatever the method.
    """

    LONGEST = 2_000
    # As int() reads it: any Unicode digits, which may be parted by underscores.
    TOO_GREAT = re.compile(r"\d(?:_?\d){18}")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if request.method == "TRACE":
            return HttpResponseNotAllowed(["GET", "HEAD", "POST"])
        query = request.META.get("QUERY_STRING", "")
        if len(query) > self.LONGEST or len(request.path_info) > self.LONGEST:
            raise BadRequest("address too long")
        # As the pages will read it.
        query = unquote_plus(query)
        if "\0" in request.path_info or "\0" in query:
            raise BadRequest("NUL in the address")
        if self.TOO_GREAT.search(query):
            raise BadRequest("number too great")
        if request.content_type == UNREADABLE:
            raise BadRequest("not in UTF-8")
        return None
