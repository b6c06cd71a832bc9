"""PDF documents, set by typst from the templates of ``sessions/pdf/``.

They are tagged for people who listen to them (PDF/UA-1) and hold their own fonts. Nothing of this
machine or of the network gets into them: only the data given, and only as text.
"""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unicodedata import category

import typst

FOLDER = Path(__file__).parent / "pdf"


def typeset(template: str, data: Mapping[str, Any]) -> bytes:
    """The document that ``template`` makes of ``data``, which must be fit for JSON.

    The same data give the same bytes. Texts are printed as they are: typst reads none as markup.
    Control characters are left out. A character that no font draws is printed as a box, in a
    document that is tagged all the same but does not claim to follow PDF/UA-1 any more.
    """
    text = json.dumps(_printable(data))
    try:
        return _compile(template, text, claims_ua=True)
    except typst.TypstError as error:
        if "could not be displayed" not in error.message:
            raise
        return _compile(template, text, claims_ua=False)


def _compile(template: str, data: str, *, claims_ua: bool) -> bytes:
    return typst.compile(
        FOLDER / template,
        root=FOLDER,
        font_paths=_fonts(),
        sys_inputs={"data": data},
        pdf_standards="ua-1" if claims_ua else None,
    )


@cache
def _fonts() -> typst.Fonts:
    """Ours, then those inside typst for scripts that ours lacks; reading them takes a while."""
    return typst.Fonts(include_system_fonts=False, font_paths=[FOLDER / "fonts"])


def _printable(value: Any) -> Any:
    """``value`` with no control character in its texts."""
    if isinstance(value, str):
        return "".join(" " if category(each) == "Cc" else each for each in value)
    if isinstance(value, Mapping):
        return {key: _printable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_printable(each) for each in value]
    return value
