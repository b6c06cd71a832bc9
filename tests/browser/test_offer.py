import re

from playwright.sync_api import Page, expect

from tests.factories import make_programme


def test_home_leads_to_the_form_of_an_open_cycle(page: Page):
    cycle = make_programme()

    page.goto("/")
    page.get_by_role("link", name=cycle.title).click()
    page.get_by_role("link", name="S’inscrire au cycle").first.click()

    expect(page).to_have_url(re.compile(f"/cycles/{cycle.slug}/inscription/$"))
    expect(page.get_by_role("heading", level=1)).to_be_visible()
