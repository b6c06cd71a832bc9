from datetime import timedelta

import pytest

from sessions import publication
from sessions.exceptions import NotPublishable, TransitionRefused
from sessions.models import AudienceGroup, Cycle, Slot
from sessions.publication import Part, problems
from sessions.states import Mode, Publication, Window
from tests.factories import (
    in_days,
    make_cycle,
    make_group,
    make_programme,
    make_session,
    make_slot,
    paris,
)

pytestmark = pytest.mark.django_db

NOW = in_days(0, 12)
DRAFT = {"publication": Publication.DRAFT}


def told(cycle: Cycle) -> list[tuple[str, str, Part]]:
    return [
        ("error" if problem.is_error else "warning", problem.message, problem.where)
        for problem in problems(cycle, NOW)
    ]


def test_problems_of_a_whole_cycle_are_none():
    assert told(make_programme()) == []


def test_problems_of_an_empty_cycle_are_errors():
    assert told(make_cycle(**DRAFT)) == [
        ("error", "Le cycle n’a pas de groupe.", Part.GROUPS),
        ("error", "Le cycle n’a pas de session.", Part.SESSIONS),
    ]


def test_problems_tell_a_cycle_without_slot():
    cycle = make_cycle()
    make_group(cycle)
    make_session(cycle)

    assert told(cycle) == [("error", "Le cycle n’a pas de séance.", Part.AGENDA)]


def test_problems_tell_a_group_without_profile_and_which():
    cycle = make_programme()
    group = cycle.groups.first()
    group.profiles.all().delete()

    (problem,) = problems(cycle, NOW)

    assert problem.is_error
    assert problem.message == f"Le groupe « {group.name} » n’a pas de profil."
    assert (problem.where, problem.group) == (Part.PROFILES, group)


def test_problems_tell_a_group_without_any_slot_as_an_error():
    cycle = make_programme()
    AudienceGroup.objects.create(cycle=cycle, name="Élus", slug="elus", position=3).profiles.create(
        label="Élu"
    )

    assert told(cycle) == [("error", "Le groupe « Élus » n’a aucune séance.", Part.AGENDA)]


def test_problems_warn_of_a_group_without_slot_in_one_session():
    cycle = make_programme()
    Slot.objects.of_cycle(cycle).filter(session__number=2).latest("starts_at").delete()

    assert told(cycle) == [
        (
            "warning",
            "Le groupe « Chefs de projet politique de la ville » n’a pas de séance "
            "dans la session 2.",
            Part.AGENDA,
        )
    ]


def test_problems_warn_of_a_slot_for_no_group():
    cycle = make_programme()
    make_slot(cycle.training_sessions.get(number=3), starts_at=paris(2031, 4, 8))

    assert told(cycle) == [
        (
            "warning",
            "La séance du mardi 8\N{NO-BREAK SPACE}avril 2031, 9h00 à 12h00 "
            "n’est pour aucun groupe.",
            Part.AGENDA,
        )
    ]


def test_problems_warn_once_of_a_session_without_slot():
    cycle = make_programme()
    Slot.objects.of_cycle(cycle).filter(session__number=2).delete()

    assert told(cycle) == [("warning", "La session 2 n’a pas de séance.", Part.AGENDA)]


@pytest.mark.parametrize(
    ("n_slots", "words"),
    [
        (1, "1\N{NO-BREAK SPACE}séance en visioconférence"),
        (2, "2\N{NO-BREAK SPACE}séances en visioconférence"),
    ],
)
def test_problems_warn_of_links_to_come(n_slots, words):
    cycle = make_programme()
    for slot in Slot.objects.of_cycle(cycle)[:n_slots]:
        Slot.objects.filter(pk=slot.pk).update(video_url="")

    assert told(cycle) == [
        (
            "warning",
            f"{words} sans lien : il sera envoyé aux personnes inscrites dès que vous le donnerez.",
            Part.AGENDA,
        )
    ]


def test_problems_warn_of_a_slot_in_person_without_place():
    cycle = make_cycle()
    make_slot(make_session(cycle), make_group(cycle), mode=Mode.IN_PERSON, video_url="")

    ((severity, message, where),) = told(cycle)

    assert (severity, where) == ("warning", Part.AGENDA)
    assert message.endswith(", 9h00 à 12h00 n’a pas de lieu.")


def test_problems_warn_of_two_slots_at_once_for_a_group():
    cycle = make_cycle()
    group = make_group(cycle)
    make_slot(make_session(cycle), group, starts_at=in_days(30, 9))
    make_slot(make_session(cycle), group, starts_at=in_days(30, 11))

    ((severity, message, _),) = told(cycle)

    assert severity == "warning"
    assert message.startswith("Le groupe « Délégués du préfet » a deux séances en même temps : ")


def test_problems_warn_of_a_draft_whose_dates_are_past():
    cycle = make_programme(first_day=-60)
    Cycle.objects.filter(pk=cycle.pk).update(**DRAFT)
    cycle.refresh_from_db()

    assert told(cycle) == [("warning", "Toutes les séances sont passées.", Part.AGENDA)]


def test_problems_warn_of_a_draft_that_would_open_closed():
    cycle = make_programme()
    cycle.publication = Publication.DRAFT
    cycle.registration_closes_at = NOW - timedelta(days=1)

    assert told(cycle) == [
        ("warning", "Les inscriptions seront closes dès la publication.", Part.REGISTRATION)
    ]


@pytest.mark.parametrize(
    ("field", "value"),
    [("contact_name", "Camille\u2028Durand"), ("contact_email", "camille@exämple.fr")],
)
def test_problems_warn_of_a_contact_that_no_mail_can_name(field, value):
    cycle = make_programme()
    setattr(cycle, field, value)

    assert told(cycle) == [
        (
            "warning",
            "Le contact a un caractère qu’aucun courriel ne peut porter : "
            "les réponses aux courriels du cycle se perdront.",
            Part.CONTACT,
        )
    ]


def test_problems_warn_of_a_contact_that_cannot_be_reached():
    cycle = make_programme()
    cycle.contact_name = cycle.contact_email = ""

    assert told(cycle) == [
        ("warning", "Le cycle n’a pas de contact.", Part.CONTACT),
        (
            "warning",
            "Le contact n’a pas d’adresse électronique : "
            "les réponses aux courriels du cycle se perdront.",
            Part.CONTACT,
        ),
    ]


def test_problems_cost_the_same_whatever_the_size(django_assert_num_queries):
    small, large = make_programme("petit"), make_programme("grand")
    for _ in range(3):
        make_slot(make_session(large), *large.groups.all())

    for cycle in (small, large):
        with django_assert_num_queries(6):
            problems(cycle, NOW)


def test_publish_shows_a_draft():
    cycle = make_programme()
    Cycle.objects.update(**DRAFT)

    publication.publish(cycle, now=NOW)

    assert Cycle.objects.get().publication == Publication.PUBLISHED


def test_publish_refuses_what_is_missing_and_says_it():
    cycle = make_cycle(**DRAFT)

    with pytest.raises(NotPublishable) as refusal:
        publication.publish(cycle, now=NOW)

    assert [problem.where for problem in refusal.value.problems] == [Part.GROUPS, Part.SESSIONS]
    assert Cycle.objects.get().publication == Publication.DRAFT


def test_publish_does_not_stop_at_warnings():
    cycle = make_programme()
    Cycle.objects.update(**DRAFT, contact_email="")
    Slot.objects.update(video_url="")

    assert publication.publish(cycle, now=NOW).publication == Publication.PUBLISHED


@pytest.mark.parametrize(
    ("verb", "before", "after"),
    [
        ("publish", "draft", "published"),
        ("publish", "published", None),
        ("publish", "archived", None),
        ("archive", "draft", None),
        ("archive", "published", "archived"),
        ("archive", "archived", None),
        ("unarchive", "draft", None),
        ("unarchive", "published", None),
        ("unarchive", "archived", "published"),
    ],
)
def test_publication_follows_its_transitions(verb, before, after):
    cycle = make_programme()
    Cycle.objects.update(publication=before)
    arguments = {"now": NOW} if verb == "publish" else {}

    if after is None:
        with pytest.raises(TransitionRefused):
            getattr(publication, verb)(cycle, **arguments)
    else:
        getattr(publication, verb)(cycle, **arguments)

    assert Cycle.objects.get().publication == (after or before)


def test_close_registration_ends_it_now():
    cycle = make_programme()

    cycle = publication.close_registration(cycle, now=NOW)

    assert cycle.registration_closes_at == NOW
    assert cycle.window(NOW) == Window.CLOSED


@pytest.mark.parametrize("fields", [DRAFT, {"registration_closes_at": NOW - timedelta(hours=1)}])
def test_close_registration_refuses_what_is_not_open(fields):
    cycle = make_programme()
    Cycle.objects.update(**fields)

    with pytest.raises(TransitionRefused):
        publication.close_registration(cycle, now=NOW)


@pytest.mark.parametrize("until", [None, NOW + timedelta(days=2)])
def test_reopen_registration_opens_it_until_then(until):
    cycle = make_programme()
    publication.close_registration(cycle, now=NOW - timedelta(hours=1))

    cycle = publication.reopen_registration(cycle, until=until, now=NOW)

    assert cycle.registration_closes_at == until
    assert cycle.window(NOW) == Window.OPEN


def test_reopen_registration_refuses_a_date_that_is_past():
    cycle = make_programme()
    closed_at = NOW - timedelta(hours=1)
    publication.close_registration(cycle, now=closed_at)

    with pytest.raises(TransitionRefused, match="Donnez une date de clôture à venir"):
        publication.reopen_registration(cycle, until=NOW - timedelta(minutes=1), now=NOW)

    assert Cycle.objects.get().registration_closes_at == closed_at


def test_reopen_registration_refuses_what_is_open():
    with pytest.raises(TransitionRefused, match="ne sont pas closes"):
        publication.reopen_registration(make_programme(), until=None, now=NOW)
