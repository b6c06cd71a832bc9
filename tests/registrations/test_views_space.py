"""The personal space, behind its secret link."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from registrations import services
from registrations.models import Registration
from registrations.models.messages import MessageKind
from registrations.states import Status
from sessions.models import Cycle, Profile, Slot
from sessions.typography import moment
from tests.factories import (
    form_data,
    in_days,
    make_invitation,
    make_programme,
    make_registration,
    make_territory,
    paris,
)
from tests.shapes import make_in_person

pytestmark = pytest.mark.django_db

UNKNOWN = "A" * 43


def text(response) -> str:
    return response.content.decode()


def space(registration: Registration, page: str = "") -> str:
    return f"/inscriptions/{registration.token}/{page}"


def status(registration: Registration) -> str:
    return Registration.objects.get(pk=registration.pk).status


@pytest.mark.parametrize("page", ["", "calendrier.ics", "modifier/", "annuler/", "remplacer/"])
def test_unknown_and_malformed_links_get_the_same_answer(client, page):
    make_registration(make_programme())

    unknown = client.get(f"/inscriptions/{UNKNOWN}/{page}")
    malformed = client.get(f"/inscriptions/1/{page}")

    assert (unknown.status_code, malformed.status_code) == (404, 404)
    assert unknown.content == malformed.content


@pytest.mark.parametrize("n_territories", [1, 3])
def test_space_asks_five_things(client, django_assert_num_queries, n_territories):
    registration = make_registration(make_programme())
    registration.territories.set(make_territory(f"Territoire {n}") for n in range(n_territories))

    # The registration, the dates of its cycle, the seats, those that were lost, the territories.
    with django_assert_num_queries(5):
        client.get(space(registration))


def test_space_gives_the_links_of_ones_own_slots_only(client):
    cycle = make_programme()
    own, other = cycle.groups.all()
    other.slots.update(video_url="https://visio.numerique.gouv.fr/not-for-me")
    # The common one among them.
    own.slots.update(video_url="https://visio.numerique.gouv.fr/own-own-own")
    registration = make_registration(cycle, profile=own.profiles.get())

    page = text(client.get(space(registration)))

    # Three slots, and the next one again, in large.
    assert page.count("https://visio.numerique.gouv.fr/own-own-own") == 4
    assert "not-for-me" not in page


@pytest.mark.parametrize("state", [Status.WAITLISTED, Status.PENDING, Status.CANCELLED])
def test_space_gives_no_link_without_a_place(client, state):
    cycle = make_programme()
    registration = make_registration(cycle, status=state, queued_at=cycle.created_at)

    page = text(client.get(space(registration)))

    assert cycle.title in page
    assert "visio.numerique.gouv.fr" not in page


@pytest.mark.parametrize(("first_day", "is_offered"), [(30, True), (-60, False)])
def test_coming_back_is_offered_while_a_slot_is_ahead(client, first_day, is_offered):
    cycle = make_programme(first_day=first_day)
    registration = make_registration(cycle, status=Status.CANCELLED)

    page = text(client.get(space(registration)))

    assert ("Rétablir mon inscription" in page) is is_offered


def test_space_offers_nothing_more_once_all_is_over(client):
    registration = make_registration(make_programme(first_day=-60))

    page = text(client.get(space(registration)))

    assert "Vos séances sont terminées." in page
    offered = [name for name in ("calendrier.ics", "remplacer/", "annuler/") if name in page]
    assert offered == []


# Of the first slot, on 6 April 2027 from 9h00 to 12h00; the next one is a week later.
@pytest.mark.parametrize(
    ("now", "heading", "n_large"),
    [
        (paris(2027, 4, 5, 23, 59), "Votre prochaine séance", 0),
        (paris(2027, 4, 6, 0, 0), "Votre séance est aujourd’hui", 1),
        (paris(2027, 4, 6, 8, 59), "Votre séance est aujourd’hui", 1),
        (paris(2027, 4, 6, 9, 0), "Votre séance a commencé", 1),
        (paris(2027, 4, 6, 12, 0), "Votre prochaine séance", 0),
    ],
)
def test_space_becomes_the_way_in_on_the_day(client, now, heading, n_large):
    with time_machine.travel(paris(2027, 3, 7), tick=False):
        registration = make_registration(make_programme())
    assert registration.own_seats[0].slot.starts_at == paris(2027, 4, 6)

    with time_machine.travel(now, tick=False):
        page = text(client.get(space(registration)))

    assert re.findall(r'id="(?:prochaine|aujourd-hui)">(.+?)</h2>', page) == [heading]
    assert page.count("today-join") == n_large


@pytest.mark.parametrize("state", [Status.WAITLISTED, Status.PENDING, Status.CANCELLED])
def test_space_is_no_way_in_without_a_place(client, state):
    cycle = make_programme(first_day=0)
    registration = make_registration(cycle, status=state, queued_at=cycle.created_at)
    Slot.objects.update(starts_at=timezone.now(), ends_at=timezone.now() + timedelta(hours=3))

    page = text(client.get(space(registration)))

    assert "aujourd-hui" not in page
    assert "Rejoindre" not in page


def test_way_in_says_whom_to_call_and_where_to_go(client):
    cycle = make_in_person()
    registration = make_registration(cycle)
    slot = Slot.objects.get(mode="in_person")
    Slot.objects.exclude(pk=slot.pk).update(starts_at=in_days(-9), ends_at=in_days(-9, 10))
    now = timezone.now()
    Slot.objects.filter(pk=slot.pk).update(starts_at=now, ends_at=now + timedelta(hours=3))

    page = text(client.get(space(registration)))

    today = page.partition('class="today"')[2].partition("</section>")[0]
    assert "IREV, Lille" in today
    assert 'href="tel:0320000000"' in today
    assert "Rejoindre" not in today


def test_way_in_promises_a_link_that_is_not_known(client):
    registration = make_registration(make_programme())
    now = timezone.now()
    Slot.objects.filter(session__number=1).update(
        video_url="", starts_at=now, ends_at=now + timedelta(hours=3)
    )

    page = text(client.get(space(registration)))

    assert "Le lien de connexion n’est pas encore connu" in page
    assert "today-join" not in page


@pytest.mark.parametrize(("is_private", "n_links"), [(False, 1), (True, 0)])
def test_space_leads_to_the_page_of_a_cycle_that_is_open_to_all(client, is_private, n_links):
    cycle = make_programme()
    cycle.is_private = is_private
    cycle.save()

    page = text(client.get(space(make_registration(cycle))))

    assert page.count(f'href="{cycle.get_absolute_url()}"') == n_links


def test_cancelling_asks_first(client):
    registration = make_registration(make_programme())

    asked = client.get(space(registration, "annuler/"))
    assert "Vos trois séances seront libérées." in text(asked)
    assert status(registration) == Status.CONFIRMED

    done = client.post(space(registration, "annuler/"), follow=True)
    assert done.redirect_chain == [(space(registration), 303)]
    assert "Votre inscription est annulée." in text(done)
    assert status(registration) == Status.CANCELLED


def test_cancelling_twice_says_the_same(client):
    registration = make_registration(make_programme())
    client.post(space(registration, "annuler/"))

    again = client.post(space(registration, "annuler/"))

    assert again.status_code == 303
    assert status(registration) == Status.CANCELLED


def test_coming_back_gives_the_place_again(client):
    registration = make_registration(make_programme(), status=Status.CANCELLED)

    done = client.post(space(registration, "retablir/"), follow=True)

    assert "Votre inscription est rétablie." in text(done)
    assert status(registration) == Status.CONFIRMED


def test_coming_back_once_the_cycle_is_over_is_refused(client):
    registration = make_registration(make_programme(first_day=-60), status=Status.CANCELLED)

    done = client.post(space(registration, "retablir/"), follow=True)

    assert "Votre inscription est rétablie." not in text(done)
    assert "notice-bad" in text(done)
    assert status(registration) == Status.CANCELLED


def test_editing_with_errors_keeps_what_was_typed(client):
    registration = make_registration(make_programme())
    posted = form_data(registration.cycle, make_territory(), first_name="Camille", organisation="")

    response = client.post(space(registration, "modifier/"), posted)

    assert response.status_code == 400
    assert 'value="Camille"' in text(response)
    assert Registration.objects.get(pk=registration.pk).first_name == "Alix"


def test_editing_within_ones_group_is_done_at_once(client):
    registration = make_registration(make_programme())
    posted = form_data(registration.cycle, make_territory(), last_name="Durand", email="ignored")

    done = client.post(space(registration, "modifier/"), posted, follow=True)

    assert done.redirect_chain == [(space(registration), 303)]
    assert "Vos modifications sont enregistrées." in text(done)
    edited = Registration.objects.get(pk=registration.pk)
    assert (edited.last_name, edited.email) == ("Durand", registration.email)


def change_of_group(registration, **fields):
    """What is typed to go to the group of the afternoon, and something else with it."""
    other = Profile.objects.get(group__slug="chefs-de-projet", group__cycle=registration.cycle)
    return form_data(
        registration.cycle,
        make_territory(),
        **{"profile": other.pk, "job_title": "Cheffe de projet", "expectations": "a\nb", **fields},
    )


def test_editing_another_group_says_first_what_moves(client):
    registration = make_registration(make_programme())
    posted = change_of_group(registration)

    response = client.post(space(registration, "modifier/"), posted)

    page = text(response)
    assert response.status_code == 200
    assert [
        (move.session.number, move.before.starts_at, move.after.starts_at)
        for move in response.context["moves"]
    ] == [
        (1, in_days(30), in_days(30, 13, 30)),
        (2, in_days(37), in_days(37, 13, 30)),
    ]
    assert page.count("Vous quittez la séance du") == page.count("Vous venez à celle du") == 2
    assert "Vous recevrez un courriel avec vos nouvelles dates" in page
    untouched = Registration.objects.get(pk=registration.pk)
    assert (untouched.profile, untouched.job_title) == (registration.profile, "Déléguée du préfet")
    assert not registration.events.exists()
    assert not registration.messages.exists()


def hidden(response) -> dict[str, list[str]]:
    """What the page would post again."""
    posted = dict.fromkeys((name for name, _ in response.context["posted"]))
    return {
        name: [value for each, value in response.context["posted"] if each == name]
        for name in posted
    }


def test_editing_another_group_is_done_once_it_was_read(client):
    registration = make_registration(make_programme())
    asked = client.post(space(registration, "modifier/"), change_of_group(registration))

    posted = {**hidden(asked), "reviewed": asked.context["form"].cleaned_data["profile"].pk}
    done = client.post(space(registration, "modifier/"), posted, follow=True)

    assert f'name="reviewed" value="{posted["reviewed"]}"' in text(asked)
    assert "Vos modifications sont enregistrées." in text(done)
    edited = Registration.objects.get(pk=registration.pk)
    assert (edited.job_title, edited.expectations) == ("Cheffe de projet", "a\nb")
    assert [territory.name for territory in edited.territories.all()] == [
        "Métropole européenne de Lille"
    ]
    assert [seat.slot.starts_at for seat in edited.own_seats] == [
        in_days(30, 13, 30),
        in_days(37, 13, 30),
        in_days(44),
    ]
    assert [message.kind for message in edited.messages.all()] == [MessageKind.SEATS_CHANGED]


def test_going_back_to_the_form_loses_nothing_and_changes_nothing(client):
    registration = make_registration(make_programme())
    asked = client.post(space(registration, "modifier/"), change_of_group(registration))

    back = client.post(space(registration, "modifier/"), {**hidden(asked), "_back": "1"})

    assert back.status_code == 200
    assert 'value="Cheffe de projet"' in text(back)
    assert back.context["form"]["profile"].value() == hidden(asked)["profile"][0]
    assert not registration.events.exists()


def test_what_was_read_of_one_profile_is_not_said_of_another(client):
    registration = make_registration(make_programme())
    posted = change_of_group(registration, reviewed=registration.profile_id)

    response = client.post(space(registration, "modifier/"), posted)

    assert len(response.context["moves"]) == 2
    assert not registration.events.exists()


def test_editing_to_a_full_group_is_refused_by_the_profile(client):
    cycle = make_programme()
    late = cycle.groups.last()
    late.slots.filter(session__number=1).update(capacity=1)
    make_registration(cycle, "autre@mel.example.org", profile=late.profiles.get())
    registration = make_registration(cycle)
    posted = change_of_group(registration)

    response = client.post(space(registration, "modifier/"), posted)
    forced = client.post(
        space(registration, "modifier/"), {**posted, "reviewed": posted["profile"]}
    )

    for answer in (response, forced):
        assert answer.status_code == 400
        assert answer.context["form"].errors == {
            "profile": ["Ce groupe est complet\u00a0: l’inscription reste dans le groupe actuel."]
        }
        assert 'value="Cheffe de projet"' in text(answer)
    assert not registration.events.exists()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (Status.WAITLISTED, "Vous gardez votre rang sur la liste d’attente."),
        (Status.PENDING, "L’IREV doit toujours valider votre inscription."),
    ],
)
def test_editing_another_group_promises_no_mail_to_who_has_no_place(client, state, sentence):
    cycle = make_programme()
    registration = make_registration(cycle, status=state, queued_at=cycle.created_at)

    page = text(client.post(space(registration, "modifier/"), change_of_group(registration)))

    assert sentence in page
    assert "Vous recevrez un courriel" not in page


def test_editing_what_was_cancelled_leads_back(client):
    registration = make_registration(make_programme(), status=Status.CANCELLED)

    response = client.get(space(registration, "modifier/"))

    assert (response.status_code, response["Location"]) == (303, space(registration))


def wait(cycle, **fields):
    return make_registration(cycle, status=Status.WAITLISTED, queued_at=in_days(-1), **fields)


def test_state_is_said_in_words(client):
    cycle = make_programme()
    cycle.requires_validation = True
    cycle.save()
    sentences = {
        Status.CONFIRMED: "Votre prochaine séance",
        Status.WAITLISTED: "Vous êtes sur liste d’attente",
        Status.PENDING: "L’IREV doit encore valider votre inscription.",
        Status.REFUSED: "L’IREV n’a pas pu accepter votre inscription à ce cycle.",
        Status.CANCELLED: "Votre inscription est annulée.",
    }
    pages = {
        state: text(
            client.get(
                space(
                    make_registration(cycle, f"{state}@x.org", status=state, queued_at=in_days(0))
                )
            )
        )
        for state in sentences
    }

    assert {
        state: [each for each, sentence in sentences.items() if sentence in page]
        for state, page in pages.items()
    } == {state: [state] for state in sentences}


def test_offer_says_until_when_and_is_accepted(client):
    deadline = timezone.now() + timedelta(hours=3)
    registration = wait(make_programme(), offer_expires_at=deadline)

    page = text(client.get(space(registration)))
    done = client.post(space(registration, "accepter/"), follow=True)

    assert moment(deadline) in page
    assert "Accepter cette place" in page
    assert "Vous êtes sur liste d’attente" not in page
    assert "Votre place est confirmée." in text(done)
    assert status(registration) == Status.CONFIRMED
    assert [message.kind for message in registration.messages.all()] == [MessageKind.CONFIRMATION]


def test_offer_is_not_taken_by_opening_its_address(client):
    registration = wait(make_programme(), offer_expires_at=timezone.now() + timedelta(hours=3))

    response = client.get(space(registration, "accepter/"))

    assert response.status_code == 405
    assert status(registration) == Status.WAITLISTED


@pytest.mark.parametrize(
    "fields",
    [
        # The worker has not come by yet.
        {"offer_expires_at": timezone.now() - timedelta(minutes=1)},
        {"offer_lapsed_at": timezone.now() - timedelta(hours=1)},
    ],
)
def test_offer_that_lapsed_is_not_accepted(client, fields):
    registration = wait(make_programme(), **fields)

    page = text(client.get(space(registration)))
    done = client.post(space(registration, "accepter/"), follow=True)

    assert "Le délai pour accepter la place proposée est passé" in page
    assert "Accepter cette place" not in page
    assert "Cette place n’est plus proposée" in text(done)
    assert status(registration) == Status.WAITLISTED


def lose_slots(registration, **which):
    """As when staff cancel slots: see ``services.announce``."""
    seats = registration.seats.filter(**which)
    Slot.objects.filter(seats__in=seats).update(cancelled_at=timezone.now())
    seats.update(slot=None)


def test_cancelled_slot_is_told_among_ones_own(client):
    registration = make_registration(make_programme())
    lose_slots(registration, session__number=1)

    response = client.get(space(registration))

    page = text(response)
    assert [seat.session.number for seat in response.context["lost_seats"]] == [1]
    assert (
        page.count("Séance annulée. Si une autre date est fixée, un courriel vous la donnera.") == 1
    )
    assert response.context["next_seat"].session.number == 2


def test_session_that_ones_group_does_not_follow_is_not_told_as_cancelled(client):
    registration = make_registration(make_programme())
    registration.seats.filter(session__number=1).update(slot=None)

    response = client.get(space(registration))

    assert response.context["lost_seats"] == []
    assert "annulée" not in text(response)


def test_person_whose_slots_are_all_cancelled_is_not_thanked(client):
    cycle = make_programme()
    registration = make_registration(cycle)
    lose_slots(registration)
    Slot.objects.update(cancelled_at=timezone.now())

    page = text(client.get(space(registration)))

    assert "Ce cycle est annulé&nbsp;: ses séances n’auront pas lieu." in page
    assert page.count("Séance annulée.") == 3
    assert "Merci d’avoir suivi ce cycle" not in page
    assert "Ajouter à mon agenda" not in page
    assert "Me faire remplacer" not in page


def test_person_of_a_cancelled_cycle_cannot_come_back(client):
    cycle = make_programme()
    registration = make_registration(cycle)
    services.cancel_cycle(cycle, now=timezone.now(), by=None)

    page = text(client.get(space(registration)))
    done = client.post(space(registration, "retablir/"), follow=True)

    assert "Ce cycle est annulé&nbsp;: ses séances n’auront pas lieu." in page
    assert "Rétablir mon inscription" not in page
    assert "Les inscriptions à ce cycle ne sont pas ouvertes." in text(done)
    assert status(registration) == Status.CANCELLED


def test_space_says_where_and_how_one_attends(client):
    cycle = make_in_person()
    Slot.objects.filter(mode="video").update(place="Préfecture, Lille")
    registration = make_registration(cycle)

    page = " ".join(text(client.get(space(registration))).split())

    # The first one again at the top.
    assert page.count("En visioconférence et sur place&nbsp;: Préfecture, Lille") == 2
    assert page.count("En présentiel&nbsp;: IREV, Lille") == 1
    assert page.count("Rejoindre la visioconférence") == 2


def test_link_that_is_not_known_yet_is_promised(client):
    registration = make_registration(make_programme())
    Slot.objects.filter(session__number=1).update(video_url="")

    page = text(client.get(space(registration)))

    # At the top and in the list.
    assert page.count("Le lien de connexion vous sera envoyé par courriel.") == 2


@pytest.mark.parametrize(("is_active", "n_links"), [(True, 1), (False, 0)])
def test_space_of_a_private_cycle_leads_back_by_the_invitation(client, is_active, n_links):
    cycle = make_programme()
    Cycle.objects.update(is_private=True)
    invitation = make_invitation(cycle, is_active=is_active)

    page = text(client.get(space(make_registration(cycle, invitation=invitation))))

    assert page.count(f'href="/invitations/{invitation.token}/"') == n_links


def test_space_tells_nothing_of_others(client):
    cycle = make_programme()
    make_registration(cycle, "chloe.petit@x.example", first_name="Chloé", last_name="Petit")
    registration = make_registration(cycle)

    for page in ("", "modifier/", "annuler/", "remplacer/"):
        shown = text(client.get(space(registration, page)))
        assert cycle.title in shown
        assert "Chloé" not in shown
        assert "chloe" not in shown.lower()


def test_address_is_verified_by_a_button_and_not_by_opening_the_link(client):
    cycle = make_programme()
    registration = make_registration(cycle, status=Status.PENDING, confirmed_at=None)
    space = f"/inscriptions/{registration.token}/"

    page = text(client.get(space))
    by_link = client.get(f"{space}confirmer/")
    by_button = client.post(f"{space}confirmer/", follow=True)

    assert f'action="{space}confirmer/"' in page
    assert by_link.status_code == 405
    assert "Votre adresse est vérifiée." in text(by_button)
    registration.refresh_from_db()
    assert registration.status == Status.CONFIRMED


def test_request_that_the_team_decides_of_offers_no_button(client):
    cycle = make_programme()
    cycle.requires_validation = True
    cycle.save()
    registration = make_registration(cycle, status=Status.PENDING, confirmed_at=None)
    space = f"/inscriptions/{registration.token}/"

    page = text(client.get(space))
    client.post(f"{space}confirmer/")

    assert "confirmer/" not in page
    assert "L’IREV doit encore valider" in page
    registration.refresh_from_db()
    assert registration.status == Status.PENDING
