"""Pictures of every page and mail, to be looked at: ``make captures``, into ``captures/``.

Its name keeps it out of the tests: pytest runs it when it is asked for by name.
"""

import re

import pypdfium2
import pytest
from django.conf import settings
from django.utils.text import slugify
from playwright.sync_api import Page

from tests.browser.parts import PARTS
from tests.browser.parts.public import public_stops
from tests.browser.stops import go

FOLDER = settings.BASE_DIR / "captures"
WIDTHS = {"mails": (320, 600)}
ALL_WIDTHS = (320, 768, 1280)


@pytest.mark.parametrize("part", PARTS, indirect=True)
def test_take_pictures(page: Page, part, request):
    name = request.node.callspec.params["part"]
    folder = FOLDER / name
    folder.mkdir(parents=True, exist_ok=True)
    page.emulate_media(reduced_motion="reduce")
    for stop in part:
        go(page, stop)
        # The same name each time: rows of the database are numbered anew.
        file = slugify(re.sub(r"/\d+/", "/", stop.name).replace("/", " "))
        for width in WIDTHS.get(name, ALL_WIDTHS):
            page.set_viewport_size({"width": width, "height": 900})
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                page.screenshot(path=folder / f"{file}-{width}-{scheme}.png", full_page=True)


def test_print_the_programme(page: Page, live_server):
    FOLDER.mkdir(exist_ok=True)
    (stop,) = (stop for stop in public_stops() if stop.name == "cycle terminé")
    go(page, stop)

    with pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True)) as pdf:
        for number, sheet in enumerate(pdf, start=1):
            sheet.render(scale=2).to_pil().save(FOLDER / f"programme-{number}.png")
