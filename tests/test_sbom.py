"""`make sbom`: the list of what the product is made of leaves nothing out."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


@pytest.fixture(scope="module")
def bill() -> dict:
    command = [sys.executable, "scripts/sbom.py"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.endswith("composants écrits dans var/sbom.json.\n")
    return json.loads((ROOT / "var" / "sbom.json").read_text())


def pins(name: str) -> list[str]:
    return re.findall(r"^([\w.-]+==[^\s;]+)", (ROOT / name).read_text(), re.MULTILINE)


def test_list_says_what_it_is(bill):
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    references = [component["bom-ref"] for component in bill["components"]]
    assert len(set(references)) == len(references)


def test_every_locked_package_is_listed_and_those_that_run_are_told(bill):
    listed = {
        f"{component['name']}=={component['version']}": component["scope"]
        for component in bill["components"]
        if component["purl"].startswith("pkg:pypi/")
    }
    runs, all_packages = set(pins("requirements.txt")), set(pins("requirements-dev.txt"))

    assert set(listed) == runs | all_packages
    assert {name for name, scope in listed.items() if scope == "required"} == runs


def test_every_vendored_folder_is_listed(bill):
    listed = [
        (component["scope"], item["value"])
        for component in bill["components"]
        for item in component.get("properties", [])
    ]
    folders = [
        (scope, str(folder.relative_to(ROOT)))
        for scope, root in (("required", "static/vendor"), ("excluded", "tests/browser/vendor"))
        for folder in (ROOT / root).iterdir()
        if folder.is_dir()
    ]

    assert sorted(listed) == sorted(folders)


def test_list_is_not_kept_with_the_code():
    assert "/var/" in (ROOT / ".gitignore").read_text().splitlines()
