"""What is gathered to be served, and what is told with it."""

import json

import pytest
from django.core.management import call_command
from django.test import Client

from cycle_lcd.settings import STORAGES

# The page that says that an address leads nowhere looks for the visitor's session.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def gathered(tmp_path_factory):
    """The folder of the files as production gathers them."""
    return tmp_path_factory.mktemp("var") / "static"


@pytest.fixture(autouse=True)
def _production(settings, gathered):
    settings.STORAGES = STORAGES
    settings.STATIC_ROOT = gathered
    if not gathered.exists():
        call_command("collectstatic", interactive=False, verbosity=0)


def test_gathered_files_are_served_to_this_site_alone(gathered):
    names = json.loads((gathered.parent / "staticfiles.json").read_text())["paths"]
    client = Client()

    answer = client.get(f"/static/{names['css/site.css']}")

    assert answer.status_code == 200
    assert answer["Cache-Control"] == "max-age=315360000, public, immutable"
    assert "Access-Control-Allow-Origin" not in answer
    answer.close()
    assert client.get("/static/staticfiles.json").status_code == 404
