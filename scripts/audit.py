"""Confronts the locked packages with the vulnerabilities that the OSV database knows.

Exits 1 when one is affected. Where the database does not answer, says so and exits 0: a check that
could not be made is no failure, nor a success. OSV_URL names another source of the same interface.
"""

import json
import os
import re
import sys
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LISTS = ("requirements.txt", "requirements-dev.txt")
SOURCE = os.environ.get("OSV_URL", "https://api.osv.dev/v1/querybatch")
SECONDS = 20


def main() -> int:
    packages = sorted({package for name in LISTS for package in locked(ROOT / name)})
    try:
        found = vulnerabilities(packages)
    except (OSError, ValueError) as error:
        print(
            f"AUDIT NON FAIT\u00a0: aucune source de failles ne répond ici "
            f"({type(error).__name__}).\n"
            f"Les {len(packages)} paquets verrouillés n’ont été confrontés à rien\u00a0: relancez "
            "`make audit` d’une machine qui atteint la source.",
            file=sys.stderr,
        )
        return 0
    for (name, version), identifiers in found.items():
        print(f"{name} {version}\u00a0: {', '.join(identifiers)}")
    print(f"{len(packages)} paquets confrontés, {len(found)} avec une faille connue.")
    return 1 if found else 0


def locked(path: Path) -> set[tuple[str, str]]:
    """Name and version of each package of a locked list."""
    return set(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)", path.read_text(), re.MULTILINE))


def vulnerabilities(packages: list[tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    """The identifiers of what is known against each package that is affected.

    Raises OSError or ValueError when the source does not answer as it should.
    """
    queries = [
        {"package": {"ecosystem": "PyPI", "name": name}, "version": version}
        for name, version in packages
    ]
    request = urllib.request.Request(  # noqa: S310  (the address is ours, or the operator's)
        SOURCE,
        data=json.dumps({"queries": queries}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
        results = json.load(answer).get("results", [])
    if len(results) != len(packages):
        raise ValueError("not one result a package")
    return {
        package: [vulnerability["id"] for vulnerability in result["vulns"]]
        for package, result in zip(packages, results, strict=True)
        if result.get("vulns")
    }


if __name__ == "__main__":
    sys.exit(main())
