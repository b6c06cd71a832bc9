"""What screen readers are told of the form, against texts that people can read.

After a change that is meant: ``pytest tests/browser/test_accessibility_tree.py --write-trees``,
then read the difference.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import Page, expect

from tests.browser.accessibility_tree import tree_of
from tests.factories import make_programme, make_territory, paris

DATA = Path(__file__).parent / "data"


def check(tree: str, name: str, config: pytest.Config) -> None:
    file = DATA / name
    if config.getoption("write_trees", default=False):
        file.write_text(tree, encoding="utf-8")
    assert tree == file.read_text("utf-8")


@pytest.fixture
def form(page: Page, live_server) -> Iterator[Page]:
    # Dates are told: always the same, and to come for the browser too, which drops old cookies.
    with time_machine.travel(paris(2031, 3, 3)):
        make_territory()
        make_programme()
        page.goto("/cycles/cycle-lcd/inscription/")
        yield page


def test_form_is_told_to_screen_readers(form: Page, pytestconfig):
    check(tree_of(form, "main"), "form.txt", pytestconfig)


def test_form_with_errors_is_told_to_screen_readers(form: Page, pytestconfig):
    form.get_by_label("Adresse électronique professionnelle").fill("nour.elamrani")
    form.get_by_role("button", name="Valider mon inscription").click()
    # Held here rather than in the tree, where the browser tells of the focus when it pleases.
    expect(form.locator("#erreurs")).to_be_focused()

    check(tree_of(form, "main"), "form_with_errors.txt", pytestconfig)
