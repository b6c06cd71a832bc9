"""Which videoconference links participants may be given, and what staff are told of the others."""

import pytest
from django.core.exceptions import ValidationError

from sessions.videoconference import MAX_LENGTH, JoinLink, check_join_url

TEAMS = (
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_abc%40thread.v2/0"
    "?context=%7b%22Tid%22%3a%22x%22%7d"
)

SERVICES = {
    "https://visio.numerique.gouv.fr/abc-defg-hij": "Visio (La Suite numérique)",
    "https://webinaire.numerique.gouv.fr/meeting/signin/invite/12/creator/3/hash/0a1b": (
        "Webinaire de l’État"
    ),
    "https://webinaire.numerique.gouv.fr/meeting/signin/12/creator/3/hash/0a1b": (
        "Webinaire de l’État"
    ),
    "https://webconf.numerique.gouv.fr/MaReunion456": "Webconf de l’État",
    "https://meet.jit.si/IREV-LCD": "Jitsi",
    "https://us02web.zoom.us/j/81234567890?pwd=abc": "Zoom",
    "https://zoom.us/my/irev": "Zoom",
    TEAMS: "Microsoft Teams",
    "https://teams.live.com/meet/9876543210": "Microsoft Teams",
    "https://meet.google.com/abc-defg-hij": "Google Meet",
    "https://app.livestorm.co/irev/cycle-lcd": "Livestorm",
    "https://bbb.example.fr/rooms/abc-def/join": "BigBlueButton",
    "https://visio.example.fr:8443/salle": "Visioconférence",
    "HTTPS://Visio.Numerique.Gouv.fr/abc-defg-hij": "Visio (La Suite numérique)",
    # A name that only begins or ends like a service is another host.
    "https://zoom.us.example.fr/j/1": "Visioconférence",
    "https://notzoom.us/j/1": "Visioconférence",
}

REFUSALS = {
    "": "not_a_link",
    "visio.numerique.gouv.fr/abc-defg-hij": "not_a_link",
    "javascript:alert(1)": "not_a_link",
    "data:text/html,x": "not_a_link",
    "//visio.numerique.gouv.fr/a": "not_a_link",
    "mailto:contact@irev.fr": "not_a_link",
    "http://visio.numerique.gouv.fr/abc-defg-hij": "not_https",
    "HTTP://zoom.us/j/1": "not_https",
    " https://zoom.us/j/1": "whitespace",
    "https://zoom.us/j/1\n": "whitespace",
    "https://zoom.us/j/1 code 123": "whitespace",
    "https://zoom.us/j/\u00a01": "whitespace",
    "https://zoom.us/j/1\x00": "whitespace",
    "https://zoom.us\u202e/j/1": "whitespace",
    "https://": "invalid",
    "https://zoom/j/1": "invalid",
    "https://[::1/j/1": "invalid",
    "https://zoom.us\\@evil.example/": "credentials",
    "https://irev:secret@zoom.us/j/1": "credentials",
    "https://zoom.us@evil.example/j/1": "credentials",
    "https://zoom.us/" + "a" * MAX_LENGTH: "too_long",
    "https://webinaire.numerique.gouv.fr/meeting/signin/moderateur/12/creator/3/hash/0a": (
        "moderator_link"
    ),
    "https://b3desk.example.fr/meeting/signin/moderateur/12/hash/0a": "moderator_link",
    "https://us02web.zoom.us/s/81234567890?zak=abc": "moderator_link",
    "https://zoom.us/s/81234567890": "moderator_link",
    "https://app.zoom.us/wc/81234567890/start": "moderator_link",
    "https://zoom.us/j/81234567890?zak=abc": "moderator_link",
    "https://bbb.example.fr/bigbluebutton/api/join?fullName=A&role=MODERATOR": "moderator_link",
    "https://bbb.example.fr/bigbluebutton/api/join?fullName=A&checksum=0a": "personal_link",
    "https://bbb.example.fr/html5client/join?sessionToken=abc": "personal_link",
    "https://teams.microsoft.com/meetingOptions/?organizerId=1": "settings_link",
}


@pytest.mark.parametrize(("url", "provider"), SERVICES.items())
def test_check_join_url_names_the_service(url, provider):
    assert check_join_url(url).provider == provider


def test_check_join_url_helps_to_join():
    assert check_join_url(TEAMS) == JoinLink(
        "Microsoft Teams", "Sans l’application, choisissez « Continuer sur ce navigateur »."
    )


@pytest.mark.parametrize(("url", "code"), REFUSALS.items())
def test_check_join_url_refuses(url, code):
    with pytest.raises(ValidationError) as refusal:
        check_join_url(url)

    assert refusal.value.code == code


def test_check_join_url_accepts_the_longest_link():
    url = "https://zoom.us/j/1?pwd=" + "a" * (MAX_LENGTH - 24)

    assert (len(url), check_join_url(url).provider) == (2000, "Zoom")


def test_check_join_url_says_how_to_mend_a_moderator_link():
    with pytest.raises(ValidationError) as refusal:
        check_join_url("https://webinaire.numerique.gouv.fr/meeting/signin/moderateur/1/hash/0a")

    assert refusal.value.messages == [
        "Ce lien Webinaire donne les droits de modération. "
        "Collez le lien des participants, qui contient /signin/invite/."
    ]


@pytest.mark.parametrize("url", [url for url in REFUSALS if url])
def test_check_join_url_never_repeats_the_link(url):
    with pytest.raises(ValidationError) as refusal:
        check_join_url(url)

    assert url not in refusal.value.message
