"""Contrasts as they are painted, for what no style sheet tells."""

import io
from collections import Counter
from itertools import chain

from PIL import Image, ImageChops
from playwright.sync_api import FloatRect, Locator, Page

from tests.colours import Colour, contrast

# RGAA 3.3.1, for what outlines a control.
LEAST_OF_LINES = 3

# The colour of the letters, and the boxes of the lines that are in sight: of the text that is the
# element's own, or of what a control without text of its own holds.
_LETTERS = """
e => {
  const pixel = new OffscreenCanvas(1, 1).getContext("2d");
  pixel.fillStyle = getComputedStyle(e).color;
  pixel.fillRect(0, 0, 1, 1);
  const rects = [...e.childNodes].filter(n => n.nodeType === Node.TEXT_NODE && n.data.trim())
    .flatMap(n => {
      const range = document.createRange();
      range.selectNodeContents(n);
      return [...range.getClientRects()];
    });
  if (!rects.length) {
    const box = e.getBoundingClientRect(), style = getComputedStyle(e), of = parseFloat;
    rects.push(new DOMRect(
      box.x + of(style.borderLeftWidth) + of(style.paddingLeft),
      box.y + of(style.borderTopWidth) + of(style.paddingTop),
      box.width - of(style.borderLeftWidth) - of(style.paddingLeft)
        - of(style.borderRightWidth) - of(style.paddingRight),
      box.height - of(style.borderTopWidth) - of(style.paddingTop)
        - of(style.borderBottomWidth) - of(style.paddingBottom)));
  }
  const boxes = rects.map(({left, top, right, bottom}) => {
    const x = Math.ceil(Math.max(left, 0)), y = Math.ceil(Math.max(top, 0));
    return {x, y, width: Math.floor(Math.min(right, innerWidth)) - x,
      height: Math.floor(Math.min(bottom, innerHeight)) - y};
  }).filter(({width, height}) => width > 0 && height > 0);
  return [[...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3), boxes];
}
"""


# A text's fill is seldom set, and comes before its colour.
_SHOW = """
(e, letters) => letters ? e.style.removeProperty("-webkit-text-fill-color")
  : e.style.setProperty("-webkit-text-fill-color", "transparent", "important")
"""


def contrast_of_letters(element: Locator) -> float | None:
    """The least contrast of its letters with what is behind them; ``None`` when none is seen."""
    element.scroll_into_view_if_needed()
    colour, boxes = element.evaluate(_LETTERS)
    lettered = [_pixels(element.page, box) for box in boxes]
    element.evaluate(_SHOW, False)
    bare = [_pixels(element.page, box) for box in boxes]
    element.evaluate(_SHOW, True)
    grounds = {
        ground
        for before, ground in zip(chain(*lettered), chain(*bare), strict=True)
        if ground != before
    }
    return min((contrast(tuple(colour), ground) for ground in grounds), default=None)


def focus_is_seen(control: Locator) -> bool:
    """Whether the page changes by 3:1 over as many pixels as a thin line around what is in sight.

    Source: WCAG 2.4.13, which asks twice as thick a line: corners and stretches are forgiven.
    """
    page = control.page
    control.scroll_into_view_if_needed()
    page.evaluate("document.activeElement.blur()")
    before = _picture(page)
    control.evaluate("e => e.focus({preventScroll: true, focusVisible: true})")
    after = _picture(page)
    changed = ImageChops.difference(before, after).getbbox()
    box = control.bounding_box()
    if changed is None or box is None:
        return False
    width, height = min(box["width"], before.width), min(box["height"], before.height)
    pairs = zip(
        before.crop(changed).get_flattened_data(),
        after.crop(changed).get_flattened_data(),
        strict=True,
    )
    n_pixels = sum(n for pair, n in Counter(pairs).items() if contrast(*pair) >= LEAST_OF_LINES)
    return n_pixels >= 2 * (width + height)


def _pixels(page: Page, box: FloatRect) -> list[Colour]:
    return list(_picture(page, box).get_flattened_data())


def _picture(page: Page, box: FloatRect | None = None) -> Image.Image:
    return Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
