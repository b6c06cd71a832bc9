"""What the walks know of the programme that the demonstration opens, and how they log in."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from playwright.sync_api import Page

from sessions.typography import PARIS, day, hours
from tests.browser.mailbox import Times

TITLE = "Initier un plan de lutte contre les discriminations"
ADDRESS = "nour.elamrani@nord.example.org"
PASSWORD = "neuf-fauteuils-bleu-canard"


def log_in(page: Page, username: str) -> None:
    page.get_by_label("Nom d’utilisateur").fill(username)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.keyboard.press("Enter")


def tuesdays() -> list[date]:
    """The third Tuesday ahead, and the two after it."""
    today = timezone.localdate()
    first = today + timedelta(days=(1 - today.weekday()) % 7 or 7, weeks=2)
    return [first + timedelta(weeks=week) for week in range(3)]


def at(on: date, start: time, end: time) -> tuple[datetime, datetime]:
    return datetime.combine(on, start, PARIS), datetime.combine(on, end, PARIS)


def mornings() -> Times:
    """What the first group follows."""
    return [at(on, time(9), time(12)) for on in tuesdays()]


def afternoons() -> Times:
    """What the second group follows: the last time, the morning that is common."""
    first, second, last = tuesdays()
    return [
        at(first, time(13, 30), time(16, 30)),
        at(second, time(13, 30), time(16, 30)),
        at(last, time(9), time(12)),
    ]


def in_words(when: Times) -> list[str]:
    return [f"{day(start)}, de {hours(start, end)}" for start, end in when]
