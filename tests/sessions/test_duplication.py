from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from sessions.duplication import duplicate, free_slug, shift, shifted_starts
from sessions.models import Cycle, Phase, Profile, Resource, Slot, Speaker
from sessions.states import Mode, Publication
from sessions.typography import in_paris
from tests.factories import (
    make_cycle,
    make_group,
    make_programme,
    make_registration,
    make_session,
    make_slot,
    paris,
)

NOW = paris(2026, 9, 1, 12)


def copy_of(cycle: Cycle, days: int = 364, **fields) -> Cycle:
    slots = Slot.objects.of_cycle(cycle).kept()
    return duplicate(
        cycle,
        **{
            "title": "La copie",
            "slug": "la-copie",
            "starts": shifted_starts(slots, days),
            "now": NOW,
            **fields,
        },
    )


@pytest.mark.parametrize(
    ("before", "days", "after"),
    [
        # From summer time to winter time and back: the hour on the clock stays.
        (paris(2026, 10, 20, 9), 7, paris(2026, 10, 27, 9)),
        (paris(2026, 3, 24, 13, 30), 7, paris(2026, 3, 31, 13, 30)),
        (paris(2021, 4, 6, 9), 7 * 290, paris(2026, 10, 27, 9)),
        (paris(2026, 10, 27, 9), -7, paris(2026, 10, 20, 9)),
    ],
)
def test_shift_keeps_the_hour_of_paris(before, days, after):
    assert shift(before, days) == after
    assert in_paris(shift(before, days)).hour == in_paris(before).hour


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("taken", "wanted", "expected"),
    [
        ([], "cycle", "cycle"),
        (["cycle"], "cycle", "cycle-2"),
        (["cycle", "cycle-2", "cycle-3"], "cycle", "cycle-4"),
        ([], "a" * 90, "a" * 75),
    ],
)
def test_free_slug_numbers_what_is_taken(taken, wanted, expected):
    for slug in taken:
        make_cycle(slug)

    assert free_slug(wanted) == expected


@pytest.mark.django_db
def test_duplicate_copies_the_programme_as_a_draft():
    cycle = make_cycle(subtitle="Des clés", context="<p>Contexte</p>", price="Gratuit")
    phase = Phase.objects.create(cycle=cycle, label="Première phase", title="Concepts")
    group = make_group(cycle)
    slot = make_slot(
        make_session(cycle, phase=phase, content="<p>Contenu</p>"),
        group,
        starts_at=paris(2025, 10, 21),
        capacity=20,
        mode=Mode.IN_PERSON,
        place="Lille",
    )
    make_session(cycle, title="Sans phase ni séance")
    Speaker.objects.create(cycle=cycle, name="Saïd", role="Consultant")
    Resource.objects.create(cycle=cycle, title="Guide", url="https://irev.example/guide")
    make_registration(cycle)

    copy = copy_of(cycle)

    copy.refresh_from_db()
    assert (copy.title, copy.slug, copy.publication) == ("La copie", "la-copie", Publication.DRAFT)
    assert (copy.subtitle, copy.context, copy.price) == ("Des clés", "<p>Contexte</p>", "Gratuit")
    assert copy.contact_name == cycle.contact_name
    assert [str(each) for each in copy.phases.all()] == ["Première phase : Concepts"]
    assert list(copy.groups.values_list("name", "slug")) == [("Délégués du préfet", "delegues")]
    assert list(Profile.objects.filter(group__cycle=copy).values_list("label", flat=True)) == [
        "Profil Délégués du préfet"
    ]
    assert list(copy.training_sessions.values_list("number", "title", "content", "phase")) == [
        (1, "Contenu 1", "<p>Contenu</p>", copy.phases.get().pk),
        (2, "Sans phase ni séance", "", None),
    ]
    assert list(copy.speakers.values_list("name", "role")) == [("Saïd", "Consultant")]
    assert list(copy.resources.values_list("title", "url")) == [
        ("Guide", "https://irev.example/guide")
    ]
    slot_copy = Slot.objects.of_cycle(copy).get()
    assert (slot_copy.capacity, slot_copy.mode, slot_copy.place) == (20, Mode.IN_PERSON, "Lille")
    assert list(slot_copy.groups.all()) == [copy.groups.get()]
    assert not copy.registrations.exists()
    # What was copied from stays where it was.
    assert Slot.objects.of_cycle(cycle).get() == slot
    assert cycle.registrations.count() == 1


@pytest.mark.django_db
def test_duplicate_keeps_hours_and_lengths_across_a_clock_change():
    cycle = make_programme()
    starts = {
        slot.pk: paris(2026, 10, 20 + 7 * index)
        for index, slot in enumerate(Slot.objects.of_cycle(cycle).order_by("starts_at")[:2])
    }

    copy = copy_of(cycle, starts=starts)

    assert [
        (in_paris(slot.starts_at).isoformat(), in_paris(slot.ends_at).isoformat())
        for slot in Slot.objects.of_cycle(copy).in_order()
    ] == [
        ("2026-10-20T09:00:00+02:00", "2026-10-20T12:00:00+02:00"),
        ("2026-10-27T09:00:00+01:00", "2026-10-27T12:00:00+01:00"),
    ]


@pytest.mark.django_db
def test_duplicate_keeps_common_slots_common():
    cycle = make_programme()

    copy = copy_of(cycle)

    assert [
        (slot.session.number, [group.slug for group in slot.groups.order_by("position")])
        for slot in Slot.objects.of_cycle(copy).in_order()
    ] == [
        (1, ["delegues"]),
        (1, ["chefs-de-projet"]),
        (2, ["delegues"]),
        (2, ["chefs-de-projet"]),
        (3, ["delegues", "chefs-de-projet"]),
    ]


@pytest.mark.django_db
def test_duplicate_takes_no_link():
    cycle = make_programme()

    copy = copy_of(cycle)

    assert set(Slot.objects.of_cycle(copy).values_list("video_url", flat=True)) == {""}
    assert not Slot.objects.of_cycle(cycle).filter(video_url="").exists()


@pytest.mark.django_db
def test_duplicate_leaves_cancelled_slots_out():
    cycle = make_cycle()
    slot = make_slot(make_session(cycle), make_group(cycle), cancelled_at=NOW)

    copy = copy_of(cycle, starts={slot.pk: paris(2027, 1, 5)})

    assert not Slot.objects.of_cycle(copy).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "opens_at", "closes_at"),
    [
        # Ahead: moved as the first slot is.
        (364, paris(2026, 9, 29, 8), paris(2026, 10, 13, 18)),
        # The opening would be in the past: registration opens as soon as it is published.
        (336, None, paris(2026, 9, 15, 18)),
        (7, None, None),
    ],
)
def test_duplicate_moves_the_window_and_drops_what_is_past(days, opens_at, closes_at):
    cycle = make_cycle(
        registration_opens_at=paris(2025, 9, 30, 8), registration_closes_at=paris(2025, 10, 14, 18)
    )
    make_slot(make_session(cycle), make_group(cycle), starts_at=paris(2025, 10, 21))

    copy = copy_of(cycle, days)

    assert (copy.registration_opens_at, copy.registration_closes_at) == (opens_at, closes_at)


@pytest.mark.django_db
def test_duplicate_without_slots_has_no_window():
    cycle = make_cycle(registration_opens_at=NOW + timedelta(days=1))

    assert copy_of(cycle).registration_opens_at is None


@pytest.mark.django_db
def test_duplicate_to_an_address_that_is_taken_makes_nothing():
    cycle = make_programme()

    with pytest.raises(ValidationError) as refusal:
        copy_of(cycle, slug=cycle.slug)

    assert list(refusal.value.message_dict) == ["slug"]
    assert Cycle.objects.count() == 1
