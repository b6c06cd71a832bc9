"""A migrated database of its own for each test, on the engine that DATABASE_URL names."""

import contextlib
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2
from django.core.management import call_command
from django.db import connection

from tests.postgres import DURABLE, PostgresServer, installed_binaries, temporary_server

# Production's; after a crash, the disk is flushed whole rather than file by file: it is quicker.
SETTINGS = {**DURABLE, "recovery_init_sync_method": "syncfs"}


class PostgresDatabases:
    """On one durable server, from a template that is migrated once."""

    TEMPLATE = "faults_template"

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._ask(f"CREATE DATABASE {self.TEMPLATE}")
        with _connected(self._names(self.TEMPLATE)):
            call_command("migrate", verbosity=0)

    @contextlib.contextmanager
    def new(self, name: str) -> Iterator[str]:
        """The address of a new database, to which Django is connected meanwhile."""
        self._ask(f"CREATE DATABASE {name} TEMPLATE {self.TEMPLATE}")
        with _connected(self._names(name)):
            yield self.server.url(name)
        self._ask(f"DROP DATABASE {name} WITH (FORCE)")

    def backup(self, file: Path) -> None:
        """Copies the database that Django is connected to, as exploitation.md says."""
        self._run("pg_dump", "--format=custom", f"--file={file}", self._connected_name())

    def restore(self, file: Path) -> None:
        """Puts a copy in its place."""
        name = self._connected_name()
        connection.close()
        self._run("pg_restore", "--clean", "--if-exists", "--no-owner", f"--dbname={name}", file)

    @staticmethod
    def _connected_name() -> str:
        return connection.settings_dict["NAME"]

    def _run(self, program: str, *arguments: str | Path) -> None:
        where = ("--host", self.server.folder, "--username=postgres")
        subprocess.run([installed_binaries() / program, *where, *arguments], check=True)

    def _names(self, name: str) -> dict[str, str]:
        return {"HOST": str(self.server.folder), "USER": "postgres", "NAME": name}

    def _ask(self, statement: str) -> None:
        admin = psycopg2.connect(host=self.server.folder, user="postgres", dbname="postgres")
        try:
            admin.autocommit = True
            with admin.cursor() as cursor:
                cursor.execute(statement)
        finally:
            admin.close()


class SqliteDatabases:
    """Files of one folder, copies of one that is migrated once."""

    server = None

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._template = folder / "template.sqlite3"
        with _connected({"NAME": str(self._template)}):
            call_command("migrate", verbosity=0)

    @contextlib.contextmanager
    def new(self, name: str) -> Iterator[str]:
        """The address of a new database, to which Django is connected meanwhile."""
        file = self._folder / f"{name}.sqlite3"
        shutil.copyfile(self._template, file)
        with _connected({"NAME": str(file)}):
            yield f"sqlite:///{file}"

    def backup(self, file: Path) -> None:
        """Copies the database that Django is connected to, as exploitation.md says."""
        with (
            contextlib.closing(sqlite3.connect(connection.settings_dict["NAME"])) as original,
            contextlib.closing(sqlite3.connect(file)) as copy,
        ):
            original.backup(copy)

    def restore(self, file: Path) -> None:
        """Puts a copy in its place, the one before aside."""
        connection.close()
        database = Path(connection.settings_dict["NAME"])
        for part in database.parent.glob(f"{database.name}*"):
            part.rename(f"{part}.before")
        shutil.copyfile(file, database)


@contextlib.contextmanager
def databases(folder: Path) -> Iterator[PostgresDatabases | SqliteDatabases]:
    if connection.vendor == "sqlite":
        yield SqliteDatabases(folder)
        return
    with temporary_server(SETTINGS) as server:
        yield PostgresDatabases(server)


@contextlib.contextmanager
def _connected(names: dict[str, str]) -> Iterator[None]:
    before = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(names)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
