import pytest

from registrations import services
from registrations.models import Message
from registrations.models.messages import MessageKind
from tests.factories import (
    make_programme,
    make_registration,
)

pytestmark = pytest.mark.django_db


def test_find_links_queues_the_same_for_any_address():
    make_registration(make_programme(), "connue@nord.example.org")

    services.find_links("connue@nord.example.org")
    services.find_links("inconnue@nord.example.org")

    assert list(Message.objects.order_by("pk").values_list("kind", "recipient")) == [
        (MessageKind.FIND_LINK, "connue@nord.example.org"),
        (MessageKind.FIND_LINK, "inconnue@nord.example.org"),
    ]
