import re
from datetime import timedelta

import pytest
from django.utils import timezone

from registrations.models import Message, Registration
from registrations.states import Status
from sessions.models import Cycle, Slot
from tests.factories import (
    form_data,
    in_days,
    make_cycle,
    make_group,
    make_programme,
    make_registration,
    make_registrations,
    make_session,
    make_slot,
    make_territory,
)
from tests.pages import text

pytestmark = pytest.mark.django_db

FORM = "/cycles/cycle-lcd/inscription/"
THANKS = "/cycles/cycle-lcd/inscription/merci/"
# Of an accepted form and of the page it leads to, for an address that is known or not.
TOTAL_QUERIES = 22


def test_home_sorts_cycles_by_what_one_can_do(client):
    make_programme("ouvert")
    later = make_programme("a-venir")
    later.registration_opens_at = in_days(3)
    later.save()
    make_programme("passe", first_day=-60)
    make_cycle("brouillon", publication="draft")
    make_cycle("archive", publication="archived")

    context = client.get("/").context

    slugs = {
        name: [card.cycle.slug for card in context[name]]
        for name in ("open_cycles", "coming_cycles", "past_cycles")
    }
    assert slugs == {
        "open_cycles": ["ouvert"],
        "coming_cycles": ["a-venir"],
        "past_cycles": ["passe"],
    }


@pytest.mark.parametrize("n_cycles", [0, 1, 3])
def test_home_asks_the_same_whatever_it_lists(client, django_assert_num_queries, n_cycles):
    for number in range(n_cycles):
        make_programme(f"cycle-{number}")

    with django_assert_num_queries(4 if n_cycles else 1):
        response = client.get("/")

    assert response.status_code == 200


@pytest.mark.parametrize("n_registered", [0, 1_000])
def test_cycle_page_asks_eight_things(client, django_assert_num_queries, n_registered):
    make_registrations(make_programme(capacity=2_000), n_registered)

    with django_assert_num_queries(8):
        response = client.get("/cycles/cycle-lcd/")

    assert response.status_code == 200


@pytest.mark.parametrize("publication", ["draft", "archived"])
def test_cycle_that_is_not_published_is_not_found(client, publication):
    make_cycle(publication=publication)

    assert client.get("/cycles/cycle-lcd/").status_code == 404
    assert client.get(FORM).status_code == 404


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Inscriptions jusqu’au"),
        ({"registration_opens_at": in_days(2)}, "Les inscriptions ouvriront le"),
        ({"registration_closes_at": in_days(-2)}, "Les inscriptions sont closes depuis le"),
    ],
)
def test_cycle_page_says_where_registration_stands(client, fields, sentence):
    cycle = make_programme()
    for name, value in fields.items():
        setattr(cycle, name, value)
    cycle.save()

    assert sentence in text(client.get("/cycles/cycle-lcd/"))


def test_cycle_page_says_that_it_is_full(client):
    cycle = make_programme(capacity=1)
    for group in cycle.groups.all():
        make_registration(cycle, f"{group.slug}@x.example.org", profile=group.profiles.get())

    page = text(client.get("/cycles/cycle-lcd/"))

    assert "Ce cycle est complet." in page
    # At the top and at the end.
    assert page.count("S’inscrire sur liste d’attente") == 2
    assert "S’inscrire au cycle" not in page


def test_cycle_page_says_that_it_is_over(client):
    make_programme(first_day=-60)

    assert "Ce cycle est terminé." in text(client.get("/cycles/cycle-lcd/"))


def test_cycle_page_never_names_who_is_registered(client):
    make_registration(make_programme(), "alix.martin@nord.example.org")

    page = text(client.get("/cycles/cycle-lcd/"))

    assert "alix.martin" not in page
    assert "Alix" not in page


def test_video_link_is_on_no_public_page(client):
    make_programme()
    link = Slot.objects.first().video_url

    for address in ("/", "/cycles/cycle-lcd/", FORM, "/cycles/cycle-lcd/calendrier/delegues.ics"):
        response = client.get(address)
        assert response.status_code == 200
        assert link not in text(response)


def test_registration_goes_through(client):
    cycle = make_programme()
    territory = make_territory()

    response = client.post(FORM, form_data(cycle, territory))

    assert (response.status_code, response["Location"]) == (303, THANKS)
    registration = Registration.objects.get()
    assert registration.status == Status.CONFIRMED
    assert registration.phone == "+33612345678"
    assert registration.seats.count() == 3
    assert "alix.martin@nord.example.org" in text(client.get(THANKS))


@pytest.mark.parametrize("n_registered", [0, 1_000])
def test_registration_costs_the_same_with_its_thanks(
    client, django_assert_num_queries, n_registered
):
    cycle = make_programme(capacity=2_000)
    make_registrations(cycle, n_registered)
    territory = make_territory()
    data = form_data(cycle, territory)

    with django_assert_num_queries(TOTAL_QUERIES):
        client.post(FORM, data, follow=True)

    assert Registration.objects.count() == n_registered + 1


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("fields", [{"capacity": 1}, {"requires_validation": True}])
def test_who_waits_or_is_to_be_validated_costs_the_same_known_or_not(
    client, django_assert_num_queries, fields, known
):
    cycle = make_programme(capacity=fields.get("capacity"))
    Cycle.objects.update(requires_validation="requires_validation" in fields)
    make_registration(cycle, "autre@nord.example.org")
    data = form_data(cycle, make_territory())
    if known:
        make_registration(cycle, data["email"])

    with django_assert_num_queries(TOTAL_QUERIES):
        client.post(FORM, data, follow=True)


def test_known_address_gets_the_same_answer_for_the_same_work(client, django_assert_num_queries):
    cycle = make_programme(capacity=40)
    data = form_data(cycle, make_territory())
    make_registration(cycle, data["email"])

    with django_assert_num_queries(TOTAL_QUERIES):
        known = client.post(FORM, data, follow=True)

    client.cookies.clear()
    Registration.objects.all().delete()
    unknown = client.post(FORM, data, follow=True)
    assert known.redirect_chain == unknown.redirect_chain == [(THANKS, 303)]
    assert known.content == unknown.content
    assert {k: v for k, v in known.headers.items() if k != "Expires"} == {
        k: v for k, v in unknown.headers.items() if k != "Expires"
    }


def test_form_with_errors_keeps_what_was_typed(client):
    cycle = make_programme()
    data = form_data(cycle, make_territory(), first_name="", email="alix", organisation="DDETS")

    response = client.post(FORM, data)

    page = text(response)
    assert response.status_code == 400
    assert response.context["form"].errors == {
        "first_name": ["Saisissez votre prénom."],
        "email": [
            "Saisissez une adresse électronique valide, par exemple prenom.nom@structure.fr."
        ],
    }
    assert "<title>Erreur" in page
    assert "champs à corriger" in page
    assert 'value="DDETS"' in page
    assert Registration.objects.count() == 0
    assert Message.objects.count() == 0


@pytest.mark.parametrize("posted", ["0", "999999", "abc", "", "-1", "\0", "9" * 30])
def test_form_refuses_a_profile_that_is_not_offered(client, posted):
    cycle = make_programme()

    response = client.post(FORM, form_data(cycle, make_territory(), profile=posted))

    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["profile"]


def test_form_refuses_the_profile_of_another_cycle(client):
    cycle = make_programme()
    other = make_programme("autre")
    posted = other.groups.first().profiles.get().pk

    response = client.post(FORM, form_data(cycle, make_territory(), profile=posted))

    assert list(response.context["form"].errors) == ["profile"]


@pytest.mark.parametrize("posted", [[], ["0"], ["abc"], ["\0"], ["9" * 30]])
def test_form_refuses_territories_that_are_not_offered(client, posted):
    cycle = make_programme()

    response = client.post(FORM, form_data(cycle, make_territory(), territories=posted))

    assert list(response.context["form"].errors) == ["territories"]


def test_form_shows_each_group_its_own_dates(client):
    cycle = make_cycle()
    group = make_group(cycle)
    make_slot(make_session(cycle), group, starts_at=in_days(30))

    page = text(client.get(FORM))

    assert page.count("9h00") >= 1
    assert group.name in page


def test_form_is_closed_outside_the_window(client):
    cycle = make_programme()
    cycle.registration_closes_at = in_days(-1)
    cycle.save()

    response = client.post(FORM, form_data(cycle, make_territory()), follow=True)

    assert "Les inscriptions sont closes depuis le" in text(response)
    assert Registration.objects.count() == 0


def test_double_click_makes_one_registration_and_one_mail(client):
    cycle = make_programme()
    data = form_data(cycle, make_territory(), submission_key="une-seule-fois")

    answers = [client.post(FORM, data) for _ in range(3)]

    assert {answer.status_code for answer in answers} == {303}
    assert Registration.objects.count() == 1
    assert Message.objects.count() == 1


def test_form_brought_back_for_someone_else_registers_them_too(client):
    cycle = make_programme()
    data = form_data(cycle, make_territory(), submission_key="une-seule-fois")

    client.post(FORM, data)
    client.post(FORM, {**data, "email": "autre@nord.example.org"})

    assert Registration.objects.count() == 2
    assert Message.objects.count() == 2


def test_find_answers_the_same_for_all(client, django_assert_num_queries):
    make_registration(make_programme(), "connue@nord.example.org")

    answers = []
    for address in ("connue@nord.example.org", "inconnue@nord.example.org"):
        # The counts of the network, of the mailbox for it and for all; a savepoint and the mail.
        with django_assert_num_queries(6):
            answers.append(client.post("/mes-inscriptions/", {"email": address}, follow=True))

    assert answers[0].content == answers[1].content
    assert answers[0].redirect_chain == answers[1].redirect_chain


def test_thanks_without_a_registration_names_nobody(client):
    make_programme()

    response = client.get(THANKS)

    assert response.status_code == 200
    assert "@" not in text(response)


def test_get_and_head_change_nothing(client):
    make_registration(make_programme())
    token = Registration.objects.get().token
    before = (
        list(Registration.objects.values()),
        list(Message.objects.values()),
    )

    for address in (
        "/",
        "/cycles/cycle-lcd/",
        FORM,
        THANKS,
        f"/inscriptions/{token}/",
        f"/inscriptions/{token}/calendrier.ics",
        f"/inscriptions/{token}/modifier/",
        f"/inscriptions/{token}/annuler/",
        f"/inscriptions/{token}/retablir/",
        "/mes-inscriptions/",
    ):
        client.get(address)
        client.head(address)
        client.options(address)

    assert before == (list(Registration.objects.values()), list(Message.objects.values()))


def test_probes_answer(client):
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").json() == {"database": True, "migrations": True, "outbox": True}


def test_readiness_says_that_no_mail_leaves(client):
    Message.objects.create(
        kind="find_link",
        recipient="x@x.example.org",
        next_attempt_at=timezone.now() - timedelta(hours=1),
    )

    response = client.get("/readyz")

    assert (response.status_code, response.json()["outbox"]) == (503, False)


@pytest.mark.parametrize(("asked", "is_chosen"), [("second", True), ("0", False), ("é", False)])
def test_form_opens_on_the_profile_that_was_chosen(client, asked, is_chosen):
    profile = make_programme().groups.last().profiles.get()

    page = text(client.get(FORM, {"profil": profile.pk if asked == "second" else asked}))

    checked = re.findall(r'value="(\d+)"\s+checked', page)
    assert checked == ([str(profile.pk)] if is_chosen else [])
