"""The HTML of a mail, shown on a page of its own that can do nothing."""

from django.http import HttpResponse

# Mails carry their styles in themselves; nothing else of them is let through. The sandbox gives
# the page an origin of its own: it could not reach ours if it tried.
_POLICY = "; ".join(
    [
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
        "sandbox allow-popups allow-popups-to-escape-sandbox",
    ]
)


def html_preview(html: str) -> HttpResponse:
    """``html`` to be shown in a frame of ours, or alone. Its links open in another tab."""
    response = HttpResponse(html.replace("<head>", '<head><base target="_blank">', 1))
    response["Content-Security-Policy"] = _POLICY
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response
