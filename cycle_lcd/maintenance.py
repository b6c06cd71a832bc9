from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

# Seconds after which whoever came during the maintenance may try again.
RETRY_AFTER = 600
# The process lives all the same: who restarts dead ones must not restart it.
STILL_ANSWERED = ("/healthz",)


class MaintenanceMiddleware:
    """Answers 503 to everybody as long as the file ``MAINTENANCE_FILE`` is there.

    A file, so that there is nothing to restart when it comes or goes. The database is asked for
    nothing; style sheets, served before this, still are.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info in STILL_ANSWERED or not settings.MAINTENANCE_FILE.exists():
            return self.get_response(request)
        return HttpResponse(
            render_to_string("maintenance.html"),
            status=503,
            headers={"Retry-After": RETRY_AFTER, "Cache-Control": "no-store"},
        )
