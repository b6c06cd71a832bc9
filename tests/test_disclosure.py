from datetime import UTC, datetime, timedelta

import time_machine


@time_machine.travel(datetime(2027, 4, 6, 9, 30, tzinfo=UTC), tick=False)
def test_security_txt_says_whom_to_write_to(client):
    response = client.get("/.well-known/security.txt")

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "Contact: mailto:inscriptions@irev.example",
        "Expires: 2027-10-03T00:00:00Z",
        "Preferred-Languages: fr, en",
        "Canonical: http://testserver/.well-known/security.txt",
    ]


def test_security_txt_is_never_out_of_date(client):
    lines = client.get("/.well-known/security.txt").content.decode().splitlines()
    expires = datetime.fromisoformat(lines[1].removeprefix("Expires: "))

    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=366)
