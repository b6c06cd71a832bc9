"""Where a visit of the site stops, and how it gets there."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import Page, Response


@dataclass(frozen=True)
class Stop:
    name: str
    address: str
    # Shown there in the place of what the site answers.
    html: str = ""
    # Pressed once there, for what only an answer to a form shows.
    button: str = ""


def go(page: Page, stop: Stop) -> Response:
    """Returns what the site answered at last, as it was sent."""
    if stop.html:
        page.route(
            f"**{stop.address}",
            lambda route: route.fulfill(body=stop.html, content_type="text/html; charset=utf-8"),
        )
    answer = page.goto(stop.address)
    if stop.button:
        with page.expect_navigation() as navigation:
            page.get_by_role("button", name=stop.button).first.click()
        answer = navigation.value
    return answer


def log_in_as(page: Page, account: User, site: str, cookie: str) -> None:
    """Without the form: a session of its own. ``cookie`` is the name that the settings give it."""
    client = Client()
    client.force_login(account)
    page.context.add_cookies([{"name": cookie, "value": client.cookies[cookie].value, "url": site}])
