"""The lists of people as files: what they hold, what they cost, what is written of them."""

import csv
import gc
from datetime import UTC, datetime
from io import BytesIO

import openpyxl
import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.test.client import closing_iterator_wrapper
from python_calamine import CalamineWorkbook

from registrations.cleaning import email_key
from registrations.exceptions import NotOneList
from registrations.exports.attendees import ROWS_AT_ONCE, export_roster, export_selection
from registrations.exports.responses import FileFormat
from registrations.models import Registration, Seat
from registrations.rosters import Roster
from registrations.states import Status
from sessions.models import Cycle, Slot
from sessions.typography import in_paris
from tests.factories import (
    make_account,
    make_programme,
    make_registration,
    make_territory,
    paris,
)

pytestmark = pytest.mark.django_db

# Shortly after midnight in Paris, the day before in UTC.
NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)

HEADINGS = [
    *("Nom", "Prénom", "Adresse électronique", "Téléphone", "Structure", "Type de structure"),
    *("Fonction", "Profil", "Groupe", "Territoires", "Contrat de ville", "État", "Inscrit le"),
    *("Session 1", "Session 2", "Session 3"),
]


@pytest.fixture
def by():
    # Read once by a process, and kept.
    ContentType.objects.get_for_model(Cycle)
    return make_account()


def export(roster, file_format, by, **options):
    return export_roster(roster, file_format, by=by, now=NOW, **options)


def content(response):
    """Give all of the answer and close it, leaving the connection to the test."""
    return b"".join(closing_iterator_wrapper(response, response.close))


def csv_rows(response):
    text = content(response).decode("utf-8-sig")
    return list(csv.reader(text.splitlines(keepends=True), delimiter=";"))


def sheets(response):
    """Give the rows of each sheet by its name, as calamine reads them."""
    workbook = CalamineWorkbook.from_filelike(BytesIO(content(response)))
    return {name: workbook.get_sheet_by_name(name).to_python() for name in workbook.sheet_names}


def someone(cycle):
    """A person whose every field is hard to write."""
    registration = make_registration(
        cycle,
        "zoé.müller@ville.example",
        first_name="Zoé",
        last_name="Żółć-Œuvrard",
        phone="+33612345678",
        organisation='=HYPERLINK("http://evil.example";"x")',
        job_title="+SUM(A1)",
        expectations="Le cadre légal,\net « des exemples »",
        access_needs="@Sous-titrage",
        created_at=paris(2026, 7, 14, 23, 59),
    )
    registration.territories.add(
        make_territory("Calaisis", has_city_contract=False), make_territory("Lens-Liévin")
    )
    return registration


def starts(registration):
    return [in_paris(seat.slot.starts_at) for seat in registration.seats.in_order()]


def test_csv_holds_what_the_person_wrote_and_no_formula(by):
    cycle = make_programme()
    registration = someone(cycle)

    rows = csv_rows(export(Roster(cycle), FileFormat.CSV, by))

    assert rows == [
        HEADINGS,
        [
            *("Żółć-Œuvrard", "Zoé", "zoé.müller@ville.example", "+33 6 12 34 56 78"),
            *('\'=HYPERLINK("http://evil.example";"x")', "Préfecture ou sous-préfecture"),
            *("'+SUM(A1)", registration.profile.label, registration.group.name),
            *("Lens-Liévin, Calaisis", "oui", "Confirmée", "14/07/2026 23:59"),
            *(f"{start:%d/%m/%Y %H:%M}" for start in starts(registration)),
        ],
    ]


@pytest.mark.parametrize("file_format", [FileFormat.XLSX, FileFormat.ODS])
def test_spreadsheet_holds_the_same_as_text_and_instants(by, file_format):
    cycle = make_programme()
    registration = someone(cycle)

    rows = sheets(export(Roster(cycle, group=registration.group), file_format, by))

    assert list(rows) == [registration.group.name[:31].strip()]
    assert rows.popitem()[1] == [
        HEADINGS,
        [
            *("Żółć-Œuvrard", "Zoé", "zoé.müller@ville.example", "+33 6 12 34 56 78"),
            *('=HYPERLINK("http://evil.example";"x")', "Préfecture ou sous-préfecture"),
            *("+SUM(A1)", registration.profile.label, registration.group.name),
            *("Lens-Liévin, Calaisis", "oui", "Confirmée"),
            *(
                moment.replace(tzinfo=None)
                for moment in (paris(2026, 7, 14, 23, 59), *starts(registration))
            ),
        ],
    ]


def test_xlsx_has_no_formula(by):
    cycle = make_programme()
    someone(cycle)

    file = BytesIO(content(export(Roster(cycle), FileFormat.XLSX, by)))

    workbook = openpyxl.load_workbook(file)
    types = {cell.data_type for sheet in workbook for row in sheet.rows for cell in row}
    assert types == {"s", "d"}


def test_expectations_and_access_needs_are_on_demand(by):
    cycle = make_programme()
    someone(cycle)

    rows = csv_rows(export(Roster(cycle), FileFormat.CSV, by, with_needs=True))

    assert rows[0] == [*HEADINGS, "Attentes", "Besoins d’accessibilité"]
    assert rows[1][-2:] == ["Le cadre légal,\net « des exemples »", "'@Sous-titrage"]
    assert LogEntry.objects.get().change_message == (
        "Export CSV des inscrits (Tout le cycle, avec attentes et besoins)\u00a0: 1\u00a0personne."
    )


def test_spreadsheet_of_a_cycle_has_a_sheet_for_each_group_and_each_slot(by):
    cycle = make_programme()
    first, second = cycle.groups.all()
    make_registration(cycle, "a@x.example", last_name="Arnaud")
    make_registration(cycle, "b@x.example", last_name="Bernard", profile=second.profiles.get())
    slots = [
        f"S{slot.session.number} du {in_paris(slot.starts_at):%d-%m-%Y} à {hour}"
        for slot, hour in zip(
            Slot.objects.of_cycle(cycle).in_order(),
            ["9h00", "13h30", "9h00", "13h30", "9h00"],
            strict=True,
        )
    ]

    names = {
        name: [row[0] for row in rows[1:]]
        for name, rows in sheets(export(Roster(cycle), FileFormat.XLSX, by)).items()
    }

    assert names == {
        "Tout le cycle": ["Arnaud", "Bernard"],
        first.name[:31].strip(): ["Arnaud"],
        second.name[:31].strip(): ["Bernard"],
        slots[0]: ["Arnaud"],
        slots[1]: ["Bernard"],
        slots[2]: ["Arnaud"],
        slots[3]: ["Bernard"],
        slots[4]: ["Arnaud", "Bernard"],
    }


def test_file_is_named_after_the_list_and_the_day_in_paris(by):
    cycle = make_programme()
    make_registration(cycle)

    response = export(Roster(cycle, group=cycle.groups.last()), FileFormat.ODS, by)

    assert response["Content-Disposition"] == (
        'attachment; filename="inscrits-cycle-lcd-chefs-de-projet-2026-11-24.ods"'
    )
    assert content(response).startswith(b"PK")


def test_list_of_nobody_has_its_headings(by):
    assert csv_rows(export(Roster(make_programme()), FileFormat.CSV, by)) == [HEADINGS]
    assert LogEntry.objects.get().change_message == (
        "Export CSV des inscrits (Tout le cycle)\u00a0: 0\u00a0personne."
    )


@pytest.mark.parametrize("n", [1, 3])
def test_csv_asks_seven_things(by, django_assert_num_queries, n):
    cycle = make_programme()
    for number in range(n):
        make_registration(cycle, f"{number}@x.example")

    # The sessions, how many, the log; people, their territories, their seats.
    with django_assert_num_queries(7):
        rows = csv_rows(export(Roster(cycle), FileFormat.CSV, by))

    assert len(rows) == n + 1


@pytest.mark.parametrize("n", [1, 3])
def test_spreadsheet_of_a_cycle_asks_three_things_a_sheet(by, django_assert_num_queries, n):
    cycle = make_programme()
    second = cycle.groups.last().profiles.get()
    for number in range(n):
        make_registration(cycle, f"a{number}@x.example")
        make_registration(cycle, f"b{number}@x.example", profile=second)

    # The groups, the slots, the sessions, how many, the log; then 8 sheets.
    with django_assert_num_queries(6 + 8 * 3):
        response = export(Roster(cycle), FileFormat.XLSX, by)

    assert len(sheets(response)) == 8


def make_many(cycle, n_people):
    profile = cycle.groups.first().profiles.get()
    slots = list(profile.group.slots.all())
    people = Registration.objects.bulk_create(
        Registration(
            cycle=cycle,
            profile=profile,
            status=Status.CONFIRMED,
            first_name="Alix",
            last_name=f"Martin {number:05}",
            email=f"alix.{number}@x.example",
            email_key=email_key(f"alix.{number}@x.example"),
            organisation="Préfecture du Nord",
            organisation_kind="prefecture",
            job_title="Déléguée du préfet",
            link_hash=str(number),
            created_at=NOW,
        )
        for number in range(n_people)
    )
    Seat.objects.bulk_create(
        Seat(registration=person, session_id=slot.session_id, slot=slot)
        for person in people
        for slot in slots
    )


def test_csv_asks_two_more_things_for_each_lot(by, settings, django_assert_num_queries):
    settings.EXPORT_ALERT = 2 * ROWS_AT_ONCE
    cycle = make_programme()
    make_many(cycle, ROWS_AT_ONCE + 1)

    with django_assert_num_queries(9):
        rows = csv_rows(export(Roster(cycle), FileFormat.CSV, by))

    assert len(rows) == ROWS_AT_ONCE + 2


def n_alive():
    """How many registrations are in memory, but for those that are only waiting to be freed."""
    gc.collect()
    return sum(isinstance(thing, Registration) for thing in gc.get_objects())


@pytest.mark.parametrize("n_lots", [2, 4])
def test_memory_holds_two_lots_at_most_whatever_the_list(by, n_lots):
    cycle = make_programme()
    make_many(cycle, n_lots * ROWS_AT_ONCE)

    # Looking at all that is in memory takes a while: not after each piece.
    pieces = enumerate(export(Roster(cycle), FileFormat.CSV, by))
    seen = [n_alive() for number, _piece in pieces if number % 5 == 0]

    # A lot is read while the last row of the one before is still at hand.
    assert ROWS_AT_ONCE <= max(seen) <= 2 * ROWS_AT_ONCE + 1


def test_selection_has_a_sheet_for_each_cycle_and_people_in_any_state(by):
    cycle, other = make_programme("first"), make_programme("second")
    other.title = "Un autre cycle"
    other.save()
    make_registration(cycle, "a@x.example", last_name="Arnaud")
    make_registration(cycle, "b@x.example", last_name="Bernard", status=Status.CANCELLED)
    make_registration(other, "c@x.example", last_name="Chevalier")
    make_registration(other, "d@x.example", last_name="Left out")
    chosen = Registration.objects.exclude(last_name="Left out")

    response = export_selection(chosen, FileFormat.XLSX, by=by, now=NOW)

    assert response["Content-Disposition"] == 'attachment; filename="inscrits-2026-11-24.xlsx"'
    rows = sheets(response)
    assert {
        name: [(row[0], row[11], row[13] == "") for row in people[1:]]
        for name, people in rows.items()
    } == {
        "Initier un plan de lutte contre": [
            ("Arnaud", "Confirmée", False),
            # Who cancelled gave their places back.
            ("Bernard", "Annulée", True),
        ],
        "Un autre cycle": [("Chevalier", "Confirmée", False)],
    }
    assert sorted(LogEntry.objects.values_list("object_id", "change_message")) == [
        (str(cycle.pk), "Export XLSX des inscrits (Sélection)\u00a0: 2\u00a0personnes."),
        (str(other.pk), "Export XLSX des inscrits (Sélection)\u00a0: 1\u00a0personne."),
    ]


def test_selection_of_one_cycle_is_named_after_it(by):
    make_registration(make_programme())

    response = export_selection(Registration.objects.all(), FileFormat.CSV, by=by, now=NOW)

    assert response["Content-Disposition"] == (
        'attachment; filename="inscrits-cycle-lcd-2026-11-24.csv"'
    )
    assert len(csv_rows(response)) == 2


def test_selection_of_several_cycles_is_not_one_csv_file(by):
    make_registration(make_programme("first"))
    make_registration(make_programme("second"))

    with pytest.raises(NotOneList, match="qu’une liste"):
        export_selection(Registration.objects.all(), FileFormat.CSV, by=by, now=NOW)

    assert not LogEntry.objects.exists()
