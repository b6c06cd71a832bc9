"""Staff at work on a cycle. No page may need an inline script or style: see ``context``."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from sessions.admin.panel import cycle_url
from sessions.models import Cycle, Session, Slot
from sessions.states import Publication
from sessions.typography import in_paris
from tests.factories import in_days, make_account, make_programme

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def cycle(live_server) -> Cycle:
    return make_programme()


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


def test_texts_are_written_with_the_editor(staff: Page, cycle):
    staff.goto(cycle_url("change", cycle))
    context = staff.get_by_role("textbox", name="Contexte")
    context.click()

    staff.keyboard.type("Un texte ")
    staff.keyboard.press("Control+b")
    staff.keyboard.type("important")
    expect(context.locator("strong")).to_have_text("important")
    staff.get_by_role("button", name="Enregistrer", exact=True).click()

    expect(staff.get_by_text("a été modifié avec succès")).to_be_visible()
    cycle.refresh_from_db()
    assert cycle.context == "<p>Un texte <strong>important</strong></p>"


def test_links_of_texts_are_whole_addresses(staff: Page, cycle):
    staff.goto(cycle_url("change", cycle))
    aim = staff.get_by_role("textbox", name="Finalité")
    aim.click()
    staff.keyboard.type("IREV")
    expect(aim).to_have_text("IREV")
    staff.keyboard.press("Control+a")
    editor = staff.locator(".prose-editor", has=aim)
    editor.get_by_role("button", name="Lien", exact=True).click()
    dialog = staff.get_by_role("dialog")

    dialog.get_by_label("Adresse").fill("www.irev.fr")
    dialog.get_by_role("button", name="Appliquer").click()
    expect(dialog).to_be_visible()
    dialog.get_by_label("Adresse").fill("https://www.irev.fr/")
    dialog.get_by_role("button", name="Appliquer").click()

    expect(aim.get_by_role("link")).to_have_attribute("href", "https://www.irev.fr/")


def test_a_session_that_is_added_has_an_editor(staff: Page, cycle):
    staff.goto(cycle_url("change", cycle))
    staff.locator("#training_sessions-group .add-row a").click()
    added = staff.locator("#training_sessions-3")

    added.get_by_role("spinbutton", name="Numéro").fill("4")
    added.get_by_label("Intitulé").fill("Bilan")
    added.get_by_role("textbox", name="Contenu").click()
    staff.keyboard.type("Ce qui reste à faire")
    expect(added.locator(".tiptap")).to_have_text("Ce qui reste à faire")
    staff.get_by_role("button", name="Enregistrer", exact=True).click()

    expect(staff.get_by_text("a été modifié avec succès")).to_be_visible()
    assert Session.objects.get(number=4).content == "<p>Ce qui reste à faire</p>"


def test_agenda_errors_take_the_focus_and_lead_to_each_field(staff: Page, cycle):
    staff.goto(cycle_url("agenda", cycle))
    slots = staff.locator(".agenda-slot")
    slots.nth(0).get_by_label("Fin", exact=True).fill("08:00")
    slots.nth(0).get_by_label("Lien").fill("http://irev.example/salle")
    slots.nth(1).get_by_label("Délégués du préfet").check()
    staff.get_by_role("button", name="Enregistrer l’agenda").click()

    summary = staff.get_by_role("alert")
    expect(summary).to_be_focused()
    links = summary.get_by_role("link")
    expect(links).to_have_count(3)
    for index in range(3):
        target = links.nth(index).get_attribute("href")
        links.nth(index).click()
        expect(staff.locator(target)).to_be_focused()


def test_staff_duplicate_a_cycle_give_a_link_and_publish(staff: Page, cycle):
    staff.goto(cycle_url("change", cycle))
    staff.get_by_role("link", name="Dupliquer ce cycle").click()
    day = in_days(300).date()
    staff.get_by_label("Date de la première séance").fill(day.isoformat())
    staff.get_by_role("button", name="Proposer les autres dates").click()
    staff.get_by_label("Titre").fill("Le cycle, de nouveau")
    staff.get_by_role("button", name="Dupliquer", exact=True).click()

    staff.get_by_role("link", name="Agenda et liens").first.click()
    first = staff.locator(".agenda-slot").nth(0)
    first.get_by_label("Début").fill("09:30")
    first.get_by_label("Lien").fill("https://visio.numerique.gouv.fr/new-link-abc")
    staff.get_by_role("button", name="Enregistrer l’agenda").click()
    expect(staff.get_by_text(f"L’agenda est enregistré{NBSP}: 1")).to_be_visible()
    staff.get_by_role("link", name="Publier").click()
    staff.get_by_role("button", name="Publier").click()
    staff.get_by_role("link", name="Voir sur le site").first.click()

    expect(staff.get_by_role("heading", level=1)).to_have_text("Le cycle, de nouveau")
    copy = Cycle.objects.get(title="Le cycle, de nouveau")
    slot = Slot.objects.of_cycle(copy).in_order().first()
    assert copy.publication == Publication.PUBLISHED
    assert in_paris(slot.starts_at) == in_days(300, 9, 30)
    assert slot.video_url == "https://visio.numerique.gouv.fr/new-link-abc"


@pytest.mark.parametrize("name", ["agenda", "preview", "publish", "close", "duplicate"])
@pytest.mark.parametrize("width", [768, 1280])
def test_pages_of_a_cycle_never_scroll_sideways(staff: Page, cycle, name, width):
    staff.set_viewport_size({"width": width, "height": 800})

    staff.goto(cycle_url(name, cycle))

    assert not staff.evaluate("document.documentElement.scrollWidth > window.innerWidth")
