"""`make audit`: what it says of the locked packages, with a source and without."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def audit(source: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "scripts/audit.py"]
    environment = {"OSV_URL": source, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture
def source():
    """A source of vulnerabilities: its address, and what it knows, by name of package."""
    known: dict[str, list[str]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            names = [query["package"]["name"] for query in json.loads(body)["queries"]]
            results = [{"vulns": [{"id": each} for each in known.get(name, [])]} for name in names]
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"results": results}).encode())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/", known
    server.shutdown()
    thread.join()
    server.server_close()


def test_packages_without_known_vulnerability_pass(source):
    address, _ = source

    done = audit(address)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.endswith("paquets confrontés, 0 avec une faille connue.\n")


def test_vulnerable_package_is_named_and_fails(source):
    address, known = source
    known["django"] = ["GHSA-0000", "PYSEC-0000"]

    done = audit(address)

    assert done.returncode == 1
    assert done.stdout.startswith("django 5.2.")
    assert "GHSA-0000, PYSEC-0000" in done.stdout


def test_silent_source_is_said_and_fails_nothing():
    done = audit("http://127.0.0.1:1/")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr.startswith("AUDIT NON FAIT\u00a0: aucune source de failles ne répond ici")
