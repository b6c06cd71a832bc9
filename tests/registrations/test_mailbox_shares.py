"""What one mailbox may be sent because strangers asked, and how often it may be registered."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from registrations import services
from registrations.models import Message, Registration, Replacement
from registrations.models.messages import MessageKind
from registrations.states import MessageState, Status
from registrations.throttling import FREE, Pace, pace_of
from sessions.models import Territory
from tests.factories import (
    form_data,
    make_account,
    make_application,
    make_programme,
    make_registration,
    make_replacement,
    make_territory,
)
from tests.pages import space, text

pytestmark = pytest.mark.django_db

FORM = "/cycles/cycle-lcd/inscription/"
FIND = "/mes-inscriptions/"
HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
VICTIM = "victime@nord.example.org"
FULL = (
    "Cette adresse et ses variantes ont déjà cinq inscriptions à ce cycle, le plus possible. "
    "Annulez-en une par le lien reçu par courriel, ou faites-vous inscrire par l’équipe. "
    "Contactez Camille Durand, 03\u00a020\u00a000\u00a000\u00a000."
)


def paces(n: int, address: str = VICTIM, *, network: str = "", kind: str = "finding") -> list[Pace]:
    """Of mails asked for at the same time, each from another network unless one is named."""
    with time_machine.travel(NOON, tick=False):
        return [pace_of(kind, address, network or f"192.0.2.{number}") for number in range(n)]


def test_mailbox_has_three_mails_at_once_and_ten_a_day_from_all_networks():
    hours = [timedelta(hours=hour) for hour in (0, 0, 0, 1, 1, 1, 2, 2, 2, 3)]

    assert paces(12) == [*(Pace(delay) for delay in hours), *[Pace(is_spent=True)] * 2]


def test_network_has_two_mails_at_once_and_five_a_day_for_a_mailbox():
    hours = [timedelta(hours=hour) for hour in (0, 0, 1, 1, 2)]

    assert paces(7, network="203.0.113.9") == [
        *(Pace(delay) for delay in hours),
        *[Pace(is_spent=True)] * 2,
    ]


@pytest.mark.parametrize(
    "variant", ["VIC.time@gmail.com", "victime+1@googlemail.com", "v.i.c.time+2@gmail.com"]
)
def test_variants_of_an_address_share_one_mailbox(variant):
    paces(3, "victime@gmail.com")

    assert paces(1, variant, network="203.0.113.9") == [Pace(HOUR)]


def test_one_network_cannot_spend_what_leaves_at_once_for_others():
    paces(100, network="203.0.113.9")

    assert paces(1, network="198.51.100.1") == [FREE]


def test_mails_that_wait_for_their_network_count_in_those_of_the_day():
    for network in ("203.0.113.1", "203.0.113.2"):
        paces(5, network=network)

    assert paces(1, network="198.51.100.1") == [Pace(is_spent=True)]


def test_share_is_spent_for_each_kind_of_request_apart():
    paces(12, kind="finding")

    assert paces(1, kind="registering") == [FREE]


def test_pace_costs_two_queries(django_assert_num_queries):
    with django_assert_num_queries(2):
        paces(1)


def test_owner_registers_and_finds_whatever_a_network_asked_for_in_their_name(client):
    data = form_data(make_programme(), make_territory(), email=VICTIM)
    for _ in range(30):
        client.post(FIND, {"email": VICTIM}, REMOTE_ADDR="203.0.113.9")
    Message.objects.all().delete()

    registered = client.post(FORM, data, REMOTE_ADDR="198.51.100.1")
    found = client.post(FIND, {"email": VICTIM}, REMOTE_ADDR="198.51.100.1")

    assert (registered.status_code, found.status_code) == (303, 303)
    assert list(Message.objects.due().order_by("pk").values_list("kind", flat=True)) == [
        MessageKind.CONFIRMATION,
        MessageKind.FIND_LINK,
    ]


def test_first_mail_of_a_registration_waits_four_hours_once_the_share_is_spent(client):
    data = form_data(make_programme(), make_territory(), email=VICTIM)
    paces(12, kind="registering")

    with time_machine.travel(NOON, tick=False):
        client.post(FORM, data)

    mail = Message.objects.get()
    assert mail.state == MessageState.QUEUED
    assert mail.next_attempt_at - mail.created_at == timedelta(hours=4)


def test_mail_that_registers_nobody_stays_behind_once_the_share_is_spent(client):
    cycle = make_programme()
    make_registration(cycle, VICTIM)
    territory = make_territory()

    for number in range(6):
        data = form_data(cycle, territory, email=VICTIM, job_title=f"Agente {number}")
        assert client.post(FORM, data).status_code == 303

    dropped = Message.objects.get(state=MessageState.DROPPED)
    assert dropped.last_answer == (
        "Retenu\u00a0: trop de courriels demandés aujourd’hui pour cette boîte."
    )


@pytest.mark.parametrize("is_known", [True, False])
def test_share_that_is_spent_is_told_for_an_address_that_is_known_or_not(
    client, django_assert_num_queries, is_known
):
    if is_known:
        make_registration(make_programme(), VICTIM)

    answers = []
    for n_queries in [6] * 5 + [3]:
        with django_assert_num_queries(n_queries):
            answers.append(client.post(FIND, {"email": VICTIM}))

    assert [answer.status_code for answer in answers] == [303] * 5 + [400]
    assert (
        "Trop de courriels ont été demandés aujourd’hui pour cette adresse. Cherchez le dernier "
        "parmi vos courriers indésirables, ou recommencez demain."
    ) in text(answers[-1])
    assert Message.objects.count() == 5


def test_colleague_whose_share_is_spent_is_not_written_to_and_it_is_told(client):
    registration = make_registration(make_programme())
    paces(12, kind="replacing")

    answer = client.post(
        space(registration, "remplacer/"),
        {"first_name": "Lou", "last_name": "Petit", "email": VICTIM},
        follow=True,
    )

    assert (
        "Trop de courriels ont été demandés aujourd’hui pour cette adresse\u00a0: "
        "recommencez demain, ou choisissez quelqu’un d’autre." in text(answer)
    )
    assert not Message.objects.exists()


def test_request_that_is_refused_for_its_mailbox_leaves_the_one_before(client):
    registration = make_registration(make_programme())
    before = make_replacement(registration)
    paces(12, kind="replacing")

    form = {"first_name": "Lou", "last_name": "Petit", "email": VICTIM}
    client.post(space(registration, "remplacer/"), form)

    assert Replacement.objects.get().expires_at == before.expires_at


@pytest.fixture
def cycle():
    return make_programme()


def register(client, cycle, address: str, **fields):
    territory = Territory.objects.first() or make_territory()
    return client.post(FORM, form_data(cycle, territory, email=address, **fields))


def test_mailbox_holds_five_registrations_of_a_cycle_however_it_is_written(client, cycle):
    addresses = [
        "vic.time@gmail.com",
        *(f"victime+{number}@gmail.com" for number in range(3)),
        "VICTIM.E@googlemail.com",
        *(f"v.ic.time+{number}@gmail.com" for number in range(7)),
    ]

    answers = [register(client, cycle, address) for address in addresses]

    assert [answer.status_code for answer in answers] == [303] * 5 + [400] * 7
    assert FULL in text(answers[-1])
    assert 'value="v.ic.time+6@gmail.com"' in text(answers[-1])
    assert (Registration.objects.count(), Message.objects.count()) == (5, 5)


def test_mails_of_a_mailbox_that_is_bombed_for_a_day_are_those_of_five_registrations(client, cycle):
    with time_machine.travel(NOON, tick=False) as clock:
        for number in range(120):
            clock.shift(13)
            register(client, cycle, f"vic.time+{number}@gmail.com")

    assert (Registration.objects.count(), Message.objects.count()) == (5, 5)
    waits = {mail.next_attempt_at - mail.created_at for mail in Message.objects.all()}
    assert max(waits) == timedelta(hours=2)


def test_full_mailbox_is_told_the_same_of_an_address_that_is_known_or_not(client, cycle):
    for number in range(5):
        make_registration(cycle, f"victime+{number}@gmail.com")

    known, unknown = (
        register(client, cycle, f"victime+{number}@gmail.com", submission_key="une")
        for number in (4, 5)
    )

    assert known.status_code == unknown.status_code == 400
    assert FULL in text(known)
    one, other = (
        re.sub(r'name="csrfmiddlewaretoken" value="\w+"|victime\+\d', "", text(answer))
        for answer in (known, unknown)
    )
    assert one == other
    assert not Message.objects.exists()


def test_last_form_of_a_mailbox_sent_twice_leads_to_the_thanks_both_times(client, cycle):
    for number in range(4):
        make_registration(cycle, f"victime+{number}@gmail.com")

    answers = [register(client, cycle, VICTIM, submission_key="une") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303] * 2


def test_mailbox_that_gives_a_place_back_may_have_another(client, cycle):
    *_, last = (make_registration(cycle, f"victime+{number}@gmail.com") for number in range(5))

    services.cancel(last, now=NOON)

    assert register(client, cycle, "victime+5@gmail.com").status_code == 303


def test_mailboxes_that_begin_alike_and_other_cycles_are_apart(client, cycle):
    other = make_programme("autre")
    for number in range(5):
        make_registration(cycle, f"victime{number}@gmail.com")
        make_registration(cycle, f"victime+{number}@mel.example.org")
        make_registration(other, f"victime+{number}@gmail.com")

    assert register(client, cycle, "victime@gmail.com").status_code == 303


def test_staff_register_beyond_what_a_mailbox_may_hold(cycle):
    for number in range(5):
        make_registration(cycle, f"accueil+{number}@nord.example.org")
    profile = cycle.groups.first().profiles.first()
    application = make_application(profile, "accueil@nord.example.org")

    registration = services.register(cycle, application, now=NOON, by=make_account())

    assert registration.status == Status.CONFIRMED
