"""What every test runs under."""

import shutil
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler
from django.test import Client

from tests.factories import make_account


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what has no meaning here, rather than skip it: a skipped test is a fault."""
    engine = settings.DATABASES["default"]["ENGINE"]
    here = {
        "postgresql": engine.endswith("postgresql"),
        "libreoffice": shutil.which("soffice") is not None,
    }
    absent = {mark for mark, is_here in here.items() if not is_here}
    left_out = [item for item in items if absent & {mark.name for mark in item.iter_markers()}]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session", autouse=True)
def _unordered_rows_come_shuffled() -> Iterator[None]:
    """A queryset without an order has none: a test that counts on one fails, sooner or later."""
    original = SQLCompiler._order_by_pairs

    def order_by_pairs(compiler):
        pairs = list(original(compiler))
        query = compiler.query
        is_free = not (query.distinct or query.combinator or query.group_by or query.subquery)
        if not pairs and is_free:
            pairs = [(OrderBy(Random()), False)]
        return iter(pairs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "_order_by_pairs", order_by_pairs)
        yield


@pytest.fixture
def staff(client: Client) -> Client:
    """The client of a member of the team, who is logged in."""
    client.force_login(make_account())
    return client
