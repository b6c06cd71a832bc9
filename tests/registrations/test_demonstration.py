"""The pages that stand for a mailbox in demonstration."""

import pytest
from django.core.mail import EmailMultiAlternatives
from django.urls import NoReverseMatch, include, path, reverse
from django.utils import timezone

from registrations import demonstration, emails, outbox
from registrations.models.messages import MessageKind
from registrations.transport import FolderBackend
from tests.factories import make_programme, make_registration

urlpatterns = [
    path("", include("cycle_lcd.urls")),
    path("", include("registrations.demonstration")),
]

LIST = "/demonstration/courriels/"


@pytest.fixture
def kept(settings, tmp_path):
    settings.EMAIL_FILE_PATH = str(tmp_path / "courriels")
    settings.ROOT_URLCONF = __name__
    return tmp_path / "courriels"


def keep(*mails):
    FolderBackend().send_messages(mails)


def make_mail(subject="Bonjour", body="Texte"):
    return EmailMultiAlternatives(subject, body, to=["alix@nord.example.org"])


def kept_names(folder):
    return sorted(file.stem for file in folder.iterdir())


def test_pages_do_not_exist_when_mails_are_sent(client):
    assert client.get(LIST).status_code == 404
    with pytest.raises(NoReverseMatch):
        reverse("demonstration_mails")


def test_backend_keeps_one_file_a_mail_for_its_owner_only(kept):
    keep(make_mail("Un"), make_mail("Deux"))
    keep(make_mail("Trois"))

    assert [file.suffix for file in kept.iterdir()] == [".eml"] * 3
    assert kept.stat().st_mode & 0o777 == 0o700


def test_list_is_empty_at_first(client, kept):
    page = client.get(LIST)

    assert page.status_code == 200
    assert "Aucun courriel pour l’instant" in page.content.decode()


def test_list_shows_the_newest_first(client, kept):
    for subject in ("Un", "Deux", "Trois"):
        keep(make_mail(subject))

    mails = client.get(LIST).context["mails"]

    assert [mail.subject for mail in mails] == ["Trois", "Deux", "Un"]


@pytest.mark.django_db
def test_mail_is_readable_with_its_links_and_calendar(client, kept, django_assert_num_queries):
    registration = make_registration(make_programme())
    message = outbox.queue(MessageKind.CONFIRMATION, registration=registration)
    message.refresh_from_db()
    keep(emails.assemble(message, emails.prepare(message, timezone.now())))
    (name,) = kept_names(kept)

    with django_assert_num_queries(0):
        page = client.get(f"{LIST}{name}/")
        html = client.get(f"{LIST}{name}/html/")
        calendar = client.get(f"{LIST}{name}/agenda-1.ics")

    link = f"http://testserver/inscriptions/{registration.token}/"
    mail = page.context["mail"]
    assert dict(mail.headers)["Message-ID"] == message.message_id
    assert mail.subject == message.subject
    assert link in mail.text
    assert f'href="{link}"' in html.content.decode()
    assert calendar["Content-Type"] == "text/calendar; charset=utf-8"
    assert calendar.content.count(b"BEGIN:VEVENT") == 3


def test_html_carries_its_own_policy(client, kept):
    mail = make_mail()
    mail.attach_alternative("<html><head></head><body><p>Bonjour</p></body></html>", "text/html")
    keep(mail)
    (name,) = kept_names(kept)

    response = client.get(f"{LIST}{name}/html/")

    assert response["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
    )
    assert response["X-Frame-Options"] == "SAMEORIGIN"


@pytest.mark.parametrize(
    "name",
    [
        "20261124-153959-575276-7b8e8cdb",  # nothing of that name
        "..%2F..%2Fmanage",
        "manage.py",
        "20261124-153959-575276-7b8e8cdb.eml",
    ],
)
def test_mail_answers_404_to_other_names(client, kept, name):
    (kept.parent / "manage.eml").write_text("Subject: secret\n\nsecret")

    assert client.get(f"{LIST}{name}/").status_code == 404


@pytest.mark.parametrize("number", [0, 1, 99999999999999999999999])
def test_calendar_answers_404_for_a_part_that_is_not_there(client, kept, number):
    keep(make_mail())
    (name,) = kept_names(kept)

    assert client.get(f"{LIST}{name}/agenda-{number}.ics").status_code == 404


def test_pages_are_read_only(client, kept):
    keep(make_mail())
    (name,) = kept_names(kept)

    statuses = {
        client.post(f"{LIST}{end}").status_code
        for end in ("", f"{name}/", f"{name}/html/", f"{name}/agenda-1.ics")
    }

    assert statuses == {405}
    assert kept_names(kept) == [name]


def test_most_shown_are_the_latest(client, kept, monkeypatch):
    monkeypatch.setattr(demonstration, "MOST_SHOWN", 2)
    for subject in ("Un", "Deux", "Trois"):
        keep(make_mail(subject))

    mails = client.get(LIST).context["mails"]

    assert [mail.subject for mail in mails] == ["Trois", "Deux"]
