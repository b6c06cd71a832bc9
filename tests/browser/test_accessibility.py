"""Every page, state and mail, as those who see, point or move less well meet it."""

import pytest
from playwright.sync_api import Page

from tests.browser.axe import NOT_FOR_MAILS, findings
from tests.browser.comfort import (
    CONTROLS,
    clipped,
    enlarge_text,
    kinds_of_controls,
    moves,
    own_colours,
    scrolls_sideways,
    space_out,
    tab_faults,
)
from tests.browser.painted import focus_is_seen
from tests.browser.parts import PARTS
from tests.browser.stops import go

WIDTHS = [1280, 320]


@pytest.mark.parametrize("part", PARTS, indirect=True)
def test_pages_have_no_fault_that_axe_finds(page: Page, part):
    # Colours on their way from one scheme to the other are no one's.
    page.emulate_media(reduced_motion="reduce")
    faults = []
    for stop in part:
        without = NOT_FOR_MAILS if stop.address.startswith("/courriels/") else ()
        go(page, stop)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            lines = findings(page, without=without)
            faults += [f"{stop.name}, {width} px: {line}" for line in lines]
        page.emulate_media(color_scheme="dark")
        faults += [f"{stop.name}, dark: {line}" for line in findings(page, contrast_only=True)]
        page.emulate_media(color_scheme="light")

    assert not faults, "\n".join(faults)


WALKED = [name for name in PARTS if name != "mails"]


@pytest.mark.parametrize("part", WALKED, indirect=True)
def test_keyboard_walks_through_pages_and_sees_where_it_is(page: Page, part):
    """In the order of the page, nothing left out, nothing hidden, nowhere stuck."""
    page.set_viewport_size({"width": 320, "height": 800})
    faults = []
    for stop in part:
        go(page, stop)
        faults += [f"{stop.name}: {fault}" for fault in tab_faults(page)]

    assert not faults, "\n".join(faults)


# The controls of accounts and roles are those of the admin.
@pytest.mark.parametrize("part", [name for name in WALKED if name != "superuser"], indirect=True)
def test_focus_is_seen_as_painted(page: Page, part):
    """At 3:1 with what was there, over as much as a line of one pixel around (WCAG 2.4.13).

    One control of each kind: with the same tag and classes, on the same ground.
    """
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size({"width": 1024, "height": 600})
    faults, met = [], set()
    for stop in part:
        go(page, stop)
        kinds = kinds_of_controls(page)
        for kind in kinds.keys() - met:
            control = page.locator(CONTROLS).nth(kinds[kind])
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                if not focus_is_seen(control):
                    faults.append(f"{stop.name}, {scheme}: {kind}")
        met |= kinds.keys()

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("part", PARTS, indirect=True)
def test_pages_bear_what_readers_do_to_them(page: Page, part):
    """400 %, letters twice as large, more space between them, colours forced, no motion."""
    faults = []
    for stop in part:
        # 1280 by 1024 at 400 %.
        page.set_viewport_size({"width": 320, "height": 256})
        page.emulate_media(reduced_motion="reduce", forced_colors="active")
        go(page, stop)
        found = [*moves(page), *own_colours(page)]
        page.emulate_media(reduced_motion="no-preference", forced_colors="none")
        for width, change in [(320, None), (320, space_out), (640, enlarge_text)]:
            page.set_viewport_size({"width": width, "height": 800})
            if change:
                change(page)
            found += [f"scrolls sideways, {width}, {change}"] if scrolls_sideways(page) else []
            found += clipped(page)
        faults += [f"{stop.name}: {fault}" for fault in found]

    assert not faults, "\n".join(faults)
