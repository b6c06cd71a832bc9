import logging

import pytest

from registrations.bounces import read_notice
from registrations.models.messages import draw_message_id
from tests.notices import IGNORED, MESSAGE_ID, OF_ANOTHER_MAIL, RETURNED, all_names, notice


def test_each_notice_is_expected_to_say_something():
    assert sorted([*RETURNED, *IGNORED, OF_ANOTHER_MAIL]) == all_names()


@pytest.mark.parametrize("name", RETURNED)
def test_notice_of_failure_says_which_mail_and_why(name):
    answer, failure = RETURNED[name]

    found = read_notice(notice(name))

    assert found is not None
    assert found.message_ids == [MESSAGE_ID]
    assert (found.answer[: len(answer)] if answer else found.answer) == answer
    assert found.address_failure == failure


@pytest.mark.parametrize("name", IGNORED)
def test_the_rest_says_nothing(name):
    assert read_notice(notice(name)) is None


def test_notice_of_a_mail_that_is_not_ours_says_nothing():
    assert read_notice(notice(OF_ANOTHER_MAIL)) is None


def test_notice_counts_by_the_mail_sent_back_before_those_it_answers():
    quoted = draw_message_id()
    raw = notice("postfix-unknown").replace(
        b"Return-Path: <>", f"Return-Path: <>\nReferences: {quoted}".encode()
    )

    assert read_notice(raw).message_ids == [MESSAGE_ID, quoted]


@pytest.mark.parametrize(
    ("raw", "n_errors"),
    [
        # Without a sender flufl.bounce stumbles.
        (b"", 1),
        (b"\xff\xfe\x00", 1),
        (notice("postfix-unknown")[:900], 0),
        (notice("qmail-unknown").replace(b"alix", "alix\u00e9".encode()), 0),
        # Deeper than Python goes.
        (
            b"".join(
                b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n)
                for n in range(2000)
            ),
            1,
        ),
    ],
)
def test_what_cannot_be_read_stops_nothing(caplog, raw, n_errors):
    caplog.set_level(logging.ERROR)

    read_notice(raw)

    assert len(caplog.records) == n_errors
