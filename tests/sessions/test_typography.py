"""French dates, hours, durations, numbers and punctuation, on every day of the clock."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from django.template import Context, Template
from django.utils import timezone as django_timezone
from django.utils import translation

from sessions.typography import (
    NBSP,
    NNBSP,
    count,
    dates,
    day,
    duration,
    french,
    hour,
    hours,
    in_words,
    moment,
    plural,
    short_day,
    time_tag,
)

# Tuesday 6 April 2021, 9h00 and 12h00 in Paris.
STARTS_AT = datetime(2021, 4, 6, 7, 0, tzinfo=UTC)
ENDS_AT = datetime(2021, 4, 6, 10, 0, tzinfo=UTC)


def visible(text):
    """Show no-break spaces, so that a failure can be read."""
    return text.replace(NBSP, "~").replace(NNBSP, "_")


@pytest.fixture(autouse=True)
def _another_language_and_zone():
    """What is printed must not depend on what the thread that prints it was doing."""
    with translation.override("en"), django_timezone.override("Pacific/Auckland"):
        yield


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2021, 4, 6), "mardi 6~avril 2021"),
        (date(2021, 4, 1), "jeudi 1er~avril 2021"),
        (date(2028, 2, 29), "mardi 29~février 2028"),
        (date(2026, 8, 31), "lundi 31~août 2026"),
        (STARTS_AT, "mardi 6~avril 2021"),
        # Already the next day in Paris, still the day before in UTC.
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "vendredi 1er~janvier 2027"),
        (datetime(2028, 2, 28, 23, 0, tzinfo=UTC), "mardi 29~février 2028"),
        # Still the same day in Paris, already the next day further east.
        (datetime(2027, 1, 1, 5, 0, tzinfo=timezone(timedelta(hours=9))), "jeudi 31~décembre 2026"),
    ],
)
def test_day(value, text):
    assert visible(day(value)) == text


def test_day_says_each_day_and_month_in_french():
    months = [day(date(2026, month, 2)).split(NBSP)[1].split(" ")[0] for month in range(1, 13)]
    weekdays = [day(date(2026, 6, number)).split(" ")[0] for number in range(1, 8)]

    assert months == [
        *("janvier", "février", "mars", "avril", "mai", "juin"),
        *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
    ]
    assert weekdays == ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]


def test_day_refuses_a_naive_instant():
    with pytest.raises(ValueError, match="naive"):
        day(datetime(2021, 4, 6, 9, 0))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("value", "text"),
    [(date(2021, 4, 6), "06/04/2021"), (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "01/01/2027")],
)
def test_short_day(value, text):
    assert short_day(value) == text


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (STARTS_AT, "9h00"),
        (datetime(2021, 1, 5, 12, 30, tzinfo=UTC), "13h30"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "0h00"),
        # 29 March 2026: the clock goes from 1h59 to 3h00.
        (datetime(2026, 3, 29, 0, 59, tzinfo=UTC), "1h59"),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), "3h00"),
        # 25 October 2026: 2h30 comes twice.
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "2h30"),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), "2h30"),
        (datetime(2026, 10, 25, 2, 0, tzinfo=UTC), "3h00"),
    ],
)
def test_hour(instant, text):
    assert hour(instant) == text


def test_hours():
    assert hours(STARTS_AT, ENDS_AT) == "9h00 à 12h00"


def test_moment():
    assert visible(moment(STARTS_AT)) == "mardi 6~avril 2021 à 9h00"


def test_moment_of_a_year_that_begins_in_paris():
    instant = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)

    assert visible(moment(instant)) == "vendredi 1er~janvier 2027 à 0h30"


@pytest.mark.parametrize(
    ("values", "text"),
    [
        ([], ""),
        ([date(2021, 4, 6)], "6~avril 2021"),
        ([date(2021, 4, 6), date(2021, 4, 13)], "6 et 13~avril 2021"),
        ([date(2021, 4, 20), date(2021, 4, 6), date(2021, 4, 13)], "6, 13 et 20~avril 2021"),
        # Two groups on the same day, as instants.
        ([STARTS_AT, ENDS_AT, datetime(2021, 4, 13, 7, tzinfo=UTC)], "6 et 13~avril 2021"),
        ([date(2021, 3, 30), date(2021, 4, 6), date(2021, 4, 13)], "30~mars, 6 et 13~avril 2021"),
        ([date(2021, 4, 1), date(2021, 4, 6), date(2021, 5, 4)], "1er et 6~avril et 4~mai 2021"),
        ([date(2020, 12, 22), date(2021, 1, 5)], "22~décembre 2020 et 5~janvier 2021"),
        ([date(2021, 1, 5), date(2022, 1, 4)], "5~janvier 2021 et 4~janvier 2022"),
        (
            [date(2020, 11, 3), date(2020, 12, 1), date(2021, 1, 5)],
            "3~novembre, 1er~décembre 2020 et 5~janvier 2021",
        ),
    ],
)
def test_dates(values, text):
    assert visible(dates(values)) == text


def test_dates_of_a_generator():
    assert visible(dates(date(2021, 4, number) for number in (6, 13))) == "6 et 13~avril 2021"


@pytest.mark.parametrize(
    ("length", "text"),
    [
        (timedelta(), "0~min"),
        (timedelta(minutes=45), "45~min"),
        (timedelta(hours=3), "3~h"),
        (timedelta(hours=1, minutes=30), "1~h~30"),
        (timedelta(hours=2, minutes=5, seconds=59), "2~h~05"),
        (timedelta(hours=31), "31~h"),
        # The day of the change of hour: 10h00 to 10h00 is 23 hours.
        (datetime(2026, 3, 29, 8, tzinfo=UTC) - datetime(2026, 3, 28, 9, tzinfo=UTC), "23~h"),
    ],
)
def test_duration(length, text):
    assert visible(duration(length)) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0~place"),
        (1, "1~place"),
        (2, "2~places"),
        (1234, "1_234~places"),
        (1234567, "1_234_567~places"),
    ],
)
def test_count(number, text):
    assert visible(count(number, "place", "places")) == text


@pytest.mark.parametrize(("number", "word"), [(0, "est"), (1, "est"), (2, "sont"), (-1, "est")])
def test_plural(number, word):
    assert plural(number, "est", "sont") == word


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("", ""),
        ("Finalité : agir", "Finalité~: agir"),
        ("Prêts ? Oui ! Ainsi ; ensuite", "Prêts_? Oui_! Ainsi_; ensuite"),
        ("Prêts~?".replace("~", NBSP), "Prêts_?"),
        ("l' « aller vers »", "l' «~aller vers~»"),
        ("«aller vers»", "«~aller vers~»"),
        ("l'IREV et d'Alençon", "l’IREV et d’Alençon"),
        ("50 % des 10 € du n° 5", "50~% des 10~€ du n°~5"),
        ("le 6 avril et le 1er mai 2021", "le 6~avril et le 1er~mai 2021"),
        ("https://irev.fr:8080/a?b=c;d!", "https://irev.fr:8080/a?b=c;d!"),
        ("à 9h00 : début", "à 9h00~: début"),
    ],
)
def test_french(text, result):
    assert visible(french(text)) == result


def test_french_twice_changes_nothing_more():
    once = french("L'« aller vers » : est-ce prêt ? Oui, le 6 avril ; à 50 % !")

    assert french(once) == once


@pytest.mark.parametrize(
    ("value", "html"),
    [
        (date(2021, 4, 6), '<time datetime="2021-04-06">x</time>'),
        (STARTS_AT, '<time datetime="2021-04-06T09:00+02:00">x</time>'),
        # The two 2h30 of 25 October 2026 differ for machines.
        (
            datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
            '<time datetime="2026-10-25T02:30+02:00">x</time>',
        ),
        (
            datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
            '<time datetime="2026-10-25T02:30+01:00">x</time>',
        ),
    ],
)
def test_time_tag(value, html):
    assert time_tag(value, "x") == html


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("starts|day", "mardi 6~avril 2021"),
        ("starts|short_day", "06/04/2021"),
        ("starts|hour", "9h00"),
        ("starts|hours:ends", "9h00 à 12h00"),
        ("starts|moment", "mardi 6~avril 2021 à 9h00"),
        ("days|dates", "6 et 13~avril 2021"),
        ("length|duration", "3~h"),
        ('two|count:"place,places"', "2~places"),
        ('two|plural:"libérée,libérées"', "libérées"),
        ("text|french", "l’eau~: &lt;b&gt;"),
        (
            'starts|time_tag:"moment"',
            '<time datetime="2021-04-06T09:00+02:00">mardi 6~avril 2021 à 9h00</time>',
        ),
        (
            "starts|hours_tag:ends",
            '<time datetime="2021-04-06T09:00+02:00">9h00</time> à '
            '<time datetime="2021-04-06T12:00+02:00">12h00</time>',
        ),
    ],
)
def test_filters(expression, text):
    template = Template("{% load typography %}{{ " + expression + " }}")
    context = {
        "starts": STARTS_AT,
        "ends": ENDS_AT,
        "days": [date(2021, 4, 6), date(2021, 4, 13)],
        "length": ENDS_AT - STARTS_AT,
        "two": 2,
        "text": "l'eau : <b>",
    }

    assert visible(template.render(Context(context))) == text


@pytest.mark.parametrize(("number", "words"), [(2, "deux"), (3, "trois"), (9, "neuf"), (10, "10")])
def test_small_numbers_are_in_words(number, words):
    assert in_words(number) == words
