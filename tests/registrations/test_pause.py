"""Mails wait while staff paused them, and in a database that came back from a backup."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from registrations import outbox, services
from registrations.models import Invitation, Message, Sending
from registrations.models.messages import MessageKind
from registrations.pause import Pause, in_force, pause
from registrations.states import MessageState, Status
from registrations.worker import look_at_the_clock
from sessions.models import Profile
from tests.factories import make_application, make_programme, make_registration

pytestmark = pytest.mark.django_db


@pytest.fixture
def message():
    registration = make_registration(make_programme())
    return outbox.queue(MessageKind.CONFIRMATION, registration=registration)


def run(command, *options):
    output = StringIO()
    call_command(command, *options, stdout=output)
    return output.getvalue()


def come_back_from_a_backup():
    """What makes a restored database: the row says where it lived, and it lives elsewhere."""
    assert in_force() is None
    Sending.objects.update(home="elsewhere")


def states():
    return list(Message.objects.values_list("state", flat=True))


def test_new_database_sends_its_mails(message, letterbox):
    assert run("send_messages") == "1\u00a0courriel traité\n"
    assert letterbox.copies == {message.message_id: 1}


def test_restored_database_sends_nothing_until_staff_say_so(message, letterbox):
    come_back_from_a_backup()

    assert in_force() == Pause.RESTORED
    with pytest.raises(CommandError, match="Cette base a été restaurée"):
        run("send_messages")
    assert (states(), letterbox.mails) == ([MessageState.QUEUED], [])

    assert run("resume_messages") == "Les courriels repartent\u00a0: 1\u00a0courriel en attente.\n"
    assert run("send_messages") == "1\u00a0courriel traité\n"
    assert letterbox.copies == {message.message_id: 1}


def test_restored_database_may_give_up_what_waits(message):
    come_back_from_a_backup()

    said = run("resume_messages", "--drop")

    assert said == "Les courriels repartent\u00a0: 1\u00a0courriel abandonné.\n"
    assert states() == [MessageState.DROPPED]
    assert in_force() is None


def test_pause_holds_mails_back_until_it_ends(message, letterbox):
    assert run("pause_messages") == "L’envoi des courriels est en pause.\n"
    with pytest.raises(CommandError, match="en pause"):
        run("send_messages")
    assert (states(), letterbox.mails) == ([MessageState.QUEUED], [])

    run("resume_messages")
    assert run("send_messages") == "1\u00a0courriel traité\n"


def test_resume_without_pause_changes_nothing(message):
    assert run("resume_messages", "--drop") == "L’envoi des courriels n’est pas en pause.\n"
    assert states() == [MessageState.QUEUED]


def test_clock_is_not_looked_at_in_a_pause(caplog):
    cycle = make_programme(capacity=1)
    Invitation.objects.create(cycle=cycle, label="Lille", n_places=1)
    waiting = services.register(
        cycle, make_application(Profile.objects.order_by("pk")[0]), now=timezone.now()
    )
    Invitation.objects.update(is_active=False)
    pause()

    look_at_the_clock()

    waiting.refresh_from_db()
    assert waiting.status == Status.WAITLISTED

    assert caplog.messages == ["L’envoi des courriels est en pause. (manage.py resume_messages)"]
