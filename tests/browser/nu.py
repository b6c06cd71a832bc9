"""Every page and mail under the Nu HTML checker: ``make nu VNU=vnu.jar``.

Not among the tests: it takes Java, which a machine that runs them need not have. The jar is in
the package ``vnu-jar`` of npm.
"""

import os
import subprocess

import pytest
from playwright.sync_api import Page

from tests.browser.stops import PARTS, go


# The admin's HTML is Django's.
@pytest.mark.parametrize("part", [name for name in PARTS if name != "admin"], indirect=True)
def test_html_is_valid(page: Page, part, tmp_path):
    for number, stop in enumerate(part):
        (tmp_path / f"{number:02}.html").write_text(go(page, stop).text(), encoding="utf-8")

    checked = subprocess.run(
        [
            *("java", "-jar", os.environ["VNU"], "--errors-only"),
            # What older programs of Apple read in mails, and no standard has.
            *("--filterpattern", ".*supported-color-schemes.*"),
            *sorted(tmp_path.glob("*.html")),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.stderr == ""
