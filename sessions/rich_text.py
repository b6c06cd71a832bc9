"""Texts that staff write with an editor: what they may hold, and how they are stored and read.

The tags are declared once, in `EXTENSIONS`: the editor offers them, and the sanitiser keeps
nothing else.
"""

import re
from functools import cache
from html.parser import HTMLParser
from typing import Any

import nh3
from django.core.exceptions import ValidationError
from django.db import models
from django_prose_editor.config import allowlist_from_extensions
from django_prose_editor.fields import ProseEditorField

from sessions.cleaning import space_refused

_BLOCKS = frozenset({"p", "h3", "h4", "blockquote", "ul", "ol", "li"})

LINK_SCHEMES = ("https", "mailto", "tel")

EXTENSIONS: dict[str, Any] = {
    "Paragraph": True,
    "HardBreak": True,
    "Bold": True,
    "Italic": True,
    "BulletList": True,
    "OrderedList": True,
    "ListItem": True,
    "Heading": {"levels": [3, 4]},
    "Blockquote": True,
    "Link": {"enableTarget": False, "protocols": list(LINK_SCHEMES)},
}


@cache
def _cleaner() -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=allowlist_from_extensions(EXTENSIONS)["tags"],
        # Fewer attributes than the editor writes: no title, no rel, no numbering of lists.
        attributes={"a": {"href"}},
        url_schemes=set(LINK_SCHEMES),
        url_relative="deny",
        link_rel=None,
    )


def sanitise(html: str) -> str:
    """Return `html` with only the tags of `EXTENSIONS` and only safe links, or "" without text.

    Sanitising twice gives the same result. The text of a tag that is not kept stays, that of
    a script or style sheet goes. Control characters, which word processors leave, become spaces.
    """
    # Afterwards: they may come as entities.
    clean = space_refused(_cleaner().clean(html))
    return clean if plain_text(clean).strip() else ""


class RichTextField(ProseEditorField):
    """A `TextField` edited as rich text, holding only what `sanitise` keeps, however it is saved.

    Only `QuerySet.update()` goes round it; the `rich` template filter sanitises once more.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, extensions=EXTENSIONS, sanitize=sanitise, **kwargs)

    def clean(self, value: str | None, instance: models.Model | None) -> str:
        """Refuse an http link in words, as dropping it in silence would lose what staff typed."""
        if re.search(r"""\bhref\s*=\s*["']?\s*http:""", value or "", re.IGNORECASE):
            raise ValidationError(
                "Un lien de ce texte commence par http:// : remplacez-le par https:// "
                "ou retirez-le.",
                code="insecure_link",
            )
        # Before the parent's checks: an editor left empty sends "<p></p>", which is blank.
        return super().clean(sanitise(value or ""), instance)

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        value = sanitise(super().pre_save(model_instance, add) or "")
        setattr(model_instance, self.attname, value)
        return value


def plain_text(html: str) -> str:
    """Return sanitised rich text as text for mails: « - » before items, « texte (adresse) ».

    Paragraphs are separated by an empty line. Returns "" when there is nothing to read.
    """
    writer = _TextWriter()
    writer.feed(html)
    writer.close()
    return writer.text()


class _TextWriter(HTMLParser):
    """Writes lines as blocks end; expects the tags of `EXTENSIONS` and reads the others as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._counters: list[int | None] = []  # one per open list, None for bullets
        self._margins: list[str] = []  # one per open item: its marker, then as many spaces
        self._href = ""
        self._link_starts_at = 0

    def text(self) -> str:
        self._end_line()
        return re.sub(r"\n{3,}", "\n\n", "\n".join(self._lines)).strip("\n")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end_line()
        if tag in ("ul", "ol"):
            self._counters.append(0 if tag == "ol" else None)
        elif tag == "li":
            self._margins.append(self._next_marker())
        elif tag == "br":
            self._line = self._line.rstrip(" ") + "\n"
        elif tag == "a":
            self._href = dict(attrs).get("href") or ""
            self._link_starts_at = len(self._line)

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._end_link()
        if tag in _BLOCKS:
            self._end_line()
        if tag in ("ul", "ol") and self._counters:
            self._counters.pop()
        if tag == "li" and self._margins:
            self._margins.pop()
        if tag in _BLOCKS and not self._counters:
            self._lines.append("")

    def handle_data(self, data: str) -> None:
        data = re.sub(r"[ \t\r\n\f]+", " ", data)
        at_start = not self._line or self._line.endswith(("\n", " "))
        self._line += data.lstrip(" ") if at_start else data

    def _next_marker(self) -> str:
        if not self._counters or self._counters[-1] is None:
            return "- "
        self._counters[-1] += 1
        return f"{self._counters[-1]}. "

    def _end_link(self) -> None:
        label = self._line[self._link_starts_at :].strip()
        scheme, _, address = self._href.partition(":")
        target = self._href if scheme == "https" else address
        # A telephone is dialled from what is written; an address already written is not repeated.
        if label and target and scheme != "tel" and label not in (target, address.strip("/")):
            self._line = f"{self._line.rstrip(' ')} ({target})"
        self._href = ""

    def _end_line(self) -> None:
        text, self._line = self._line.strip(" \n"), ""
        for line in text.split("\n") if text else []:
            self._lines.append("".join(self._margins) + line)
            self._margins = [" " * len(margin) for margin in self._margins]
