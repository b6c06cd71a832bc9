import psycopg2
import pytest

from tests.postgres import DURABLE, PostgresServer, temporary_server


def rows(server: PostgresServer, *statements: str) -> list[tuple]:
    """What the last statement answers."""
    connection = psycopg2.connect(host=server.folder, user="postgres", dbname="postgres")
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
        answer = cursor.fetchall()
    connection.close()
    return answer


def test_server_crashed_keeps_what_was_committed():
    with temporary_server(DURABLE) as server:
        rows(server, "CREATE TABLE seat (n int)", "INSERT INTO seat VALUES (1) RETURNING n")

        server.crash()
        server.start()

        assert rows(server, "SELECT n FROM seat") == [(1,)]


def test_server_stopped_refuses_connections():
    with temporary_server() as server:
        server.stop()

        with pytest.raises(psycopg2.OperationalError):
            rows(server, "SELECT 1")


def test_server_that_cannot_start_says_why(tmp_path):
    with pytest.raises(RuntimeError, match="nonsense"), temporary_server({"nonsense": "1"}):
        pass
