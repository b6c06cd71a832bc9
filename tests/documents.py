"""Reads PDF documents back: their text, and how they are told to those who listen to them."""

import io
import re
from collections.abc import Iterator

import pikepdf
import pypdfium2


def text_of(pdf: bytes) -> str:
    """The text in reading order, its spaces and line ends being one space each."""
    document = pypdfium2.PdfDocument(pdf)
    text = "\n".join(page.get_textpage().get_text_range() for page in document)
    return re.sub(r"\s+", " ", text).strip()


def opened(pdf: bytes) -> pikepdf.Pdf:
    return pikepdf.open(io.BytesIO(pdf))


def tags_of(pdf: bytes) -> list[str]:
    """The structure elements in reading order, each before those inside it: « /H1 », « /Table »."""
    with opened(pdf) as document:
        return list(_tags(document.Root.StructTreeRoot.K))


def _tags(node: pikepdf.Object) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _tags(child)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield str(node.S)
        yield from _tags(node.get("/K", pikepdf.Array()))


def names_in(pdf: bytes) -> set[str]:
    """Every key and every name of every object: « /JavaScript » is there if a script is."""
    names: set[str] = set()
    with opened(pdf) as document:
        for thing in document.objects:
            _collect(thing, names, depth=0)
    return names


def _collect(thing: object, names: set[str], depth: int) -> None:
    if isinstance(thing, pikepdf.Name):
        names.add(str(thing))
    elif isinstance(thing, pikepdf.Array):
        for item in thing:
            _collect(item, names, depth + 1)
    elif isinstance(thing, pikepdf.Dictionary | pikepdf.Stream) and depth < 20:
        for key, value in thing.items():
            names.add(key)
            # What is not written here is an object of the list, met by itself.
            if not getattr(value, "is_indirect", False):
                _collect(value, names, depth + 1)
