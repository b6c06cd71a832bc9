"""Someone who has a place in a cycle."""

import pytest

from tests.factories import make_programme, make_registration


@pytest.fixture
def registration():
    return make_registration(make_programme())
