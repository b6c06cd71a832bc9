import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tests.factories import make_account

PHRASE = "la pluie sur les toits de Lille"


def codes(password: str) -> list[str]:
    try:
        validate_password(password)
    except ValidationError as error:
        return [each.code for each in error.error_list]
    return []


@pytest.mark.parametrize(
    ("password", "refusals"),
    [
        (PHRASE, []),
        ("tousenminuscules", []),
        ("x" * 10 + "é€🙂 " * 20, []),
        ("Court-1!", ["password_too_short"]),
        ("738201946573820194", []),
        ("1q2w3e4r5t6y7u8i9o0p", ["password_too_common"]),
    ],
)
def test_password_is_judged_by_its_length_and_not_its_composition(password, refusals):
    assert [code for code in codes(password) if code != "own_words"] == refusals


@pytest.mark.parametrize(
    "password",
    ["IREV-Inscriptions-2026", "politique de la ville 59", "Cycle.Qualification.IREV", "irev" * 6],
)
def test_password_made_of_our_own_words_is_refused(password):
    assert codes(password) == ["own_words"]


def test_own_words_among_others_are_accepted():
    assert codes("irev et la pluie sur les toits") == []


@pytest.mark.django_db
def test_changing_a_password_takes_the_old_one(client):
    account = make_account(password=PHRASE)
    client.force_login(account)
    new = "une autre phrase, plus longue"

    for old, status in (("faux", 200), (PHRASE, 302)):
        posted = {"old_password": old, "new_password1": new, "new_password2": new}
        assert client.post("/admin/password_change/", posted).status_code == status

    account.refresh_from_db()
    assert account.check_password(new)
