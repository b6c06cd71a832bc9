import pytest
from django.contrib.auth import get_user_model

from registrations import outbox
from registrations.exceptions import AddressTaken, TransitionRefused
from registrations.models import Message, Registration, RegistrationEvent, Replacement
from registrations.models.messages import MessageKind
from registrations.reachability import mark
from registrations.services import correct_address
from registrations.states import MessageState, Status
from tests.factories import in_days, make_programme, make_registration, make_replacement

pytestmark = pytest.mark.django_db

NOW = in_days(0, 12)
NEW = "Alix.Martin@autre.example.org"


@pytest.fixture
def registration():
    return make_registration(make_programme(), "alix.matrin@nord.example.org")


@pytest.fixture
def staff():
    return get_user_model().objects.create_user("camille")


def correct(registration, email=NEW, by=None):
    return correct_address(registration, email, now=NOW, by=by)


def test_correcting_writes_to_the_new_address(registration, staff):
    mark(registration.email, "550 5.1.1", now=in_days(-1))

    correct(registration, by=staff)

    registration.refresh_from_db()
    assert (registration.email, registration.email_key) == (NEW, "alix.martin@autre.example.org")
    assert (registration.address_failed_at, registration.address_failure) == (None, "")
    message = registration.messages.get()
    assert (message.kind, message.recipient) == (MessageKind.CONFIRMATION, NEW)
    event = registration.events.first()
    assert (event.verb, event.at, event.by) == (
        RegistrationEvent.Verb.ADDRESS_CORRECTED,
        NOW,
        staff,
    )


def test_former_mailbox_opens_nothing(registration):
    former = registration.token

    correct(registration)

    registration.refresh_from_db()
    assert list(Registration.objects.by_token(former)) == []
    assert list(Registration.objects.by_token(registration.token)) == [registration]


def test_place_that_was_offered_from_the_former_mailbox_is_not_given(registration):
    open_request = make_replacement(registration, now=NOW)

    correct(registration)

    open_request.refresh_from_db()
    assert open_request.expires_at == NOW


def test_request_that_gave_the_place_ends_with_the_former_link(registration):
    replaced = make_registration(registration.cycle, "lou@nord.example.org")
    answered = make_replacement(replaced, email=registration.email, now=NOW)
    Registration.objects.filter(pk=registration.pk).update(replaces=replaced)
    Replacement.objects.update(answered_at=NOW)

    correct(registration)

    answered.refresh_from_db()
    assert answered.expires_at == NOW


def test_what_is_still_to_leave_goes_to_the_new_address(registration):
    waiting = outbox.queue(MessageKind.ALREADY_REGISTERED, registration=registration)

    correct(registration)

    assert Message.objects.with_offer().get(pk=waiting.pk).addressee == NEW


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (Status.CONFIRMED, MessageKind.CONFIRMATION),
        (Status.WAITLISTED, MessageKind.WAITLISTED),
        (Status.PENDING, MessageKind.PENDING),
    ],
)
def test_mail_tells_where_the_registration_stands(registration, status, kind):
    Registration.objects.update(status=status, queued_at=NOW)

    correct(registration)

    message = registration.messages.get()
    assert (message.kind, message.state) == (kind, MessageState.QUEUED)


def test_same_address_is_tried_again_with_the_same_link(registration):
    mark(registration.email, "552 5.2.2", now=in_days(-1))
    token = registration.token

    correct(registration, registration.email)

    registration.refresh_from_db()
    assert (registration.token, registration.address_failed_at) == (token, None)
    assert registration.messages.get().recipient == registration.email


def test_address_of_someone_else_is_refused(registration):
    make_registration(registration.cycle, NEW.lower())

    with pytest.raises(AddressTaken):
        correct(registration)

    registration.refresh_from_db()
    assert registration.email == "alix.matrin@nord.example.org"
    assert not Message.objects.exists()


def test_address_of_someone_who_left_is_free(registration):
    make_registration(registration.cycle, NEW, status=Status.CANCELLED)

    assert correct(registration).email == NEW


@pytest.mark.parametrize("status", [Status.CANCELLED, Status.REFUSED])
def test_registration_that_is_not_active_keeps_its_address(registration, status):
    Registration.objects.update(status=status)

    with pytest.raises(TransitionRefused):
        correct(registration)


def test_correcting_asks_twelve_things(registration, django_assert_num_queries):
    # A savepoint and its end, the two locks, others with that address, the link, the requests that
    # end, the registration, the journal; for the mail, the seats, the texts of reminders, the row.
    with django_assert_num_queries(12):
        correct(registration)


def test_mail_tells_of_the_place_that_is_offered(registration):
    Registration.objects.update(
        status=Status.WAITLISTED, queued_at=NOW, offer_expires_at=in_days(1)
    )

    correct(registration)

    message = registration.messages.get()
    assert (message.kind, message.state) == (MessageKind.OFFERED, MessageState.QUEUED)
