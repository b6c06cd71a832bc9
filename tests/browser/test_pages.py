"""How the public pages behave on a screen, on paper and under the keyboard."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from sessions.models import Cycle
from sessions.programme import load_programme
from sessions.states import Publication
from tests.factories import (
    in_days,
    make_cycle,
    make_group,
    make_programme,
    make_registration,
    make_session,
    make_slot,
    make_territory,
)

FORM = "/cycles/cycle-lcd/inscription/"
# Of CSS pixels: a telephone, a tablet, a desk.
WIDTHS = [320, 768, 1280]
SMALLEST_TARGET = 24


@pytest.fixture
def cycle(live_server) -> Cycle:
    make_territory()
    return make_programme()


@pytest.fixture
def programme(live_server) -> Cycle:
    cycle, _created = load_programme()
    cycle.publication = Publication.PUBLISHED
    cycle.save()
    return cycle


def visit(page: Page, address: str, width: int = 1280) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    assert page.goto(address).ok


def scrolls_sideways(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


@pytest.mark.parametrize("width", WIDTHS)
def test_pages_never_scroll_sideways(page: Page, cycle, width):
    registration = make_registration(cycle)

    for address in ("/", "/cycles/cycle-lcd/", FORM, f"/inscriptions/{registration.token}/"):
        visit(page, address, width)
        assert (address, scrolls_sideways(page)) == (address, False)


@pytest.mark.parametrize("n_sessions", [5, 8])
@pytest.mark.parametrize("width", [768, 1280])
def test_long_cycle_never_scrolls_sideways(page: Page, live_server, width, n_sessions):
    cycle = make_cycle("long")
    group = make_group(cycle)
    for number in range(n_sessions):
        make_slot(make_session(cycle), group, starts_at=in_days(30 + number))

    visit(page, "/cycles/long/", width)

    assert not scrolls_sideways(page)


@pytest.mark.parametrize("address", ["/cycles/cycle-lcd/", FORM])
def test_links_and_controls_are_large_enough(page: Page, cycle, address):
    """A link within a sentence may be as high as its line."""
    visit(page, address, 320)

    heights = page.locator("button, summary, input, nav a, .btn, .form-check-label").evaluate_all(
        "all => all.filter(e => e.checkVisibility() && e.type !== 'radio' && e.type !== 'checkbox')"
        ".map(e => e.getBoundingClientRect().height)"
    )

    assert len(heights) > 5
    assert min(heights) >= SMALLEST_TARGET


@pytest.mark.parametrize(
    ("width", "table_is_shown"), [(320, False), (767, False), (768, True), (1280, True)]
)
def test_agenda_is_said_once(page: Page, cycle, width, table_is_shown):
    visit(page, "/cycles/cycle-lcd/", width)

    expect(page.get_by_role("table")).to_have_count(1 if table_is_shown else 0)
    expect(page.locator(".agenda-lists")).to_be_visible(visible=not table_is_shown)


def test_programme_prints_on_two_pages(page: Page, programme):
    visit(page, programme.get_absolute_url())

    pdf = page.pdf(prefer_css_page_size=True)

    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 2


def test_first_stop_of_the_keyboard_leads_to_the_content(page: Page, cycle):
    visit(page, FORM)

    page.keyboard.press("Tab")
    link = page.get_by_role("link", name="Aller au contenu")
    expect(link).to_be_focused()
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_error_summary_takes_the_focus_and_leads_to_each_field(page: Page, cycle):
    visit(page, FORM)
    page.get_by_role("button", name="Valider mon inscription").click()

    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    expect(links).to_have_count(8)
    for index in range(8):
        link = links.nth(index)
        target = link.get_attribute("href")
        link.click()
        expect(page.locator(target)).to_be_focused()


def test_territories_open_where_one_was_chosen(page: Page, cycle):
    visit(page, FORM)
    expect(page.locator("details[open]")).to_have_count(0)

    page.get_by_text("Territoires en contrat de ville").click()
    page.get_by_label("Métropole européenne de Lille").check()
    page.get_by_label("Prénom").fill("Alix")
    page.get_by_role("button", name="Valider mon inscription").click()

    expect(page.get_by_label("Métropole européenne de Lille")).to_be_checked()
    expect(page.get_by_label("Métropole européenne de Lille")).to_be_visible()


def test_profile_shows_its_dates_and_opens_the_form(page: Page, cycle):
    profile = cycle.groups.last().profiles.get()
    visit(page, "/cycles/cycle-lcd/", 320)

    page.get_by_role("link", name="Voir mes dates").click()
    page.get_by_role("list", name="Je suis…").get_by_role("link", name=profile.label).click()

    expect(page.get_by_role("heading", name="Vos dates")).to_be_in_viewport()
    expect(page.locator("#mes-dates").get_by_role("listitem")).to_have_count(3)
    page.locator("#mes-dates").get_by_role("link", name="S’inscrire au cycle").click()
    expect(page.get_by_role("radio", name=profile.label)).to_be_checked()


def test_way_in_fills_the_first_screen_on_the_day(page: Page, cycle):
    registration = make_registration(cycle)
    slot = registration.own_seats[0].slot
    slot.starts_at = timezone.now() - timedelta(minutes=5)
    slot.ends_at = slot.starts_at + timedelta(hours=3)
    slot.save()

    visit(page, f"/inscriptions/{registration.token}/", 320)

    way_in = page.locator(".today").get_by_role("link", name="Rejoindre la visioconférence")
    expect(way_in).to_have_attribute("href", slot.video_url)
    box = way_in.bounding_box()
    assert box["height"] >= 96
    assert box["y"] + box["height"] <= 800


def test_motion_stops_for_those_who_ask(page: Page, cycle):
    page.emulate_media(reduced_motion="reduce")
    visit(page, FORM)

    durations = page.locator("*").evaluate_all(
        "all => [...new Set(all.map(e => getComputedStyle(e).transitionDuration))]"
    )

    assert durations == ["0s"]
