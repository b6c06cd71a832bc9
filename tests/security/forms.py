"""The forms of a page, as a browser would post them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

# Where people write what they want.
WRITTEN = {
    "text",
    "email",
    "tel",
    "search",
    "password",
    "number",
    "url",
    "date",
    "time",
    "textarea",
}
TOKEN = "csrfmiddlewaretoken"


@dataclass
class Form:
    """What it posts: ``data`` by name, of which ``written`` are the fields that one types in."""

    address: str
    method: str
    data: dict[str, list[str]] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)

    @property
    def chosen(self) -> list[str]:
        """The fields that a page fills in by itself: hidden, boxes, lists; not its token."""
        return [name for name in self.data if name not in (*self.written, TOKEN)]

    def add(self, name: str, value: str, kind: str, is_sent: bool) -> None:
        values = self.data.setdefault(name, [])
        if kind in WRITTEN and name not in self.written:
            self.written.append(name)
        if is_sent:
            values.append(value)


class Forms(HTMLParser):
    """Reads a page into ``found``."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.address = address
        self.found: list[Form] = []
        self.form: Form | None = None
        self.select = self.textarea = ""
        self.text = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        name = given.get("name", "")
        if tag == "form":
            address = urljoin(self.address, given.get("action", ""))
            self.form = Form(address, given.get("method", "get").lower())
            self.found.append(self.form)
        elif self.form is None:
            return
        elif tag in ("input", "button") and name:
            kind = given.get("type", "text" if tag == "input" else "submit")
            is_sent = kind not in ("checkbox", "radio") or "checked" in given
            self.form.add(name, given.get("value", "on"), kind, is_sent)
        elif tag == "select" and name:
            self.select = name
            self.form.add(name, "", "select", False)
        elif tag == "option" and self.select and "selected" in given:
            self.form.add(self.select, given.get("value", ""), "select", True)
        elif tag == "textarea" and name:
            self.textarea, self.text = name, ""

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "select":
            self.select = ""
        elif tag == "textarea" and self.form and self.textarea:
            self.form.add(self.textarea, self.text, "textarea", True)
            self.textarea = ""


def forms_of(page: str, address: str) -> list[Form]:
    parser = Forms(address)
    parser.feed(page)
    return parser.found
