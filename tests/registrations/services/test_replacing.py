import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from registrations import services
from registrations.exceptions import AddressTaken, ReplacementRefused, TransitionRefused
from registrations.models import Message, Registration, RegistrationEvent, Replacement
from registrations.models.messages import MessageKind
from registrations.states import Status
from tests.factories import make_application, make_programme
from tests.registrations.services.asking import (
    kinds_sent,
    profiles_of,
    register,
    sequences_of,
    slots_of,
    verbs,
)

pytestmark = pytest.mark.django_db

Verb = RegistrationEvent.Verb


def ask(registration, email="nour.benali@nord.example.org"):
    return services.ask_replacement(
        registration, first_name="Nour", last_name="Benali", email=email, now=timezone.now()
    )


def answer(replacement, profile=None, now=None, key=None):
    profile = profile or replacement.registration.profile
    application = make_application(profile, replacement.email, key=key, first_name="Nour")
    return services.replace(replacement, application, now=now or timezone.now())


def test_asking_only_mails_the_colleague():
    registration = register(make_programme())

    replacement = ask(registration)

    registration.refresh_from_db()
    message = Message.objects.get(kind=MessageKind.REPLACEMENT_ASKED)
    assert registration.status == Status.CONFIRMED
    assert message.recipient == "nour.benali@nord.example.org"
    assert replacement.token not in str(Message.objects.filter(pk=message.pk).values().get())


def test_answer_hands_the_place_over_seat_for_seat():
    cycle = make_programme(capacity=1)
    leaver = register(cycle)
    waiting = register(cycle, "attend@nord.example.org")
    old_token = leaver.token

    newcomer = answer(ask(leaver))

    leaver.refresh_from_db()
    waiting.refresh_from_db()
    assert (leaver.status, newcomer.status) == (Status.CANCELLED, Status.CONFIRMED)
    assert slots_of(newcomer) == slots_of(leaver)
    assert newcomer.replaces == leaver
    assert waiting.status == Status.WAITLISTED
    assert not Registration.objects.by_token(old_token).exists()
    assert kinds_sent(leaver)[-1] == MessageKind.REPLACED
    assert kinds_sent(newcomer) == [MessageKind.CONFIRMATION]
    assert verbs(leaver) == [Verb.REGISTERED, Verb.REPLACED]
    assert sequences_of(leaver) == [1, 1, 1]


def test_same_answer_again_gives_the_same_place():
    replacement = ask(register(make_programme()))
    key = uuid.uuid4()

    assert answer(replacement, key=key) == answer(replacement, key=key)
    assert Registration.objects.count() == 2


def test_other_answer_than_the_first_is_refused():
    replacement = ask(register(make_programme()))
    answer(replacement)

    with pytest.raises(ReplacementRefused):
        answer(replacement)


def test_requests_of_the_one_replaced_end_with_their_link():
    registration = register(make_programme())
    first = ask(registration, "premiere@nord.example.org")
    Replacement.objects.update(expires_at=timezone.now() + timedelta(days=7))
    second = ask(registration)
    Replacement.objects.update(expires_at=timezone.now() + timedelta(days=7))

    answer(second)

    first.refresh_from_db()
    assert first.is_open(timezone.now()) is False


def test_second_request_ends_the_first():
    registration = register(make_programme())
    first = ask(registration, "premiere@nord.example.org")
    ask(registration, "seconde@nord.example.org")

    with pytest.raises(ReplacementRefused):
        answer(first)


def test_answer_too_late_is_refused():
    replacement = ask(register(make_programme()))

    with pytest.raises(ReplacementRefused):
        answer(replacement, now=timezone.now() + timedelta(days=8))


def test_answer_in_another_group_is_refused():
    cycle = make_programme()
    replacement = ask(register(cycle))

    with pytest.raises(ReplacementRefused):
        answer(replacement, profile=profiles_of(cycle)[1])


def test_answer_of_someone_registered_is_refused():
    cycle = make_programme()
    register(cycle, "nour.benali@nord.example.org")
    replacement = ask(register(cycle))

    with pytest.raises(AddressTaken):
        answer(replacement)


def test_answer_after_cancelling_is_refused():
    registration = register(make_programme())
    replacement = ask(registration)
    services.cancel(registration, now=timezone.now())

    with pytest.raises(ReplacementRefused):
        answer(replacement)


def test_replaced_person_does_not_come_back_by_the_old_registration():
    registration = register(make_programme())
    answer(ask(registration))

    with pytest.raises(TransitionRefused):
        services.restore(registration, now=timezone.now())


def test_only_a_confirmed_person_is_replaced():
    cycle = make_programme(capacity=1)
    register(cycle, "a@nord.example.org")

    with pytest.raises(ReplacementRefused):
        ask(register(cycle, "b@nord.example.org"))
