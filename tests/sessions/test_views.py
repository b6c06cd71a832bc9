import pytest

from tests.documents import text_of
from tests.factories import make_cycle, make_programme

pytestmark = pytest.mark.django_db

PROGRAMME = "/cycles/cycle-lcd/programme.pdf"


def test_programme_is_a_document_to_keep(client, django_assert_num_queries):
    cycle = make_programme()

    with django_assert_num_queries(7):
        response = client.get(PROGRAMME)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'attachment; filename="cycle-lcd.pdf"'
    assert cycle.title in text_of(response.content)


@pytest.mark.parametrize(
    "fields", [{"publication": "draft"}, {"publication": "archived"}, {"is_private": True}]
)
def test_programme_of_a_cycle_that_is_not_public_is_not_found(client, fields):
    make_cycle(**fields)

    assert client.get(PROGRAMME).status_code == 404
