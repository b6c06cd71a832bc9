"""The stage of each fault: a database of its own, the product's processes, an SMTP server."""

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.db import connection

from sessions.models import Cycle, Territory
from tests.factories import make_programme, make_territory
from tests.faults.databases import PostgresDatabases, SqliteDatabases, databases
from tests.faults.programs import Programs
from tests.faults.proof import Figures
from tests.faults.sink import Sink, sink
from tests.faults.visitors import forms

LOG_TAIL = 3_000

# They start servers and kill them: `make faults`, not with the others.
FAULTS_ARE_PLAYED = settings.SETTINGS_MODULE == "tests.faults.settings"
if not FAULTS_ARE_PLAYED:
    collect_ignore_glob = ["test_*.py"]


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "both_engines: also of interest on SQLite")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The items are those of the whole run, whatever their folder.
    if FAULTS_ARE_PLAYED and connection.vendor == "sqlite":
        items[:] = [item for item in items if item.get_closest_marker("both_engines")]
    if FAULTS_ARE_PLAYED:
        for item in items:
            # Whoever is killed leaves the other end of its connections open.
            item.add_marker(pytest.mark.filterwarnings("ignore::ResourceWarning"))
            item.add_marker(
                pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
            )


def pytest_report_teststatus(report: pytest.TestReport) -> tuple[str, str, str] | None:
    """No dot: the line of figures says that it went well."""
    is_told = FAULTS_ARE_PLAYED and report.when == "call" and report.passed
    return ("passed", "", "PASSED") if is_told else None


@dataclass
class Stage:
    """What a fault plays on."""

    programs: Programs
    sink: Sink
    databases: PostgresDatabases | SqliteDatabases

    @property
    def server(self):
        return self.databases.server


@pytest.fixture(scope="session")
def all_databases(tmp_path_factory, django_db_blocker) -> Iterator:
    with django_db_blocker.unblock(), databases(tmp_path_factory.mktemp("databases")) as found:
        yield found


@pytest.fixture
def stage(all_databases, tmp_path) -> Iterator[Stage]:
    with all_databases.new("fault") as url, sink() as letterbox:
        yield Stage(Programs(tmp_path, url, letterbox.port), letterbox, all_databases)
    for log in tmp_path.glob("*.log"):
        said = log.read_text()
        # Shown with what failed, if it did.
        sys.stdout.write(f"{log.name}: {said[-LOG_TAIL:]}\n")
        # Whatever fails, nobody's address is in the logs.
        assert "example.org" not in said


@pytest.fixture
def report(request: pytest.FixtureRequest) -> Iterator[Callable[[str, str], Figures]]:
    """Begins the line of figures of a fault, which is written when the test is over."""
    begun = []

    def begin(fault: str, what: str) -> Figures:
        begun.append(Figures(fault, what))
        return begun[-1]

    yield begin
    plugins = request.config.pluginmanager
    reporter = plugins.getplugin("terminalreporter")
    with plugins.getplugin("capturemanager").global_and_fixture_disabled():
        for figures in begun:
            reporter.ensure_newline()
            reporter.write_line(f"{connection.vendor:<10}  {figures.line()}")


@pytest.fixture
def territory(stage) -> Territory:
    return make_territory()


@pytest.fixture
def cycle(stage, territory) -> Cycle:
    return make_programme(capacity=40)


@pytest.fixture
def people(cycle, territory) -> Iterator[dict]:
    """Forms of as many people as wanted, for the first group of the cycle."""
    return forms(cycle, territory)
