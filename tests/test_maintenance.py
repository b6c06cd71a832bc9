"""What visitors are answered while the site is being worked on; the database is not there."""

import pytest


@pytest.fixture
def flag(settings, tmp_path):
    settings.MAINTENANCE_FILE = tmp_path / "maintenance"
    return settings.MAINTENANCE_FILE


@pytest.mark.parametrize("path", ["/", "/admin/", "/inscriptions/abc/", "/readyz", "/nulle-part/"])
def test_site_under_maintenance_answers_when_to_come_back(client, flag, path):
    flag.touch()

    for response in (client.get(path), client.post(path)):
        assert response.status_code == 503
        assert response["Retry-After"] == "600"
        assert "no-store" in response["Cache-Control"]
        assert "<h1>Site en maintenance</h1>" in response.content.decode()


def test_process_under_maintenance_is_alive(client, flag):
    flag.touch()

    assert client.get("/healthz").status_code == 200


def test_site_is_back_without_a_restart(client, flag, db):
    flag.touch()
    client.get("/")

    flag.unlink()

    assert client.get("/").status_code == 200
