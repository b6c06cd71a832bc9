"""Lists what the product is made of, and what its tests need, as CycloneDX 1.6 in JSON.

What is locked comes from the lists of packages, what is vendored from the table of each README
that stands beside it. The same sources give the same file.
"""

import json
import re
import sys
from urllib.parse import quote

from audit import LISTS, ROOT, locked

FILE = ROOT / "var" / "sbom.json"
VENDORED = ("static/vendor", "tests/browser/vendor")
# In a table: its folder, what it is, its version, its name at npm.
ROW = re.compile(r"^\| `([^`/]+)/` \|[^|]+\| ([^ |]+) \| `([^`]+)`", re.MULTILINE)


def main() -> int:
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(json.dumps(bill_of_materials(), indent=2, ensure_ascii=False) + "\n")
    print(f"{len(components())} composants écrits dans {FILE.relative_to(ROOT)}.")
    return 0


def bill_of_materials() -> dict:
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "cycle-lcd"}},
        "components": components(),
    }


def components() -> list[dict]:
    """What runs is « required »; what only tests and development take is « excluded »."""
    runs, all_packages = (locked(ROOT / name) for name in LISTS)
    packages = [
        _component(name, version, f"pkg:pypi/{name}@{version}", runs=(name, version) in runs)
        for name, version in sorted(all_packages | runs)
    ]
    vendored = [
        _component(name, version, f"pkg:npm/{quote(name)}@{version}", runs=root == VENDORED[0])
        | {"properties": [{"name": "cycle-lcd:folder", "value": f"{root}/{folder}"}]}
        for root in VENDORED
        for folder, version, name in ROW.findall((ROOT / root / "README.md").read_text())
    ]
    return packages + vendored


def _component(name: str, version: str, purl: str, *, runs: bool) -> dict:
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "scope": "required" if runs else "excluded",
    }


if __name__ == "__main__":
    sys.exit(main())
