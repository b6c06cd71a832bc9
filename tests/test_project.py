"""What the project says of itself stays true."""

import ast
import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR)


def variables_read() -> set[str]:
    """The names that ``settings.py`` asks the environment for."""
    tree = ast.parse((ROOT / "cycle_lcd" / "settings.py").read_text())
    return {
        call.args[0].value
        for call in ast.walk(tree)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == "env"
        and isinstance(call.args[0], ast.Constant)
    }


def test_each_variable_is_explained_once_in_the_example():
    explained = re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    # PORT is read by the web server, gunicorn.conf.py.
    assert sorted(explained) == sorted(variables_read() | {"PORT"})


def test_locked_lists_name_no_index():
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "://" not in (ROOT / name).read_text()


def test_links_between_documents_lead_somewhere():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    targets = [
        (document, target.partition("#")[0])
        for document in documents
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text())
        if "://" not in target and not target.startswith(("#", "mailto:"))
    ]

    assert [(d.name, t) for d, t in targets if not (d.parent / t).exists()] == []
