"""The colours of ``static/css/tokens.css`` can be read, in both schemes."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.conf import settings

from tests.colours import Colour, contrast

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


def rgb(colour: str) -> Colour:
    if len(colour) == 3:
        colour = "".join(digit * 2 for digit in colour)
    red, green, blue = bytes.fromhex(colour)
    return red, green, blue


def test_contrast_of_black_on_white_is_twenty_one():
    assert contrast(rgb("000"), rgb("ffffff")) == pytest.approx(21)


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_reaches_seven(scheme, text, ground):
    assert contrast(rgb(scheme[text]), rgb(scheme[ground])) >= 7


@pytest.mark.parametrize("scheme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("line", "ground"), LINES)
def test_line_that_means_something_reaches_three(scheme, line, ground):
    assert contrast(rgb(scheme[line]), rgb(scheme[ground])) >= 3


def test_colours_are_written_in_the_tokens_only():
    """But in the admin, which has its own, and in the images of ticks, which read no variable."""
    css = Path(settings.BASE_DIR) / "static/css"

    elsewhere = {
        sheet.name: re.findall(r"(?:#|rgb|hsl)[0-9a-f(]{3,}", sheet.read_text())
        for sheet in css.glob("*.css")
        if not sheet.name.startswith(("tokens", "admin", "mail-preview"))
    }

    assert {name: found for name, found in elsewhere.items() if found} == {}
