"""« Me faire remplacer »: asked from one's space, answered from the colleague's mailbox."""

from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import services
from registrations.models import Message, Registration, Replacement
from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.models import Cycle, Profile
from sessions.typography import day
from tests.factories import (
    form_data,
    in_days,
    make_invitation,
    make_programme,
    make_registration,
    make_territory,
)
from tests.pages import space, text

pytestmark = pytest.mark.django_db

COLLEAGUE = {"first_name": "Nour", "last_name": "Benali", "email": "nour.benali@nord.example.org"}
UNKNOWN = f"/remplacements/{'A' * 43}/"


def ask(registration) -> Replacement:
    return services.ask_replacement(registration, **COLLEAGUE, now=timezone.now())


def page_of(replacement) -> str:
    return f"/remplacements/{replacement.token}/"


def answer_data(cycle, **fields):
    """What the colleague posts: no address, which is the one that was written to."""
    data = form_data(cycle, make_territory(), first_name="Nour", last_name="Benali", **fields)
    del data["email"]
    return data


@pytest.fixture
def leaver():
    return make_registration(
        make_programme(),
        phone="+33612345678",
        organisation="Sous-préfecture d’Avesnes",
        job_title="Déléguée du préfet",
        expectations="Mieux connaître le droit",
        access_needs="Avec sous-titres",
    )


def test_asking_writes_to_the_colleague_and_leaves_the_place(client, leaver):
    done = client.post(space(leaver, "remplacer/"), COLLEAGUE, follow=True)

    assert done.redirect_chain == [(space(leaver), 303)]
    assert "Vous gardez votre place tant que votre collègue ne l’a pas acceptée." in text(done)
    message = Message.objects.get()
    assert (message.kind, message.recipient) == (
        MessageKind.REPLACEMENT_ASKED,
        COLLEAGUE["email"],
    )
    leaver.refresh_from_db()
    assert leaver.status == Status.CONFIRMED


@pytest.mark.parametrize("field", COLLEAGUE)
def test_asking_says_what_lacks_by_its_field(client, leaver, field):
    response = client.post(space(leaver, "remplacer/"), {**COLLEAGUE, field: ""})

    assert (response.status_code, list(response.context["form"].errors)) == (400, [field])
    assert not Replacement.objects.exists()


@pytest.mark.parametrize(
    "state", [Status.WAITLISTED, Status.PENDING, Status.REFUSED, Status.CANCELLED]
)
def test_asking_takes_a_place(client, leaver, state):
    Registration.objects.update(status=state, queued_at=timezone.now())

    answers = [
        client.get(space(leaver, "remplacer/")),
        client.post(space(leaver, "remplacer/"), COLLEAGUE),
    ]

    assert [(each.status_code, each["Location"]) for each in answers] == [(303, space(leaver))] * 2
    assert not Replacement.objects.exists()


def test_page_says_who_gives_which_place_and_nothing_more(client, leaver):
    leaver.territories.add(make_territory("Sambre-Avesnois"))

    response = client.get(page_of(ask(leaver)))

    page = text(response)
    assert "Alix Martin vous propose sa place." in page
    assert [seat.slot.starts_at for seat in response.context["seats"]] == [
        in_days(30),
        in_days(37),
        in_days(44),
    ]
    assert day(in_days(30)) in page
    for secret in (
        leaver.email,
        "06 12",
        "612345678",
        "Avesnes",
        "Déléguée du préfet",
        "Mieux connaître",
        "Avec sous-titres",
        leaver.token,
        "visio.numerique.gouv.fr",
    ):
        assert secret not in page
    initial = response.context["form"].initial
    assert initial.pop("submission_key") in page
    assert initial == {"first_name": "Nour", "last_name": "Benali"}
    # The territory is one to choose, and is not chosen.
    assert "Sambre-Avesnois" in page
    assert response.context["form"]["territories"].value() is None


def test_page_asks_four_things(client, django_assert_num_queries, leaver):
    url = page_of(ask(leaver))

    # The request, the seats; the profiles and the territories to choose from.
    with django_assert_num_queries(4):
        client.get(url)


def test_looking_at_the_page_changes_nothing(client, leaver):
    url = page_of(ask(leaver))
    before = [list(model.objects.values()) for model in (Registration, Replacement, Message)]

    client.get(url)
    client.head(url)

    after = [list(model.objects.values()) for model in (Registration, Replacement, Message)]
    assert after == before


def test_answer_gives_the_place_and_kills_the_link_of_the_one_replaced(client, leaver):
    old = space(leaver)
    replacement = ask(leaver)

    done = client.post(page_of(replacement), answer_data(leaver.cycle), follow=True)

    newcomer = Registration.objects.get(email=COLLEAGUE["email"])
    assert done.redirect_chain == [(space(newcomer), 303)]
    assert "La place est à vous." in text(done)
    assert (newcomer.status, newcomer.replaces) == (Status.CONFIRMED, leaver)
    leaver.refresh_from_db()
    assert leaver.status == Status.CANCELLED
    for part in ("", "modifier/", "calendrier.ics", "annuler/"):
        gone, unknown = client.get(old + part), client.get(f"/inscriptions/{'A' * 43}/{part}")
        assert (gone.status_code, gone.content) == (404, unknown.content)
    assert client.post(f"{old}retablir/").status_code == 404


def filled_in(client, replacement):
    """The form as the colleague's browser has it, with the key that was drawn with it."""
    form = client.get(page_of(replacement)).context["form"]
    key = form["submission_key"].value()
    return answer_data(replacement.registration.cycle, submission_key=key)


def test_answer_sent_twice_leads_to_the_same_place(client, leaver):
    replacement = ask(leaver)
    data = filled_in(client, replacement)

    answers = [client.post(page_of(replacement), data) for _ in range(2)]

    newcomer = Registration.objects.get(email=COLLEAGUE["email"])
    assert [(each.status_code, each["Location"]) for each in answers] == [
        (303, space(newcomer))
    ] * 2
    assert [message.kind for message in newcomer.messages.all()] == [MessageKind.CONFIRMATION]


def another_form(replacement, data):
    data["submission_key"] = "un-autre-formulaire"


def no_form(replacement, data):
    data.clear()


def half_an_hour_later(replacement, data):
    Replacement.objects.update(answered_at=timezone.now() - timedelta(minutes=30))


def link_renewed(replacement, data):
    newcomer = Registration.objects.get(email=COLLEAGUE["email"])
    services.correct_address(newcomer, "nour@x.example.org", now=timezone.now(), by=None)


def request_over(replacement, data):
    Replacement.objects.update(expires_at=timezone.now())


def place_given_up(replacement, data):
    services.cancel(Registration.objects.get(email=COLLEAGUE["email"]), now=timezone.now())


@pytest.mark.parametrize(
    "what_happened",
    [another_form, no_form, half_an_hour_later, link_renewed, request_over, place_given_up],
)
def test_link_that_was_answered_leads_to_the_place_of_nobody(client, leaver, what_happened):
    replacement = ask(leaver)
    data = filled_in(client, replacement)
    client.post(page_of(replacement), data, follow=True)
    what_happened(replacement, data)

    again, unknown = client.post(page_of(replacement), data), client.get(UNKNOWN)

    assert (again.status_code, again.content) == (404, unknown.content)


def answered(client, leaver, replacement):
    # Followed, so that the next page does not tell the success.
    client.post(page_of(replacement), answer_data(leaver.cycle), follow=True)


def late(client, leaver, replacement):
    Replacement.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def asked_again(client, leaver, replacement):
    ask(leaver)


def withdrawn(client, leaver, replacement):
    services.cancel(leaver, now=timezone.now())


@pytest.mark.parametrize("what_happened", [answered, late, asked_again, withdrawn])
def test_link_that_serves_no_more_is_not_told_from_an_unknown_one(client, leaver, what_happened):
    replacement = ask(leaver)
    what_happened(client, leaver, replacement)

    closed = client.get(page_of(replacement))
    unknown, malformed = client.get(UNKNOWN), client.get("/remplacements/1/")

    assert [each.status_code for each in (closed, unknown, malformed)] == [404] * 3
    assert closed.content == unknown.content == malformed.content


@pytest.mark.parametrize("what_happened", [late, asked_again, withdrawn])
def test_answer_to_a_link_that_serves_no_more_gives_no_place(client, leaver, what_happened):
    replacement = ask(leaver)
    what_happened(client, leaver, replacement)

    response = client.post(page_of(replacement), answer_data(leaver.cycle))

    assert response.status_code == 404
    assert Registration.objects.count() == 1


def test_profiles_of_the_group_that_the_place_is_in_are_offered(client, leaver):
    response = client.get(page_of(ask(leaver)))

    own = leaver.profile
    assert response.context["form"].fields["profile"].choices == [(str(own.pk), own.label)]
    assert f"Cette place est dans le groupe «\u00a0{own.group.name}\u00a0»." in text(response)


def test_answer_with_a_profile_of_another_group_is_an_error_of_that_field(client, leaver):
    other = Profile.objects.get(group__slug="chefs-de-projet")
    data = answer_data(leaver.cycle, profile=other.pk)

    response = client.post(page_of(ask(leaver)), data)

    assert response.status_code == 400
    assert response.context["form"].errors == {
        "profile": ["Choisissez ce qui vous correspond dans la liste."]
    }
    assert Registration.objects.count() == 1


def test_answer_of_another_territory_than_the_invitations_is_an_error_of_that_field(client, leaver):
    invitation = make_invitation(leaver.cycle, n_places=1, territory=make_territory("Lille"))
    Registration.objects.update(invitation=invitation)

    response = client.post(page_of(ask(leaver)), answer_data(leaver.cycle))

    assert response.status_code == 400
    assert response.context["form"].errors == {
        "territories": ["Votre invitation est réservée au territoire\u00a0: Lille."]
    }
    assert Registration.objects.count() == 1


def test_answer_of_someone_registered_already_is_refused_in_words(client, leaver):
    make_registration(leaver.cycle, COLLEAGUE["email"])

    response = client.post(page_of(ask(leaver)), answer_data(leaver.cycle))

    assert response.status_code == 400
    assert response.context["form"].non_field_errors() == [
        "Une autre inscription à ce cycle utilise déjà cette adresse."
    ]
    leaver.refresh_from_db()
    assert leaver.status == Status.CONFIRMED


def test_answer_is_of_the_address_that_was_written_to(client, leaver):
    data = answer_data(leaver.cycle) | {"email": "someone.else@x.example"}

    client.post(page_of(ask(leaver)), data)

    assert [each.email for each in Registration.objects.active()] == [COLLEAGUE["email"]]


@pytest.mark.parametrize(("is_private", "n_links"), [(False, 1), (True, 0)])
def test_page_leads_to_the_programme_that_is_open_to_all(client, leaver, is_private, n_links):
    Cycle.objects.update(is_private=is_private)

    page = text(client.get(page_of(ask(leaver))))

    assert page.count(f'href="{leaver.cycle.get_absolute_url()}"') == n_links
