import pytest

from registrations.refusals import MEANINGS, address_failure, in_words


@pytest.mark.parametrize("status", MEANINGS)
def test_status_about_the_mailbox_is_held_against_the_address(status):
    assert address_failure(f"550 {status} no") == f"550 {status}"


@pytest.mark.parametrize(
    ("reply", "failure"),
    [
        ("550-5.1.1 The email account that you tried to reach does not exist.", "550 5.1.1"),
        ("554 delivery error: 550 5.2.1 Mailbox disabled", "550 5.2.1"),
        ("550 sorry, no mailbox here by that name (#5.1.1)", "5.1.1"),
        ("5.1.1", "5.1.1"),
        ("host mx[192.0.2.5] said: 550 5.1.1 <[adresse]>: unknown", "550 5.1.1"),
        ("550 5.4.1 Recipient address rejected: Access denied. AS(201806281)", "550 5.4.1"),
        ("550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", "550 5.1.10"),
        # Bare: of the mailbox or of policy, the code does not say.
        ("550 No such user here", ""),
        ("550 relay not permitted", ""),
        ("554 5.7.1 Service unavailable; client host blocked", ""),
        # What Orange and La Poste answer to what they take for spam.
        ("550 5.2.0 Mail rejete. Mail rejected. ofr_506", ""),
        ("550 5.5.0 Service refuse. Veuillez essayer plus tard. LPN007_510", ""),
        ("550 5.1.8 Sender address rejected: domain not found", ""),
        ("552 5.3.4 message too big", ""),
        ("421 4.4.1 timed out", ""),
        # Neither an address of a machine nor a version.
        ("550 from 5.1.1.8 refused", ""),
        ("550 from 15.1.1 refused", ""),
        ("550 Exim 5.1.10.2", ""),
        ("", ""),
    ],
)
def test_address_failure_is_what_is_said_of_the_mailbox(reply, failure):
    assert address_failure(reply) == failure


def test_address_failure_prefers_the_first_reply_that_tells_it():
    assert address_failure("550 non", "5.1.1") == "5.1.1"
    assert address_failure("550 5.2.2 full", "5.1.1") == "550 5.2.2"


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        ("550 5.1.1", "boîte inconnue (550 5.1.1)"),
        ("5.2.2", "boîte pleine (5.2.2)"),
    ],
)
def test_in_words_says_what_the_codes_mean(failure, words):
    assert in_words(failure) == words


def test_failure_fits_its_column():
    longest = max(MEANINGS, key=len)

    assert len(address_failure(f"550 {longest}")) <= 20
