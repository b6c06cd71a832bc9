"""The retention file: it can be followed, and every field of the database is in it."""

import re
from datetime import date, datetime

import pytest
from django.apps import apps
from django.db import models

from registrations.retention import FILE, Fate, Period, RetentionError, policy, read
from registrations.services.purging import EVENTS
from tests.factories import PARIS, paris

NB = "\u00a0"
RULE = """
[events]
cycle_end = "la fin du cycle"

[[rules]]
key = "needs"
data = "Besoins"
people = "personnes inscrites"
why = "accueillir"
after = { months = 1 }
since = "cycle_end"
then = "blank"
[rules.fields]
"registrations.Registration" = ["access_needs"]
"""


def columns() -> set[str]:
    """Each field of each table; the numbers of rows go with their rows."""
    return {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models(include_auto_created=True)
        for field in [*model._meta.local_fields, *model._meta.local_many_to_many]
        if not isinstance(field, models.AutoField)
    }


def test_each_field_is_classed_and_each_that_is_classed_exists():
    classed = policy().classed

    assert sorted(columns() - classed) == []
    assert sorted(classed - columns()) == []


def test_each_event_of_the_file_is_known_and_used():
    used = {rule.event for rule in policy().rules if rule.event}

    assert set(policy().events) == set(EVENTS) == used


def test_what_is_blanked_is_of_the_rows_that_the_event_dates():
    for rule in policy().rules:
        if rule.fate is Fate.BLANK:
            label = EVENTS[rule.event].happened(paris(2021, 1, 1)).model._meta.label
            assert (rule.key, len(rule.of_model(label))) == (rule.key, len(rule.fields))


def test_what_is_deleted_takes_with_it_all_that_its_rule_names():
    for rule in policy().rules:
        if rule.fate not in {Fate.DELETE, Fate.COUNT}:
            continue
        rows = EVENTS[rule.event].happened(paris(2021, 1, 1)).model
        gone = {rows._meta.label} | {
            relation.related_model._meta.label
            for relation in rows._meta.get_fields(include_hidden=True)
            if relation.auto_created and getattr(relation, "on_delete", None) is models.CASCADE
        }
        assert (rule.key, {name.rpartition(".")[0] for name in rule.fields} - gone) == (
            rule.key,
            set(),
        )


def test_needs_and_expectations_go_first():
    assert [rule.key for rule in policy().rules][:2] == ["access_needs", "expectations"]
    assert [policy().rule(key).until for key in ("access_needs", "expectations")] == [
        f"1{NB}mois après la fin du cycle",
        f"3{NB}mois après la fin du cycle",
    ]


def test_registrations_are_kept_twelve_months_and_bodies_of_mails_thirty_days():
    assert policy().rule("registrations").until == f"12{NB}mois après la fin du cycle"
    assert policy().rule("mails").period == Period(months=12)
    assert policy().rule("mail_bodies").period == Period(days=30)


def test_what_is_printed_keeps_to_french():
    said = [
        text
        for rule in policy().rules
        for text in (rule.data, rule.people, rule.why, rule.until, rule.remains)
    ]
    said += [text for kept in policy().outside for text in (kept.data, kept.why, kept.until)]

    assert [
        text for text in said if re.search(r"[ \w\u00a0][;!?]| [:»]|«[^\u00a0]|'|’à les? ", text)
    ] == []
    assert any("«" in text for text in said)
    assert [policy().rule(key).until for key in ("request_counts", "history")] == [
        "jusqu’à la fin du comptage, une journée au plus",
        f"12{NB}mois après l’action",
    ]


def test_secrets_are_shown_to_nobody():
    assert "link_nonce" not in policy().shown("registrations.Registration")
    assert "email" in policy().shown("registrations.Registration")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            'since = "cycle_end"',
            'since = "never"',
            "ligne 6\u00a0: l’événement «\u00a0never\u00a0»",
        ),
        ("{ months = 1 }", '"1 month"', "ligne 6\u00a0: «\u00a0after\u00a0» doit être"),
        (
            "{ months = 1 }",
            "{ months = 1, days = 2 }",
            "ligne 6\u00a0: «\u00a0after\u00a0» doit être",
        ),
        ("{ months = 1 }", "{ days = -1 }", "ligne 6\u00a0: «\u00a0after\u00a0» doit être"),
        (
            '"blank"',
            '"forget"',
            "ligne 6\u00a0: «\u00a0then\u00a0» ne peut pas être «\u00a0forget\u00a0»",
        ),
        ('why = "accueillir"', "", "ligne 6\u00a0: «\u00a0why\u00a0» manque"),
        (
            '["access_needs"]',
            '["access_needs", "access_needs"]',
            "ligne 14\u00a0: «\u00a0registrations.",
        ),
        ("[events]", "[events", "at line 2"),
    ],
)
def test_error_names_the_line(before, after, said):
    with pytest.raises(RetentionError) as error:
        read(RULE.replace(before, after))

    assert said in str(error.value)


def test_rule_of_the_same_name_is_refused():
    text = FILE.read_text(encoding="utf-8").replace('key = "expectations"', 'key = "access_needs"')

    with pytest.raises(RetentionError, match="«\u00a0access_needs\u00a0» y est déjà plus haut"):
        read(text)


def test_field_classed_twice_names_its_model():
    text = RULE + '[impersonal]\n"registrations.Registration" = [\n  "phone", "access_needs",\n]\n'

    named = "«\u00a0registrations.Registration.access_needs\u00a0»"
    with pytest.raises(RetentionError, match=f"ligne 17\u00a0: {named}"):
        read(text)


@pytest.mark.parametrize(
    ("period", "instant", "expected"),
    [
        (Period(months=1), paris(2021, 3, 31), date(2021, 2, 28)),
        (Period(months=12), paris(2024, 2, 29), date(2023, 2, 28)),
        (Period(months=3), paris(2021, 1, 15), date(2020, 10, 15)),
        (Period(days=30), paris(2021, 3, 31), date(2021, 3, 1)),
    ],
)
def test_period_counts_in_the_calendar(period, instant, expected):
    assert period.before(instant).date() == expected


def test_period_of_months_keeps_the_hour_of_paris_through_summer_time():
    assert Period(months=3).before(paris(2021, 6, 10, 9)) == datetime(2021, 3, 10, 9, tzinfo=PARIS)
