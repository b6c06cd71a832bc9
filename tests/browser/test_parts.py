"""No page of the site is left out of the visits."""

from django.db import transaction
from django.urls import Resolver404, resolve

from tests.access import TABLE
from tests.browser.parts import PARTS
from tests.browser.parts.team import NOT_PAGES

# Files, and what machines ask.
FILES = {
    *("programme_pdf", "group_calendar", "space_calendar", "space_data_file", "alive", "ready"),
    *("sitemap", "robots", "security_txt"),
}


def visited() -> set[str]:
    """The names of the addresses where the stops are."""
    names = set()
    for make_stops, make_visitor in PARTS.values():
        with transaction.atomic():
            if make_visitor:
                make_visitor()
            for stop in make_stops():
                try:
                    names.add(resolve(stop.address.partition("?")[0]).view_name)
                except Resolver404:
                    # A page of errors, a mail.
                    continue
            transaction.set_rollback(True)
    return names


def test_every_page_is_visited(db):
    pages = {name for name, row in TABLE.items() if 200 in row.codes.values()}

    assert sorted(pages - FILES - NOT_PAGES - visited()) == []
