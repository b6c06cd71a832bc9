"""What every test runs under."""

from collections.abc import Iterator

import pytest
from django.db.models.expressions import OrderBy
from django.db.models.functions import Random
from django.db.models.sql.compiler import SQLCompiler


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
