from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client

from registrations import second_factor
from registrations.models import RequestCount, SecondFactor
from tests.factories import make_account
from tests.pages import text
from tests.threads import at_once

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
PASSWORD = "la pluie sur les toits de Lille"
CHECK, SETUP = "/compte/code/", "/compte/telephone/"


@pytest.fixture(autouse=True)
def _asked_for(settings):
    settings.SECOND_FACTOR = True


@pytest.fixture
def account(db):
    return make_account(password=PASSWORD)


@pytest.fixture
def factor(account):
    """A telephone tied to the account, and its recovery codes as ``factor.codes``."""
    made = second_factor.begin(account, {})
    made.codes = second_factor.confirm(made, code(made, NOON - timedelta(hours=1)), ago())
    made.refresh_from_db()
    return made


def ago() -> datetime:
    return NOON - timedelta(hours=1)


def code(factor: SecondFactor, now: datetime = NOON) -> str:
    return second_factor.code_at(factor.secret, int(now.timestamp()) // second_factor.STEP)


def logged_in(account) -> Client:
    client = Client()
    client.force_login(account)
    return client


@pytest.mark.parametrize(
    ("seconds", "expected"),
    # The vectors of RFC 6238, appendix B, their last six digits.
    [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_code_is_that_of_the_standard(seconds, expected):
    assert second_factor.code_at(b"12345678901234567890", seconds // 30) == expected


def test_code_is_accepted_once_and_a_step_early_or_late(factor):
    late, early = code(factor, NOON - timedelta(seconds=30)), code(factor, NOON)
    taken = [second_factor.accept(factor, each, NOON) for each in (late, late, early, early)]

    assert taken == [True, False, True, False]
    assert not second_factor.accept(factor, code(factor, NOON + timedelta(minutes=5)), NOON)


@pytest.mark.django_db(transaction=True)
def test_code_typed_twice_at_once_is_taken_once():
    factor = second_factor.begin(make_account(), {})
    assert second_factor.confirm(factor, code(factor, ago()), ago())
    typed = code(factor)

    taken = at_once(*[lambda: second_factor.accept(factor, typed, NOON)] * 6)

    assert taken.count(True) == 1


def test_recovery_code_replaces_the_telephone_once(factor):
    first = factor.codes[0]
    written = f"{first[:4]}-{first[4:8]}-{first[8:]}".upper()

    taken = [second_factor.accept(factor, written, NOON) for _ in range(2)]

    assert taken == [True, False]
    assert len(set(factor.codes)) == 10
    assert len(SecondFactor.objects.get().recovery_hashes) == 9


def test_database_holds_neither_the_secret_nor_the_codes(factor):
    kept = str(SecondFactor.objects.values().get())

    for secret in (*factor.codes, factor.secret.decode(), second_factor.key_to_type(factor)):
        assert secret not in kept


@pytest.mark.parametrize("address", ["/admin/", "/coordination/", "/admin/training/cycle/"])
def test_password_alone_opens_nothing(account, factor, address):
    answer = logged_in(account).get(address)

    assert (answer.status_code, answer["Location"]) == (
        302,
        f"{CHECK}?next={address.replace('/', '%2F')}",
    )


def test_password_alone_opens_nothing_wherever_the_site_is_said_to_begin(account, factor):
    client = logged_in(account)

    # A server may have taken SCRIPT_NAME from whoever asks.
    answers = [client.get(page, SCRIPT_NAME="/x") for page in ("/admin/", "/coordination/")]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert [answer["Cache-Control"] for answer in answers] == ["no-store, private"] * 2
    assert [answer["Location"].split("?")[0] for answer in answers] == [CHECK] * 2


def test_code_opens_what_was_asked_for(account, factor):
    client = Client()
    with time_machine.travel(NOON, tick=False):
        client.post("/admin/login/", {"username": "camille", "password": PASSWORD})
        before = client.session.session_key
        wrong = client.post(CHECK, {"code": "000000", "next": "/admin/"})
        right = client.post(CHECK, {"code": code(factor), "next": "/admin/"})
        opened = client.get("/admin/")

    assert (wrong.status_code, right.status_code, right["Location"]) == (400, 302, "/admin/")
    assert "Ce code n’est pas le bon." in text(wrong)
    assert client.session.session_key != before
    assert opened.status_code == 200


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:1"])
def test_code_never_leads_out_of_the_site(account, factor, target):
    with time_machine.travel(NOON, tick=False):
        answer = logged_in(account).post(CHECK, {"code": code(factor), "next": target})

    assert answer["Location"] == "/coordination/"


def test_sixth_code_is_refused(account, factor):
    client = logged_in(account)

    with time_machine.travel(NOON, tick=False):
        statuses = [client.post(CHECK, {"code": "000000"}).status_code for _ in range(5)]
        right = client.post(CHECK, {"code": code(factor)})

    assert statuses == [400] * 5
    assert (right.status_code, right["Retry-After"]) == (429, "900")


def test_wrong_codes_of_one_network_leave_the_owner_in(account, factor):
    thief, owner = logged_in(account), logged_in(account)

    with time_machine.travel(NOON, tick=False):
        for _ in range(40):
            thief.post(CHECK, {"code": "000000"}, REMOTE_ADDR="203.0.113.9")
        own = owner.post(CHECK, {"code": code(factor)}, REMOTE_ADDR="198.51.100.1")

    assert own["Location"] == "/coordination/"


def test_wrong_codes_of_many_networks_are_refused_at_the_twenty_first(account, factor):
    def post(client: Client, typed: str, network: int):
        return client.post(CHECK, {"code": typed}, REMOTE_ADDR=f"192.0.2.{network}")

    thief = logged_in(account)
    with time_machine.travel(NOON, tick=False):
        statuses = [post(thief, "000000", number // 5).status_code for number in range(20)]
        beyond = post(thief, code(factor), 9)

    assert statuses == [400] * 20
    assert (beyond.status_code, beyond["Retry-After"]) == (429, "3600")


def test_code_that_is_right_starts_the_counts_again(account, factor):
    client = logged_in(account)

    with time_machine.travel(NOON, tick=False):
        for _ in range(4):
            client.post(CHECK, {"code": "000000"})
        client.post(CHECK, {"code": code(factor)})

    assert not RequestCount.objects.exists()


def test_account_without_a_telephone_ties_one(account):
    client = logged_in(account)

    led = client.get("/coordination/", follow=True)
    begun = client.post(SETUP, {"begin": "1"}, follow=True)
    factor = begun.context["factor"]
    with time_machine.travel(NOON, tick=False):
        wrong = client.post(SETUP, {"code": "000000"})
        tied = client.post(SETUP, {"code": code(factor)})
        opened, again = client.get("/coordination/"), client.get(SETUP)

    assert led.redirect_chain[-1] == (SETUP, 302)
    assert "Commencer" in text(led)
    assert second_factor.key_to_type(factor) in text(begun)
    assert 'src="data:image/svg+xml;base64,' in text(begun)
    assert wrong.status_code == 400
    codes = tied.context["codes"]
    assert len(codes) == 10
    assert f"{codes[0][:4]}-{codes[0][4:8]}-{codes[0][8:]}" in text(tied)
    assert (opened.status_code, again["Location"]) == (200, CHECK)


def test_telephone_is_tied_in_the_session_that_was_shown_its_key(account):
    thief, owner = logged_in(account), logged_in(account)
    stolen = thief.post(SETUP, {"begin": "1"}, follow=True).context["factor"]
    own = owner.post(SETUP, {"begin": "1"}, follow=True).context["factor"]
    before = owner.get(SETUP).context["key"]

    with time_machine.travel(NOON, tick=False):
        by_the_other_key = owner.post(SETUP, {"code": code(stolen)})
        tied = owner.post(SETUP, {"code": code(own)})
        late = thief.post(SETUP, {"code": code(stolen)})
        thief = logged_in(account)
        refused = thief.post(CHECK, {"code": code(stolen)})

    assert second_factor.key_to_type(stolen) != second_factor.key_to_type(own) == before
    assert (by_the_other_key.status_code, tied.status_code) == (400, 200)
    assert (late.status_code, refused.status_code) == (302, 400)
    assert SecondFactor.objects.get().nonce == own.nonce


def test_second_session_to_confirm_ties_nothing(account):
    first, second = (second_factor.begin(account, {}) for _ in range(2))

    confirmed = [second_factor.confirm(each, code(each), NOON) for each in (first, second)]

    assert [len(codes) for codes in confirmed] == [10, 0]
    assert SecondFactor.objects.get().nonce == first.nonce


def test_telephone_and_recovery_codes_outlive_a_change_of_key(factor, settings):
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]

    typed = (code(factor), factor.codes[0], factor.codes[0])

    assert [second_factor.accept(factor, each, NOON) for each in typed] == [True, True, False]


def test_factor_of_a_key_that_is_lost_is_said_to_be(account, factor, settings, caplog):
    typed = code(factor)
    settings.SECRET_KEY = "another"
    client = logged_in(account)

    answers = [client.get(CHECK), client.post(CHECK, {"code": typed})]

    assert {answer.status_code for answer in answers} == {403}
    assert "Votre téléphone est à relier de nouveau" in text(answers[0])
    assert client.get("/admin/").status_code == 302
    said = f"second factor of user {account.pk} was made by a key that is lost"
    assert caplog.messages.count(said) == 2


def test_looking_at_the_pages_begins_nothing(account):
    client = logged_in(account)

    for page in (CHECK, SETUP):
        client.get(page)
        client.head(page)

    assert second_factor.begun(account, client.session) is None
    assert not SecondFactor.objects.exists()


def test_telephone_that_is_tied_is_not_replaced_by_whoever_knows_the_password(account, factor):
    client = logged_in(account)
    before = SecondFactor.objects.values().get()

    client.post(SETUP, {"begin": "1"})
    client.post(SETUP, {"code": code(factor)})

    assert SecondFactor.objects.values().get() == before


def test_pages_are_for_accounts(client):
    for page in (CHECK, SETUP):
        assert client.get(page)["Location"] == f"/coordination/connexion/?next={page}"


def test_visitor_of_the_public_pages_is_asked_for_nothing(account, django_assert_num_queries):
    assert logged_in(account).get("/").status_code == 200


def test_lost_telephone_is_untied_by_the_command(account, factor, capsys):
    call_command("reset_second_factor", "camille")

    assert not SecondFactor.objects.exists()
    assert capsys.readouterr().out == "Le téléphone est délié.\n"
    for username in ("camille", "personne"):
        with pytest.raises(CommandError):
            call_command("reset_second_factor", username)


def test_nothing_is_asked_where_the_deployment_does_not(account, settings):
    settings.SECOND_FACTOR = False

    assert logged_in(account).get("/admin/").status_code == 200
