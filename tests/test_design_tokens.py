"""The colours of ``static/css/tokens.css`` can be read, in both schemes."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
GROUNDS = ("paper", "surface", "sand")
# Text and the ground it is written on.
TEXTS = [
    *product(("ink", "ink-soft", "accent", "link"), GROUNDS),
    ("on-action", "action"),
    ("on-action", "action-hover"),
    *product(("good", "ink", "link"), ("good-ground",)),
    *product(("wait", "ink", "link"), ("wait-ground",)),
    *product(("bad", "ink", "link"), ("bad-ground",)),
]
# What outlines a control, or shows where the focus is.
LINES = [*product(("line-strong", "focus", "action", "bad"), GROUNDS)]


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): #([0-9a-f]{3,6});", css))


LIGHT = colours(TOKENS.partition("@media")[0])
DARK = LIGHT | colours(TOKENS.partition("(prefers-color-scheme: dark)")[2].partition("@media")[0])


def luminance(colour: str) -> float:
    """Relative luminance, as WCAG 2.2 defines it."""
    if len(colour) == 3:
        colour = "".join(digit * 2 for digit in colour)
    parts = [int(colour[index : index + 2], 16) / 255 for index in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_contrast_of_black_on_white_is_twenty_one():
    assert contrast("000", "ffffff") == pytest.approx(21)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_reaches_seven(scheme, text, ground):
    assert contrast(scheme[text], scheme[ground]) >= 7


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_line_that_means_something_reaches_three(scheme, line, ground):
    assert contrast(scheme[line], scheme[ground]) >= 3


def test_colours_are_written_in_the_tokens_only():
    """But in the admin, which has its own, and in the images of ticks, which read no variable."""
    css = Path(settings.BASE_DIR) / "static/css"

    elsewhere = {
        sheet.name: re.findall(r"(?:#|rgb|hsl)[0-9a-f(]{3,}", sheet.read_text())
        for sheet in css.glob("*.css")
        if not sheet.name.startswith(("tokens", "admin", "mail-preview"))
    }

    assert {name: found for name, found in elsewhere.items() if found} == {}
