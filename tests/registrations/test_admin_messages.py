"""The log of messages in the admin."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from registrations import outbox
from registrations.models import Message, Sending
from registrations.models.messages import MessageKind
from registrations.pause import pause
from registrations.states import MessageState
from sessions.typography import moment
from tests.factories import make_programme, make_purge_run, make_registration, paris

pytestmark = pytest.mark.django_db

LIST = reverse("admin:registrations_message_changelist")


def make_staff(*codenames):
    user = get_user_model().objects.create_user("camille", password="x", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


@pytest.fixture
def staff(client):
    user = make_staff("view_message", "change_message")
    client.force_login(user)
    return user


def make_message(**fields):
    registration = make_registration(make_programme())
    message = outbox.queue(MessageKind.CONFIRMATION, registration=registration)
    Message.objects.filter(pk=message.pk).update(**fields)
    message.refresh_from_db()
    return message


def detail(message):
    return reverse("admin:registrations_message_change", args=[message.pk])


def resend(message):
    return reverse("admin:registrations_message_resend", args=[message.pk])


@pytest.mark.parametrize("n_messages", [1, 3])
def test_list_says_what_became_of_each(client, staff, n_messages, django_assert_num_queries):
    message = make_message(state=MessageState.FAILED, attempts=2, last_answer="550 5.1.1 inconnu")
    for _ in range(n_messages - 1):
        outbox.queue(MessageKind.CONFIRMATION, registration=message.registration)

    with django_assert_num_queries(8):
        page = client.get(LIST).content.decode()

    assert page.count('<td class="field-recipient">alix.martin@nord.example.org</td>') == n_messages
    assert '<td class="field-state">Échec</td>' in page
    assert '<td class="field-last_answer">550 5.1.1 inconnu</td>' in page


@pytest.mark.parametrize("address", [LIST, reverse("admin:index")])
def test_team_is_told_that_mails_do_not_leave(client, staff, address, django_assert_num_queries):
    assert "Les envois sont suspendus" not in client.get(address).content.decode()

    pause()
    make_purge_run(timezone.now())
    with django_assert_num_queries(8 if address == LIST else 7):
        page = client.get(address).content.decode()

    assert page.count("Les envois sont suspendus") == 1
    assert "<p>L’envoi des courriels est en pause.</p>" in page
    assert Sending.objects.count() == 1


def test_page_of_the_team_writes_nothing_of_the_pause(client, staff):
    client.get(LIST)

    assert not Sending.objects.exists()


def test_detail_shows_the_mail_without_the_personal_link(client, staff, django_assert_num_queries):
    message = make_message(state=MessageState.SENT)

    with django_assert_num_queries(6):
        page = client.get(detail(message)).content.decode()

    assert "Gérer mon inscription\u00a0: [lien personnel masqué]" in page
    assert "personal-link" not in page
    assert message.registration.token not in page
    assert f'src="{reverse("admin:registrations_message_html", args=[message.pk])}"' in page
    assert 'name="_save"' not in page


@pytest.mark.parametrize(
    ("state", "words"),
    [(MessageState.QUEUED, moment(paris(2031, 4, 6, 9))), (MessageState.FAILED, "aucune")],
)
def test_detail_announces_an_attempt_only_if_there_will_be_one(client, staff, state, words):
    message = make_message(state=state, next_attempt_at=paris(2031, 4, 6, 9))

    page = client.get(detail(message)).content.decode()

    assert page.count(f'<div class="readonly">{words}</div>') == 1
    assert "<label>Message-ID\u00a0:</label>" in page


def test_html_is_a_page_that_can_do_nothing(client, staff):
    message = make_message()

    response = client.get(reverse("admin:registrations_message_html", args=[message.pk]))

    page = response.content.decode()
    assert 'href="#lien-personnel-masque"' in page
    assert message.registration.token not in page
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )


def test_resend_queues_what_failed(client, staff):
    message = make_message(state=MessageState.FAILED, attempts=3, last_answer="550 inconnu")

    response = client.post(resend(message))

    assert (response.status_code, response["Location"]) == (302, detail(message))
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_answer) == (MessageState.QUEUED, 0, "")


def test_resend_says_why_it_cannot(client, staff):
    message = make_message(state=MessageState.QUEUED)

    page = client.post(resend(message), follow=True).content.decode()

    assert "Ce courriel est déjà en route." in page
    assert Message.objects.count() == 1


def test_resend_changes_nothing_on_get(client, staff):
    message = make_message(state=MessageState.FAILED)

    response = client.get(resend(message))

    assert response.status_code == 405
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


def test_resend_wants_the_right_to(client):
    client.force_login(make_staff("view_message"))
    message = make_message(state=MessageState.FAILED)

    assert client.post(resend(message)).status_code == 403
    assert "Renvoyer" not in client.get(detail(message)).content.decode()
    assert "resend_selected" not in client.get(LIST).content.decode()
    message.refresh_from_db()
    assert message.state == MessageState.FAILED


def test_html_wants_the_right_to_view(client):
    client.force_login(make_staff("view_registration"))
    message = make_message()

    response = client.get(reverse("admin:registrations_message_html", args=[message.pk]))

    assert response.status_code == 403


def test_resend_selected_tells_what_it_did(client, staff):
    failed = make_message(state=MessageState.FAILED)
    queued = outbox.queue(MessageKind.CONFIRMATION, registration=failed.registration)

    page = client.post(
        LIST,
        {"action": "resend_selected", "_selected_action": [failed.pk, queued.pk]},
        follow=True,
    ).content.decode()

    assert "1\u00a0courriel remis en file." in page
    assert "Ce courriel est déjà en route." in page


def test_nothing_can_be_written_by_hand(client, staff):
    message = make_message(state=MessageState.SENT)

    assert client.get(reverse("admin:registrations_message_add")).status_code == 403
    assert client.post(detail(message), {"recipient": "x@y.example.org"}).status_code == 403
    delete = reverse("admin:registrations_message_delete", args=[message.pk])
    assert client.post(delete, {"post": "yes"}).status_code == 403
