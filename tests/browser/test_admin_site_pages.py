"""Staff write a page that the law asks for, look at it, put it on the site."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from tests.factories import make_account


@pytest.fixture
def staff(page: Page, live_server, settings) -> Page:
    """A page of someone of the team, logged in."""
    client = Client()
    client.force_login(make_account())
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies(
        [{"name": name, "value": client.cookies[name].value, "url": live_server.url}]
    )
    return page


def test_text_is_written_seen_published_and_taken_back(staff: Page):
    staff.goto("/admin/training/pageversion/")
    staff.get_by_role("link", name="Modifier\u00a0: Accessibilité").click()
    # Not by its role: until the editor has started, that is the text area it stands for.
    editor = staff.locator("[aria-label=Texte]")
    editor.click()
    staff.keyboard.press("Control+End")
    staff.keyboard.type(" Un mot de plus.")
    expect(editor).to_contain_text("Un mot de plus.")
    staff.get_by_role("button", name="Enregistrer").click()

    expect(staff.get_by_role("heading", level=1)).to_have_text("Accessibilité")
    expect(staff.get_by_role("complementary", name="Aperçu")).to_contain_text("n’est pas publié")
    staff.get_by_role("button", name="Publier ce texte").click()
    expect(staff.get_by_text("« Accessibilité » : ce texte est sur le site.")).to_be_visible()
    staff.goto("/accessibilite/")
    expect(staff.get_by_role("main")).to_contain_text("Un mot de plus.")

    staff.goto("/admin/training/pageversion/")
    staff.get_by_role("link", name="Repartir du texte d’origine : Accessibilité").click()
    expect(staff.locator("[aria-label=Texte]")).not_to_contain_text("Un mot de plus.")
    staff.get_by_role("button", name="Enregistrer").click()
    staff.get_by_role("button", name="Publier ce texte").click()
    staff.goto("/accessibilite/")
    expect(staff.get_by_role("main")).not_to_contain_text("Un mot de plus.")
