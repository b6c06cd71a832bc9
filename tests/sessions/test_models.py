"""What the database holds of the offer, each constraint by its name, and what slots tell."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction

from sessions.models import (
    AudienceGroup,
    Cycle,
    PageVersion,
    Phase,
    Profile,
    Reminder,
    Session,
    Slot,
    SlotGroup,
    Territory,
)
from sessions.states import Mode
from tests.factories import (
    in_days,
    make_cycle,
    make_group,
    make_session,
    make_slot,
    make_territory,
    paris,
)

pytestmark = pytest.mark.django_db


def slot(**fields) -> Slot:
    """An unsaved slot, valid but for these fields."""
    return Slot(
        **{
            "session": make_session(make_cycle()),
            "starts_at": in_days(30, 9),
            "ends_at": in_days(30, 12),
            **fields,
        }
    )


def second_session_with_a_number_taken() -> Session:
    taken = make_session(make_cycle(), 1)
    return Session(cycle=taken.cycle, number=1, title="Autre")


def second_slot_of_a_group_in_a_session() -> SlotGroup:
    group = make_group(make_cycle())
    session = make_session(group.cycle)
    make_slot(session, group)
    return SlotGroup(slot=make_slot(session), group=group, session=session)


def second_group(**fields) -> AudienceGroup:
    taken = make_group(make_cycle(), "Élus", "elus")
    return AudienceGroup(**{"cycle": taken.cycle, "name": "Autre", "slug": "autre", **fields})


def second_profile() -> Profile:
    taken = make_group(make_cycle()).profiles.get()
    return Profile(group=taken.group, label=taken.label)


def second_reminder() -> Reminder:
    taken = Reminder.objects.create(cycle=make_cycle(), hours_before=48)
    return Reminder(cycle=taken.cycle, hours_before=48)


def cycle(**fields) -> Cycle:
    return Cycle(**{"slug": "un-cycle", "title": "Un cycle", **fields})


def closing_as_it_opens() -> Cycle:
    return cycle(registration_opens_at=in_days(1), registration_closes_at=in_days(1))


# By constraint: an instance that breaks it and nothing else, and what staff then read.
VIOLATIONS = {
    "cycle_publication_known": (
        lambda: cycle(publication="hidden"),
        "Cet état de publication n’existe pas.",
    ),
    "cycle_registration_closes_after_opening": (
        closing_as_it_opens,
        "Les inscriptions doivent se clore après leur ouverture.",
    ),
    "group_unique_name": (
        lambda: second_group(name="Élus"),
        "Un autre groupe de ce cycle a déjà ce nom.",
    ),
    "group_unique_slug": (
        lambda: second_group(slug="elus"),
        "Un autre groupe de ce cycle a déjà cette adresse.",
    ),
    "page_version_page_known": (
        lambda: PageVersion(page="ailleurs", body="<p>Un texte.</p>", written_at=in_days(0)),
        "Cette page n’existe pas.",
    ),
    "profile_unique_label": (second_profile, "Ce groupe a déjà ce profil."),
    "reminder_before_the_slot": (
        lambda: Reminder(cycle=make_cycle(), hours_before=0),
        "Le rappel part au moins une heure avant la séance.",
    ),
    "reminder_once_per_delay": (second_reminder, "Ce cycle a déjà un rappel à ce moment."),
    "session_unique_number": (
        second_session_with_a_number_taken,
        "Une autre session de ce cycle a déjà ce numéro.",
    ),
    "slot_capacity_positive": (
        lambda: slot(capacity=0),
        "Le nombre de places doit être d’au moins 1.",
    ),
    "slot_ends_after_start": (
        lambda: slot(ends_at=in_days(30, 9)),
        "La séance doit se terminer après son début.",
    ),
    "slot_group_once_per_session": (
        second_slot_of_a_group_in_a_session,
        "Ce groupe a déjà une séance dans cette session.",
    ),
    "slot_mode_known": (lambda: slot(mode="phone"), "Ce mode n’existe pas."),
}


def violated(instance: models.Model) -> dict[str, list[str]]:
    """The constraints that this instance breaks, by name, with their messages."""
    found = {}
    for constraint in instance._meta.constraints:
        try:
            constraint.validate(type(instance), instance)
        except ValidationError as error:
            found[constraint.name] = error.messages
    return found


def test_constraints_are_all_tested_here():
    declared = {
        constraint.name
        for model in apps.get_app_config("training").get_models()
        for constraint in model._meta.constraints
    }

    assert declared == set(VIOLATIONS)


@pytest.mark.parametrize("name", VIOLATIONS)
def test_constraint_is_told_in_french(name):
    make, message = VIOLATIONS[name]

    assert violated(make()) == {name: [message]}


@pytest.mark.parametrize("name", VIOLATIONS)
def test_constraint_is_kept_by_the_database(name):
    make, _ = VIOLATIONS[name]
    instance = make()

    with pytest.raises(IntegrityError), transaction.atomic():
        instance.save()

    assert not type(instance).objects.filter(pk=instance.pk).exists()


@pytest.mark.parametrize(
    "make",
    [
        lambda: make_session(make_cycle("autre"), 1),
        lambda: make_group(make_cycle("autre"), "Élus", "elus"),
        lambda: slot(capacity=None),
        lambda: slot(capacity=1),
        lambda: cycle(registration_opens_at=in_days(1)),
        lambda: cycle(registration_closes_at=in_days(1)),
    ],
)
def test_constraints_let_pass_what_is_right(make):
    make_session(make_cycle("un"), 1)
    make_group(Cycle.objects.get(slug="un"), "Élus", "elus")

    make().save()


@pytest.mark.parametrize(
    ("make", "field"),
    [
        (lambda: make_cycle("un-cycle") and cycle(), "slug"),
        (lambda: make_territory("Arras") and Territory(name="Arras"), "name"),
        (lambda: make_territory("Arras", code="1") and Territory(name="Lens", code="1"), "code"),
    ],
)
def test_field_that_must_be_unique_is(make, field):
    instance = make()

    with pytest.raises(ValidationError) as refused:
        instance.validate_unique()
    with pytest.raises(IntegrityError), transaction.atomic():
        instance.save()

    assert list(refused.value.message_dict) == [field]


def test_territories_without_code_are_many():
    make_territory("Fourmies", code=None)
    make_territory("Caudry", code=None)

    assert Territory.objects.filter(code=None).count() == 2


def test_territories_with_contract_come_first():
    for name, has_contract in (("Arras", False), ("Lens", True), ("Douai", True)):
        make_territory(name, has_city_contract=has_contract)

    assert [territory.name for territory in Territory.objects.all()] == ["Douai", "Lens", "Arras"]


def test_session_phase_of_another_cycle_is_refused():
    phase = Phase.objects.create(cycle=make_cycle("autre"), label="Ouvrir")

    with pytest.raises(ValidationError) as refused:
        make_session(make_cycle(), phase=phase).clean()

    assert refused.value.message_dict == {"phase": ["Cette phase appartient à un autre cycle."]}


def test_session_outlives_its_phase():
    phase = Phase.objects.create(cycle=make_cycle(), label="Ouvrir")
    session = make_session(phase.cycle, phase=phase)

    phase.delete()

    session.refresh_from_db()
    assert session.phase is None


@pytest.mark.parametrize("ends_at", [in_days(30, 9), in_days(30, 8)])
def test_slot_that_ends_before_it_starts_points_at_its_end(ends_at):
    with pytest.raises(ValidationError) as refused:
        slot(ends_at=ends_at).clean()

    assert refused.value.message_dict == {
        "ends_at": ["La séance doit se terminer après son début."]
    }


def test_slot_wrong_link_points_at_it():
    with pytest.raises(ValidationError) as refused:
        slot(video_url="http://visio.numerique.gouv.fr/abc-defg-hij").clean()

    assert list(refused.value.message_dict) == ["video_url"]


@pytest.mark.parametrize(
    ("fields", "lacks_link"),
    [
        ({"video_url": ""}, True),
        ({"video_url": "https://visio.numerique.gouv.fr/abc-defg-hij"}, False),
        ({"video_url": "", "mode": Mode.IN_PERSON}, False),
    ],
)
def test_slot_lacks_a_link_only_by_videoconference(fields, lacks_link):
    assert slot(**fields).lacks_link is lacks_link


def test_slot_is_over_from_its_end_on():
    half_day = slot()

    assert half_day.duration == timedelta(hours=3)
    assert not half_day.is_over(half_day.ends_at - timedelta(microseconds=1))
    assert half_day.is_over(half_day.ends_at)


def test_slot_groups_replace_those_before():
    session = make_session(make_cycle())
    one, two, three = (make_group(session.cycle, name, name.lower()) for name in ("A", "B", "C"))
    half_day = make_slot(session, one, two)

    half_day.assign_groups([two, three])

    assert set(half_day.slot_groups.values_list("group", "session")) == {
        (two.pk, session.pk),
        (three.pk, session.pk),
    }


def test_slot_cannot_take_a_group_from_another_of_its_session():
    group = make_group(make_cycle())
    session = make_session(group.cycle)
    taken = make_slot(session, group)

    with pytest.raises(IntegrityError), transaction.atomic():
        make_slot(session).assign_groups([group])

    assert list(taken.groups.all()) == [group]


@pytest.mark.parametrize(
    ("now", "is_today"),
    [
        (paris(2027, 4, 5, 23, 59), False),
        (paris(2027, 4, 6, 0, 0), True),
        (paris(2027, 4, 6, 9, 0), True),
        (paris(2027, 4, 6, 12, 0), False),
    ],
)
def test_slot_is_today_from_midnight_to_its_end(now, is_today):
    morning = Slot(starts_at=paris(2027, 4, 6, 9), ends_at=paris(2027, 4, 6, 12))

    assert morning.is_today(now) is is_today


def test_slot_that_passes_midnight_is_today_until_its_end():
    night = Slot(starts_at=paris(2027, 4, 6, 23), ends_at=paris(2027, 4, 7, 1))

    assert night.is_today(paris(2027, 4, 7, 0, 30))
