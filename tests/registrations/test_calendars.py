import pytest

from registrations.calendars import Released, cancellations, personal_calendar, publication
from registrations.states import Status
from tests.calendars import read
from tests.factories import make_programme, make_registration, paris

pytestmark = pytest.mark.django_db

NOW = paris(2027, 1, 4)


@pytest.fixture
def registration():
    return make_registration(make_programme())


def test_personal_calendar_has_one_event_a_seat_with_the_link(
    registration, django_assert_num_queries
):
    registration = type(registration).objects.with_offer().get(pk=registration.pk)

    with django_assert_num_queries(1):
        file = personal_calendar(registration)

    method, events = read(file)
    seats = list(registration.seats.in_order())
    assert method == "PUBLISH"
    assert [(event.uid, event.starts_at) for event in events] == [
        (seat.uid, seat.slot.starts_at) for seat in seats
    ]
    assert [event.location for event in events] == [seat.slot.video_url for seat in seats]


@pytest.mark.parametrize("status", [Status.WAITLISTED, Status.PENDING, Status.CANCELLED])
def test_personal_calendar_is_empty_for_those_without_a_place(registration, status):
    registration.status = status

    assert read(personal_calendar(registration)) == ("PUBLISH", [])


def test_calendars_hold_nothing_of_the_person(registration):
    seats = list(registration.seats.in_order())
    released = [Released(seat, seat.slot.starts_at, seat.slot.ends_at) for seat in seats]
    files = [
        personal_calendar(registration).decode(),
        publication(registration, seats, now=NOW),
        *cancellations(registration, released, now=NOW),
    ]

    unfolded = "".join(files).replace("\r\n ", "")
    personal = (registration.token, "Alix", "Martin", registration.email, "inscriptions/")
    assert [word for word in personal if word in unfolded] == []


def test_cancellations_are_one_uid_a_file_and_newer_than_what_was_published(registration):
    seats = list(registration.seats.in_order())
    _, published = read(publication(registration, seats, now=NOW).encode())
    for seat in seats:
        seat.sequence += 1
        seat.save()

    released = [Released(seat, seat.slot.starts_at, seat.slot.ends_at) for seat in seats]
    files = [read(file.encode()) for file in cancellations(registration, released, now=NOW)]

    assert [method for method, _ in files] == ["CANCEL"] * 3
    assert [[event.uid for event in events] for _, events in files] == [
        [event.uid] for event in published
    ]
    assert [events[0].sequence for _, events in files] == [
        event.sequence + 1 for event in published
    ]


def test_uids_of_two_people_differ(registration):
    other = make_registration(registration.cycle, "autre@nord.example.org")

    uids = {event.uid for event in read(personal_calendar(registration))[1]}

    assert not uids & {event.uid for event in read(personal_calendar(other))[1]}
