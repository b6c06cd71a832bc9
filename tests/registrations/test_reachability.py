from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone

from registrations import outbox
from registrations.models import Message, Registration, RegistrationEvent
from registrations.models.messages import MessageKind
from registrations.reachability import mark, unreachable, why
from registrations.states import MessageState, Status
from tests.factories import in_days, make_programme, make_registration

pytestmark = pytest.mark.django_db

NOW = in_days(0, 12)


@pytest.fixture
def registration():
    return make_registration(make_programme())


def make_message(registration, state=MessageState.FAILED, **fields):
    """A mail to the person, made two days ago and tried many times."""
    message = outbox.queue(MessageKind.CONFIRMATION, registration=registration)
    Message.objects.filter(pk=message.pk).update(
        **{
            "state": state,
            "attempts": 30,
            "created_at": NOW - timedelta(days=2),
            "last_answer": "554 5.7.1 refused",
            **fields,
        }
    )
    return message


def reasons():
    """Why, for each of those who cannot be reached, by address."""
    found = unreachable(Registration.objects.order_by("email"), NOW)
    return {registration.email: why(registration) for registration in found}


# Marking


def test_mark_keeps_when_and_by_which_codes(registration):
    mark(registration.email, "550 5.1.1", now=NOW)

    registration.refresh_from_db()
    assert (registration.address_failed_at, registration.address_failure) == (NOW, "550 5.1.1")
    event = registration.events.get()
    assert (event.verb, event.at, event.by) == (RegistrationEvent.Verb.UNREACHABLE, NOW, None)
    assert (event.from_status, event.to_status) == (Status.CONFIRMED, Status.CONFIRMED)


def test_mark_writes_nothing_twice(registration):
    mark(registration.email, "550 5.1.1", now=NOW)
    mark(registration.email, "552 5.2.2", now=NOW + timedelta(hours=1))

    registration.refresh_from_db()
    assert (registration.address_failed_at, registration.address_failure) == (NOW, "550 5.1.1")
    assert registration.events.count() == 1


def test_mark_is_for_all_the_active_registrations_of_the_address(registration):
    others = [make_programme(slug) for slug in ("other", "left")]
    make_registration(others[0], "Alix.Martin@nord.example.org")
    make_registration(others[1], registration.email, status=Status.CANCELLED)
    make_registration(registration.cycle, "autre@nord.example.org")

    mark(registration.email, "550 5.1.1", now=NOW)

    marked = Registration.objects.exclude(address_failed_at=None).order_by("cycle__slug")
    assert [each.cycle.slug for each in marked] == ["cycle-lcd", "other"]


@pytest.mark.parametrize("n", [1, 3])
def test_mark_asks_five_things(registration, django_assert_num_queries, n):
    for number in range(n - 1):
        make_registration(make_programme(f"cycle-{number}"), registration.email)

    # A savepoint and its end; who, the mark, the journal.
    with django_assert_num_queries(5):
        mark(registration.email, "550 5.1.1", now=NOW)

    assert RegistrationEvent.objects.count() == n


@pytest.mark.parametrize(
    "half", [{"address_failed_at": NOW}, {"address_failure": "550 5.1.1"}], ids=["date", "codes"]
)
def test_mark_is_whole(registration, half):
    with pytest.raises(IntegrityError, match="registration_address_failure_has_date"):
        Registration.objects.filter(pk=registration.pk).update(**half)


# Who is unreachable


def test_unreachable_are_those_whose_address_is_refused(registration):
    make_registration(registration.cycle, "b@nord.example.org")
    mark(registration.email, "550 5.1.1", now=NOW)

    assert reasons() == {registration.email: "Adresse refusée\u00a0: boîte inconnue (550 5.1.1)"}


@pytest.mark.parametrize(
    ("state", "fields", "reason"),
    [
        (MessageState.FAILED, {}, "Courriel en échec"),
        (MessageState.QUEUED, {}, "Courriel en attente depuis plus d’un jour"),
        (
            MessageState.SENDING,
            {"claim": "0f9619ff-8b86-4d01-b42d-00cf4fc964ff", "leased_until": NOW},
            "Courriel en attente depuis plus d’un jour",
        ),
    ],
)
def test_unreachable_are_those_whose_mail_does_not_arrive(registration, state, fields, reason):
    make_message(registration, state, **fields)

    assert reasons() == {registration.email: reason}


@pytest.mark.parametrize(
    ("state", "fields"),
    [
        (MessageState.SENT, {"sent_at": NOW}),
        (MessageState.DROPPED, {}),
        # Greylisted since this morning.
        (MessageState.QUEUED, {"created_at": NOW - timedelta(hours=3)}),
        # No worker has tried it yet.
        (MessageState.QUEUED, {"attempts": 0}),
        # To an address that was corrected, or to a colleague.
        (MessageState.FAILED, {"recipient": "ancienne@nord.example.org"}),
    ],
)
def test_reachable_are_those_whose_mail_arrives_or_will(registration, state, fields):
    make_message(registration, state, **fields)

    assert reasons() == {}


def test_failed_mail_is_made_up_for_by_one_that_arrives(registration):
    make_message(registration)
    make_message(registration, MessageState.SENT, sent_at=NOW - timedelta(days=1))

    assert reasons() == {}


def test_failed_mail_is_not_made_up_for_by_one_before(registration):
    make_message(registration)
    make_message(registration, MessageState.SENT, sent_at=NOW - timedelta(days=3))

    assert reasons() == {registration.email: "Courriel en échec"}


def test_refused_address_is_not_made_up_for(registration):
    mark(registration.email, "550 5.1.1", now=NOW)
    make_message(registration, MessageState.SENT, sent_at=timezone.now())

    assert list(reasons()) == [registration.email]


def test_who_left_is_not_telephoned(registration):
    mark(registration.email, "550 5.1.1", now=NOW)
    Registration.objects.update(status=Status.CANCELLED)

    assert reasons() == {}
