"""The public pages of cycles: what one sees of one’s own, and cycles unlike the others."""

import json

import pytest
from django.utils import timezone

from registrations import services
from sessions.models import Cycle, Slot
from sessions.typography import day, hours
from tests.factories import form_data, in_days, make_invitation, make_programme, make_territory
from tests.pages import text
from tests.shapes import make_in_person

pytestmark = pytest.mark.django_db

PAGE = "/cycles/cycle-lcd/"
FORM = "/cycles/cycle-lcd/inscription/"
CANCELLED = "Ce cycle est annulé\u00a0: ses séances n’auront pas lieu."


def cancel(cycle):
    services.cancel_cycle(cycle, now=timezone.now(), by=None)


def test_cancelled_cycle_says_so_wherever_it_is_shown(client):
    cancel(make_programme())

    home, page, form = client.get("/"), text(client.get(PAGE)), text(client.get(FORM))

    assert [card.registration.label for card in home.context["coming_cycles"]] == ["Cycle annulé"]
    assert "Dates à venir" not in text(home) + page
    assert CANCELLED in page
    assert "Toutes les séances de ce cycle sont annulées." in page
    assert FORM not in page
    assert CANCELLED in form


def test_cancelled_cycle_takes_nobody(client):
    cycle = make_programme()
    cancel(cycle)

    response = client.post(FORM, form_data(cycle, make_territory()), follow=True)

    assert CANCELLED in text(response)
    assert not cycle.registrations.exists()


def test_cancelled_slot_is_told_with_its_date(client):
    make_programme()
    slot = Slot.objects.earliest("starts_at")
    Slot.objects.filter(pk=slot.pk).update(cancelled_at=in_days(0))

    page = client.get(PAGE)

    assert page.context["agenda"].cancelled == [slot]
    told = text(page).partition("Séances annulées</h3>")[2].partition("</ul>")[0]
    assert day(slot.starts_at) in told
    assert "session 1" in told


def test_cycle_without_cancelled_slots_says_nothing_of_it(client):
    make_programme()

    assert "annulée" not in text(client.get(PAGE))


def test_private_cycle_is_nowhere_without_an_invitation(client):
    cycle = make_programme()
    Cycle.objects.update(is_private=True)
    territory = make_territory()

    assert cycle.title not in text(client.get("/"))
    unknown = client.get("/cycles/nulle-part/")
    for address in (PAGE, FORM, f"{FORM}merci/", f"{PAGE}calendrier/delegues.ics"):
        response = client.get(address)
        assert (response.status_code, response.content) == (404, unknown.content), address
    assert client.post(FORM, form_data(cycle, territory)).status_code == 404
    assert not cycle.registrations.exists()


def test_places_where_people_meet_are_on_the_page_and_on_the_form(client):
    make_in_person()
    slot = Slot.objects.get(mode="in_person")

    page = client.get("/cycles/en-presentiel/")
    form = client.get("/cycles/en-presentiel/inscription/")

    assert page.context["agenda"].modes == ["En visioconférence", "En présentiel"]
    assert "En visioconférence et en présentiel" in text(page)
    for shown in (text(page), text(form)):
        assert "IREV, Lille" in shown
    assert hours(slot.starts_at, slot.ends_at) == "9h00 à 16h30"


def test_form_marks_the_group_that_is_full(client):
    cycle = make_programme()
    full, free = cycle.groups.all()
    full.slots.filter(session__number=1).update(capacity=1)
    client.post(FORM, form_data(cycle, make_territory()))

    form = text(client.get(FORM))

    assert form.count("Ce groupe est complet.") == 1
    told = form.partition(f'id="groupe-{full.pk}-dates"')[2].partition(f'id="groupe-{free.pk}"')[0]
    assert "Ce groupe est complet." in told
    assert "Ce cycle est complet" not in form


def test_visitor_who_says_who_they_are_sees_their_dates(client, django_assert_num_queries):
    cycle = make_programme()
    profile = cycle.groups.last().profiles.get()
    slots = list(profile.group.slots.order_by("starts_at"))

    with django_assert_num_queries(8):
        page = text(client.get(PAGE, {"profil": profile.pk}))

    own = page.partition('id="mes-dates"')[2].partition("</ul>")[0]
    assert own.count("<li>") == 3
    for slot in slots:
        assert day(slot.starts_at) in own
    assert f'href="{FORM}?profil={profile.pk}"' in page


@pytest.mark.parametrize("asked", ["0", "abc", "9" * 18, "é"])
def test_page_for_an_unknown_profile_is_the_page(client, asked):
    make_programme()

    assert client.get(PAGE, {"profil": asked}).content == client.get(PAGE).content


def test_past_cycle_asks_nobody_who_they_are(client):
    make_programme(first_day=-60)

    assert "Je suis" not in text(client.get(PAGE))


def test_public_page_tells_other_sites_what_it_is(client):
    cycle = make_programme()
    profile = cycle.groups.first().profiles.get()

    page = text(client.get(PAGE, {"profil": profile.pk}))

    assert f'<link rel="canonical" href="http://testserver{PAGE}">' in page
    assert f'<meta property="og:title" content="{cycle.title}">' in page
    assert 'content="http://testserver/static/img/link-preview.png"' in page
    data = json.loads(page.partition('"application/ld+json">')[2].partition("</script>")[0])
    assert data["@graph"][0]["url"] == f"http://testserver{PAGE}"
    assert f'href="{PAGE}programme.pdf"' in page


def test_public_form_tells_other_sites_what_it_is(client):
    cycle = make_programme()

    page = text(client.get(f"{PAGE}inscription/"))

    assert f'<link rel="canonical" href="http://testserver{PAGE}inscription/">' in page
    assert f'<meta property="og:title" content="Inscription – {cycle.title}">' in page


def test_private_cycle_tells_other_sites_nothing(client):
    cycle = make_programme()
    cycle.is_private = True
    cycle.save()
    invitation = make_invitation(cycle)

    for end in ("", "inscription/"):
        page = text(client.get(f"/invitations/{invitation.token}/{end}"))

        assert cycle.title in page
        for part in ("canonical", "og:title", "ld+json", "programme.pdf"):
            assert part not in page
