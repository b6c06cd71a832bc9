"""Someone of the team: the same cycle at other dates, put on the site; a link sent again."""

from playwright.sync_api import Page, expect

from registrations.models import Registration
from sessions.typography import NBSP, day
from tests.browser.mailbox import body, receive
from tests.browser.walks import ADDRESS, PASSWORD, log_in
from tests.factories import in_days, make_account, make_registration


def test_staff_duplicate_publish_and_send_a_link_again(page: Page, open_cycle, letterbox):
    make_account(username="camille", password=PASSWORD)
    registration = make_registration(open_cycle, ADDRESS)
    page.goto("/admin/")
    log_in(page, "camille")
    open_list(page, "Cycles")
    page.get_by_role("row", name="Inscriptions ouvertes").get_by_role("link").click()

    duplicate_the_cycle(page)
    change_a_slot(page)
    preview_and_publish(page)
    send_the_link_again(page, registration)
    mail = receive(letterbox)
    assert mail["To"] == ADDRESS
    assert f"/inscriptions/{registration.token}/" in body(mail, "plain")
    read_the_log(page)
    expect(page.get_by_text("[lien personnel masqué]")).to_be_visible()
    assert registration.token not in page.content()


def open_list(page: Page, name: str) -> None:
    """From the first page of the admin."""
    row = page.get_by_role("main").get_by_role("row", name=name)
    row.get_by_role("link", name=name, exact=True).click()


def duplicate_the_cycle(page: Page) -> None:
    page.get_by_role("link", name="Dupliquer ce cycle").click()
    page.get_by_label("Date de la première séance").fill(in_days(300).date().isoformat())
    page.get_by_role("button", name="Proposer les autres dates").click()
    page.get_by_label("Titre").fill("Le cycle d’automne")
    page.get_by_role("button", name="Dupliquer", exact=True).click()
    expect(page.get_by_text("Le cycle est dupliqué")).to_be_visible()


def change_a_slot(page: Page) -> None:
    page.get_by_role("link", name="Agenda et liens").first.click()
    slot = page.get_by_role("group", name=f"Séance du {day(in_days(300))}, 9h00 à 12h00")
    slot.get_by_label("Début").fill("09:30")
    slot.get_by_label("Fin", exact=True).fill("12:30")
    slot.get_by_label("Lien").fill("https://visio.numerique.gouv.fr/new-link-abc")
    page.get_by_role("button", name="Enregistrer l’agenda").click()
    expect(page.get_by_text(f"1{NBSP}séance modifiée")).to_be_visible()


def preview_and_publish(page: Page) -> None:
    page.get_by_role("link", name="Aperçu sur le site").click()
    expect(page.get_by_role("complementary", name="Aperçu")).to_contain_text("n’est pas public")
    expect(page.get_by_role("cell").first).to_contain_text(f"{day(in_days(300))} 9h30 à 12h30")
    page.get_by_role("link", name="Revenir au cycle").click()
    page.get_by_role("link", name="Publier").click()
    page.get_by_role("button", name="Publier").click()
    expect(page.get_by_text("Le cycle est publié.")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("link", name="Le cycle d’automne")).to_be_visible()


def send_the_link_again(page: Page, registration: Registration) -> None:
    page.goto("/admin/")
    open_list(page, "Inscriptions")
    page.get_by_role("searchbox").fill(registration.last_name)
    page.get_by_role("button", name="Rechercher").click()
    page.get_by_role("link", name=registration.last_name).click()
    page.get_by_role("link", name="Renvoyer le lien").click()
    page.get_by_role("button", name="Renvoyer le lien").click()
    expect(page.get_by_text("Le courriel part dans un instant.")).to_be_visible()


def read_the_log(page: Page) -> None:
    page.goto("/admin/")
    open_list(page, "Courriels")
    row = page.get_by_role("row", name=ADDRESS)
    expect(row).to_contain_text("Envoyé")
    expect(row).to_contain_text("250 2.0.0 OK queued")
    row.get_by_role("link").first.click()
