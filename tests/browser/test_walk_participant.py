"""A participant: from the site's front door to the mailbox, and all that the personal link does."""

from email.message import EmailMessage

from playwright.sync_api import Page, expect

from sessions.models import Cycle
from sessions.typography import NBSP, NNBSP, day, hours
from tests.browser.keyboard import tab_to, write
from tests.browser.mailbox import Times, body, calendars, receive, sequences, times, uids
from tests.browser.walks import ADDRESS, TITLE, afternoons, in_words, mornings
from tests.calendars import ReadEvent, read

EMAIL_LABEL = "Adresse électronique professionnelle"
AFTERNOON_PROFILE = "Cheffe ou chef de projet politique de la ville de la Région"


def test_participant_registers_edits_cancels_and_comes_back(page: Page, open_cycle, letterbox):
    read_the_cycle(page)
    register_by_keyboard(page)
    confirmation = receive(letterbox)
    check_confirmation(confirmation, open_cycle)
    open_the_space(page, confirmation)
    file = take_the_calendar(page)
    assert file == calendars(confirmation)[0]

    page.get_by_role("link", name="Modifier mon inscription").click()
    page.get_by_label(AFTERNOON_PROFILE).check()
    page.get_by_label("Téléphone (facultatif)").fill("+32 470 12 34 56")
    page.get_by_role("button", name="Enregistrer mes modifications").click()
    # Told first, since the dates change.
    page.get_by_role("button", name="Enregistrer et changer de séances").click()
    expect(page.get_by_text("Vos modifications sont enregistrées.")).to_be_visible()
    expect_own_slots(page, afternoons())
    moved = receive(letterbox)
    (_, events), *_ = calendars(moved)
    assert times(events) == afternoons()

    page.get_by_role("link", name="Annuler mon inscription").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Annuler votre inscription{NNBSP}?")
    page.get_by_role("button", name="Annuler mon inscription").click()
    expect(page.get_by_text("Votre inscription est annulée.", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Rejoindre la visioconférence")).to_have_count(0)
    cancelled = receive(letterbox)
    assert [method for method, _ in calendars(cancelled)] == ["CANCEL"] * 3

    page.get_by_role("button", name="Rétablir mon inscription").click()
    expect(page.get_by_text("Votre inscription est rétablie.")).to_be_visible()
    back = receive(letterbox)
    ((method, events),) = calendars(back)
    assert (method, times(events)) == ("PUBLISH", afternoons())
    assert uids(confirmation) == uids(moved) == uids(cancelled) == uids(back)
    # The common session stayed where it was when the others moved.
    assert [sequences(mail) for mail in (confirmation, moved, cancelled, back)] == [
        [0, 0, 0],
        [1, 1, 0],
        [2, 2, 1],
        [3, 3, 2],
    ]


def read_the_cycle(page: Page) -> None:
    page.goto("/")
    tab_to(page, page.get_by_role("link", name=TITLE).first)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_text("Inscriptions ouvertes")).to_be_visible()
    # The last time is common: its cell, merged, stands in the first row only.
    cells = [*mornings(), *afternoons()[:2]]
    expect(page.get_by_role("cell")).to_contain_text(
        [f"{day(start)} {hours(start, end)}" for start, end in cells]
    )
    tab_to(page, page.get_by_role("link", name="S’inscrire au cycle").first)
    page.keyboard.press("Enter")


def register_by_keyboard(page: Page) -> None:
    """Without a mouse, and with an address that is none at first."""
    tab_to(page, page.get_by_label("Déléguée ou délégué du préfet"))
    page.keyboard.press("Space")
    write(page, "Prénom", "Nour")
    write(page, "Nom", "El Amrani")
    write(page, EMAIL_LABEL, "nour.elamrani")
    write(page, "Téléphone (facultatif)", "06 12 34 56 78")
    write(page, "Structure", "Préfecture du Nord")
    write(page, "Type de structure", "Pr")
    write(page, "Fonction", "Déléguée du préfet")
    tab_to(page, page.get_by_text("Territoires en contrat de ville"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Métropole européenne de Lille"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("button", name="Valider mon inscription"))
    page.keyboard.press("Enter")

    expect(page).to_have_title(f"Erreur{NBSP}: Inscription – {TITLE} – IREV")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("listitem")).to_have_text(
        ["Saisissez une adresse électronique valide, par exemple prenom.nom@structure.fr."]
    )
    expect_nothing_lost(page)
    tab_to(page, summary.get_by_role("link"))
    page.keyboard.press("Enter")
    expect(page.get_by_label(EMAIL_LABEL)).to_be_focused()
    page.keyboard.press("Control+a")
    page.keyboard.type(ADDRESS)
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_have_text("Votre inscription est enregistrée")
    expect(page.get_by_role("main")).to_contain_text(ADDRESS)


def expect_nothing_lost(page: Page) -> None:
    expect(page.get_by_label("Déléguée ou délégué du préfet")).to_be_checked()
    for label, value in {
        "Prénom": "Nour",
        "Nom": "El Amrani",
        EMAIL_LABEL: "nour.elamrani",
        "Téléphone (facultatif)": "06 12 34 56 78",
        "Structure": "Préfecture du Nord",
        "Type de structure": "prefecture",
        "Fonction": "Déléguée du préfet",
    }.items():
        expect(page.get_by_label(label, exact=True)).to_have_value(value)
    expect(page.get_by_label("Métropole européenne de Lille")).to_be_checked()


def check_confirmation(mail: EmailMessage, cycle: Cycle) -> None:
    """Own dates and links, in each part that a program may show."""
    text, html = body(mail, "plain"), body(mail, "html")
    group = cycle.groups.get(position=1)
    slots = group.slots.order_by("starts_at")
    assert mail["To"] == ADDRESS
    assert [line for line in text.splitlines() if line.startswith("Le ")] == [
        f"Le {words}" for words in in_words(mornings())
    ]
    assert [slot.video_url for slot in slots if slot.video_url not in text] == []
    assert [slot.video_url for slot in slots if f'href="{slot.video_url}"' not in html] == []
    ((method, events),) = calendars(mail)
    assert (method, times(events)) == ("PUBLISH", mornings())
    assert [event.location for event in events] == [slot.video_url for slot in slots]


def open_the_space(page: Page, mail: EmailMessage) -> None:
    """From the mail, as a program that shows HTML does."""
    page.goto("about:blank")
    page.set_content(body(mail, "html"))
    page.get_by_role("link", name="Gérer mon inscription").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect_own_slots(page, mornings())


def expect_own_slots(page: Page, when: Times) -> None:
    own = page.get_by_role("region", name="Vos séances")
    expect(own.get_by_role("listitem")).to_contain_text(in_words(when))
    expect(own.get_by_role("link", name="Rejoindre la visioconférence")).to_have_count(len(when))


def take_the_calendar(page: Page) -> tuple[str, list[ReadEvent]]:
    with page.expect_download() as download:
        page.get_by_role("link", name="Ajouter à mon agenda").click()
    return read(download.value.path().read_bytes())
