from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory, override_settings

from registrations import throttling
from registrations.models import Message, Registration, RequestCount
from registrations.throttling import Limit, network_of, pace_of, wait_before
from tests.factories import form_data, make_programme, make_territory
from tests.pages import text
from tests.threads import at_once

FORM = "/cycles/cycle-lcd/inscription/"
FIND = "/mes-inscriptions/"
MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_wait_is_none_up_to_the_limit_then_lasts_to_its_end():
    limits = (Limit(2, MINUTE),)

    with time_machine.travel(NOON, tick=False) as clock:
        first = [wait_before("posts", "192.0.2.1", limits) for _ in range(2)]
        clock.shift(20)
        beyond = wait_before("posts", "192.0.2.1", limits)
        clock.shift(40)
        later = wait_before("posts", "192.0.2.1", limits)

    assert (first, beyond, later) == ([None, None], timedelta(seconds=40), None)


@pytest.mark.django_db
def test_wait_counts_each_subject_and_each_kind_apart():
    limits = (Limit(1, MINUTE),)

    waits = [
        wait_before(what, who, limits)
        for what, who in (("posts", "a"), ("posts", "b"), ("logins", "a"))
    ]

    assert waits == [None, None, None]


@pytest.mark.django_db
def test_longest_of_several_waits_is_told():
    limits = (Limit(1, MINUTE), Limit(1, timedelta(hours=1)))

    with time_machine.travel(NOON, tick=False):
        wait_before("posts", "a", limits)
        assert wait_before("posts", "a", limits) == timedelta(hours=1)


@pytest.mark.django_db
def test_wait_costs_one_query(django_assert_num_queries):
    for _ in range(2):
        with django_assert_num_queries(1):
            wait_before("posts", "a", throttling.POSTS)


@pytest.mark.django_db
@override_settings(THROTTLE=False)
def test_no_limit_counts_nothing_when_they_are_lifted(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert wait_before("posts", "a", (Limit(0, MINUTE),)) is None
        assert pace_of("finding", "a@x.example.org", "192.0.2.1") == throttling.FREE


@pytest.mark.django_db
def test_counts_keep_neither_network_nor_mailbox():
    wait_before("posts", "192.0.2.1", throttling.POSTS)
    pace_of("finding", "alix.martin@nord.example.org", "192.0.2.1")

    keys = list(RequestCount.objects.values_list("key", flat=True))

    assert len(keys) == 6
    assert {len(key) for key in keys} == {64}


@pytest.mark.django_db
def test_counts_that_are_over_are_past():
    with time_machine.travel(NOON, tick=False):
        wait_before("posts", "a", (Limit(1, MINUTE), Limit(1, timedelta(hours=1))))
        [past] = RequestCount.objects.past(NOON + 2 * MINUTE)

    assert (past.n, past.ends_at) == (1, NOON + MINUTE)


@pytest.mark.django_db
def test_counts_of_a_clock_that_was_ahead_are_started_again():
    limits = (Limit(1, MINUTE), Limit(1, timedelta(hours=1)))
    with time_machine.travel(NOON + timedelta(days=3650), tick=False):
        assert [wait_before("logins", "a", limits) for _ in range(3)][-1] == timedelta(hours=1)

    with time_machine.travel(NOON, tick=False):
        waits = [wait_before("logins", "a", limits) for _ in range(2)]

    assert waits == [None, timedelta(hours=1)]


@pytest.mark.django_db
def test_counts_of_another_machine_a_little_ahead_hold():
    with time_machine.travel(NOON + timedelta(seconds=50), tick=False):
        wait_before("logins", "a", (Limit(1, MINUTE),))

    with time_machine.travel(NOON, tick=False):
        assert wait_before("logins", "a", (Limit(1, MINUTE),)) == timedelta(seconds=110)


@pytest.mark.django_db
def test_counts_of_a_clock_that_was_ahead_are_past():
    with time_machine.travel(NOON + timedelta(days=3650), tick=False):
        wait_before("posts", "a", (Limit(1, MINUTE),))
    with time_machine.travel(NOON, tick=False):
        wait_before("mails", "a", (Limit(1, timedelta(days=1)),))
        [past] = RequestCount.objects.past(NOON)

    assert past.ends_at == NOON + timedelta(days=3650) + MINUTE


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_time_are_each_counted():
    limits = (Limit(10, MINUTE),)

    waits = at_once(*[lambda: wait_before("posts", "a", limits)] * 16)

    assert [wait is None for wait in waits].count(True) == 10


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::9", "2001:db8:1:3::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_network_is_an_address_or_what_one_subscriber_has(address, network):
    assert network_of(RequestFactory().get("/", REMOTE_ADDR=address)) == network


@pytest.mark.parametrize(
    ("n_proxies", "forwarded", "network"),
    [
        (0, "198.51.100.1", "192.0.2.7"),
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "203.0.113.9, 198.51.100.1", "198.51.100.1"),
        (2, "203.0.113.9, 198.51.100.1", "203.0.113.9"),
        (2, "198.51.100.1", "192.0.2.7"),
        (1, "", "unknown"),
    ],
)
def test_client_is_what_the_configured_proxies_saw(n_proxies, forwarded, network):
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7", HTTP_X_FORWARDED_FOR=forwarded)

    with override_settings(PROXY_COUNT=n_proxies):
        assert network_of(request) == network


@pytest.mark.django_db
def test_flood_is_refused_in_words_and_leaves_others_untouched(client):
    cycle, territory = make_programme(), make_territory()

    def post(number: int, network: str):
        data = form_data(cycle, territory, email=f"personne{number}@nord.example.org")
        return client.post(FORM, data, REMOTE_ADDR=network)

    with time_machine.travel(NOON, tick=False):
        flood = [post(number, "192.0.2.1") for number in range(80)]
        other = post(100, "192.0.2.2")

    assert [response.status_code for response in flood] == [303] * 60 + [429] * 20
    assert other.status_code == 303
    assert Registration.objects.count() == 61
    assert flood[-1]["Retry-After"] == "60"
    assert "Attendez 60\u00a0secondes, puis rechargez cette page" in text(flood[-1])


@pytest.mark.django_db
def test_hour_has_a_limit_too(client):
    with time_machine.travel(NOON, tick=False) as clock:
        statuses = []
        for _ in range(6):
            statuses += [client.post(FIND, {"email": f"{n}"}).status_code for n in range(60)]
            clock.shift(60)

        refused = client.post(FIND, {"email": ""})

    assert statuses == [400] * 300 + [429] * 60
    assert refused["Retry-After"] == str(54 * 60)
    assert "Attendez 54\u00a0minutes" in text(refused)


@pytest.mark.django_db
def test_get_is_never_counted(client, django_assert_num_queries):
    make_programme()

    for _ in range(20):
        assert client.get(FIND).status_code == 200

    assert not RequestCount.objects.exists()


@pytest.fixture
def no_store(transactional_db):
    """The table of counts is not there."""
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE registrations_requestcount RENAME TO away")
    yield
    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE away RENAME TO registrations_requestcount")


def test_people_are_let_through_when_nothing_can_be_counted(client, no_store):
    cycle = make_programme()
    data = form_data(cycle, make_territory())

    registered = client.post(FORM, data)
    found = client.post(FIND, {"email": data["email"]})

    assert (registered.status_code, found.status_code) == (303, 303)
    assert Registration.objects.count() == 1
    assert Message.objects.count() == 2


@pytest.mark.django_db
def test_form_sent_again_and_again_with_one_address_is_refused_before_its_network(client):
    def slip(number: int, address: str) -> int:
        return client.post(FIND, {"email": address, "website": str(number)}).status_code

    with time_machine.travel(NOON, tick=False):
        one = [slip(number, "a@nord.example.org") for number in range(14)]
        others = [slip(0, f"b{number}@nord.example.org") for number in range(14)]

    assert one == [400] * 12 + [429] * 2
    assert others == [400] * 14
