"""In production the site need not own its tables: it writes rows, and changes no table."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import ProgrammingError, connection, transaction
from django.test import Client

from registrations.models import Message, Registration
from registrations.states import MessageState
from registrations.worker import look_at_the_clock
from tests.factories import form_data, make_account, make_programme, make_territory
from tests.security.sites import FORM, delivered

pytestmark = [pytest.mark.django_db, pytest.mark.postgresql]

OPERATING = Path(settings.BASE_DIR) / "docs" / "exploitation.md"


def rights() -> str:
    """What the documentation has one type, for whoever owns the tables here."""
    [statements] = re.findall(r"```sql\n(.*?)```", OPERATING.read_text(), re.DOTALL)
    return statements.replace("FOR ROLE cycle_lcd ", "FOR ROLE CURRENT_USER ")


@pytest.fixture
def as_the_site(db):
    data = form_data(make_programme(), make_territory())
    account = make_account()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE cycle_lcd_site")
        cursor.execute(rights())
        cursor.execute("CREATE TABLE made_by_a_later_migration (id int)")
        cursor.execute("SET ROLE cycle_lcd_site")
    yield data, account
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


def test_site_works_with_an_account_that_owns_nothing(as_the_site, caplog):
    data, account = as_the_site
    team = Client()
    team.force_login(account)

    assert Client().post(FORM, data).status_code == 303
    assert len(delivered()) == 1
    look_at_the_clock()
    assert [each for each in caplog.messages if "left for later" in each] == []
    registration = Registration.objects.get()
    assert team.get("/admin/registrations/registration/").status_code == 200
    assert team.get("/readyz").status_code == 200
    assert Client().post(f"/inscriptions/{registration.token}/annuler/").status_code == 303
    assert Message.objects.filter(state=MessageState.SENT).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO made_by_a_later_migration VALUES (1)")


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TABLE registrations_registrationevent",
        "ALTER TABLE django_admin_log ADD COLUMN more text",
        "TRUNCATE registrations_message",
        "CREATE TABLE more (id int)",
    ],
)
def test_site_changes_no_table(as_the_site, statement):
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
