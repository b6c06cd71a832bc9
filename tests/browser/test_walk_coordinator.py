"""A coordinator: who comes, and the list taken away in each format."""

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook

from registrations.roles import COORDINATION
from tests.browser.walks import ADDRESS, PASSWORD, TITLE, log_in
from tests.factories import make_account, make_registration

Rows = list[list]


def xlsx_rows(path: Path) -> Rows:
    sheet = openpyxl.load_workbook(path).worksheets[0]
    return [list(row) for row in sheet.iter_rows(values_only=True)]


def csv_rows(path: Path) -> Rows:
    return list(csv.reader(path.read_text("utf-8-sig").splitlines(), delimiter=";"))


def ods_rows(path: Path) -> Rows:
    return CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()


@pytest.mark.parametrize(
    ("name", "read"), [("XLSX", xlsx_rows), ("CSV", csv_rows), ("ODS", ods_rows)]
)
def test_coordinator_takes_the_list_away(
    page: Page, open_cycle, tmp_path, name: str, read: Callable[[Path], Rows]
):
    make_account(COORDINATION, "louison", password=PASSWORD)
    make_registration(open_cycle, ADDRESS, last_name="Dûchêne", phone="+33612345678")
    page.goto("/coordination/")
    log_in(page, "louison")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("link", name="Voir tous les inscrits").click()
    expect(page.get_by_role("rowheader")).to_have_text("Dûchêne Alix")

    with page.expect_download() as download:
        page.get_by_role("button", name=name).click()
    # Under its own name: its end is what tells programs how to open it.
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)

    heads, *people = read(path)
    assert heads[:4] == ["Nom", "Prénom", "Adresse électronique", "Téléphone"]
    assert [person[:4] for person in people] == [["Dûchêne", "Alix", ADDRESS, "+33 6 12 34 56 78"]]
