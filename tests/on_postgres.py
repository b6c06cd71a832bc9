"""Runs a command with DATABASE_URL set to a PostgreSQL server started for it.

usage: python -m tests.on_postgres pytest -n 2 tests
"""

import os
import subprocess
import sys

from tests.postgres import temporary_server


def main(command: list[str]) -> int:
    with temporary_server() as server:
        environment = {**os.environ, "DATABASE_URL": server.url()}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
