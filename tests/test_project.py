"""What the project says of itself stays true."""

import ast
import re
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)

# Inside an app, a module imports from its own layer and those before it. What is in no layer
# (typography, places…) is free, but nothing imports the last one: it is what people reach.
LAYERS = [
    {"states", "exceptions"},
    {"models"},
    {"emails"},
    {"outbox"},
    {"services"},
    {"forms"},
    {"views", "admin", "management"},
]
ENTRANCES = {"urls", "apps"}


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


def imports_within(app: str) -> list[tuple[Path, str, str]]:
    """Each import of the app from itself: the file, the part it is in, the part it imports."""
    found = []
    for path in (ROOT / app).rglob("*.py"):
        part = path.relative_to(ROOT / app).with_suffix("").parts[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                names = [f"{node.module}.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            found += [
                (path, part, name.split(".")[1]) for name in names if name.startswith(f"{app}.")
            ]
    return found


def layer(part: str) -> int | None:
    return next((number for number, parts in enumerate(LAYERS) if part in parts), None)


@pytest.mark.parametrize("app", ["sessions", "registrations"])
def test_layers_of_an_app_import_downwards(app):
    last = len(LAYERS) - 1
    upwards = []
    for path, part, imported in imports_within(app):
        here, there = layer(part), layer(imported)
        if part in ENTRANCES or there is None:
            continue
        if there > here if here is not None else there == last:
            upwards.append(f"{path.relative_to(ROOT)} imports {imported}")

    assert upwards == []


def test_locked_lists_name_no_index():
    for name in ("requirements.txt", "requirements-dev.txt"):
        assert "://" not in (ROOT / name).read_text()


def test_readme_lists_every_decision():
    listed = re.findall(r"\(docs/decisions/(.+?)\)", (ROOT / "README.md").read_text())

    assert listed == sorted(path.name for path in (ROOT / "docs" / "decisions").glob("*.md"))


def test_links_between_documents_lead_somewhere():
    documents = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    targets = [
        (document, target.partition("#")[0])
        for document in documents
        for target in re.findall(r"\]\(([^)\s]+)\)", document.read_text())
        if "://" not in target and not target.startswith(("#", "mailto:"))
    ]

    assert [(d.name, t) for d, t in targets if not (d.parent / t).exists()] == []


# Before : ; ! ? and within « », a French text has a space that no line is cut at.
PLAIN_SPACE = re.compile(r"(?<=[^\W\d_]|[\d»)]) [:;!?](?=\s|$)|« | »")


@pytest.mark.parametrize("app", ["sessions", "registrations", "cycle_lcd"])
def test_french_texts_have_no_plain_space_where_a_line_must_not_break(app):
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in (ROOT / app).rglob("*.py")
        for node in texts_in(ast.parse(path.read_text()))
        # Not the pattern that mends them.
        if PLAIN_SPACE.search(node.value) and path.name != "typography.py"
    ]

    assert found == []


def texts_in(tree: ast.Module) -> list[ast.Constant]:
    """The texts of a module, without its docstrings, which are in English."""
    statements = [node.value for node in ast.walk(tree) if isinstance(node, ast.Expr)]
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in statements
    ]


def test_each_rule_is_where_the_architecture_says():
    page = (ROOT / "docs" / "architecture.md").read_text()
    table = page.partition("## Find a rule")[2].partition("## The tables")[0]
    absent = []
    for row in table.splitlines():
        folder = ROOT
        for name in re.findall(r"`([\w./-]+(?:/|\.[a-z]+))`", row):
            # A module alone stands beside the one before it, or in that folder.
            path = next((each / name for each in (ROOT, folder) if (each / name).exists()), None)
            if path is None:
                absent.append(name)
            else:
                folder = path if path.is_dir() else path.parent

    assert absent == []
    assert table.count("\n| ") > 60
