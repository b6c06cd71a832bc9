"""Contrasts as they are painted, for what no style sheet tells."""

import io
from collections import Counter
from itertools import chain

from PIL import Image
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


# Where the ring may be, around what a link stretches over; how large the control is, of which what
# is longer than the window is not in sight.
_UNFOCUSED = """
e => {
  document.activeElement.blur();
  const {left, top, right, bottom} =
    (e.closest("article, li, .prose-editor") ?? e).getBoundingClientRect();
  const x = Math.max(left - 8, 0), y = Math.max(top - 8, 0);
  const width = Math.min(right + 8, innerWidth) - x;
  const height = Math.min(bottom + 8, innerHeight) - y;
  const own = e.getBoundingClientRect();
  return [
    // A link that comes into sight with the focus may be anywhere.
    width > 0 && height > 0 ? {x, y, width, height}
      : {x: 0, y: 0, width: innerWidth, height: innerHeight},
    Math.min(own.width, innerWidth) + Math.min(own.height, innerHeight),
  ];
}
"""


def focus_is_seen(control: Locator) -> bool:
    """Whether the page changes by 3:1 over as many pixels as a thin line around what is in sight.

    Source: WCAG 2.4.13, which asks twice as thick a line: corners and stretches are forgiven.
    """
    control.scroll_into_view_if_needed()
    around, half_of_line = control.evaluate(_UNFOCUSED)
    before = _pixels(control.page, around)
    control.evaluate("e => e.focus({preventScroll: true, focusVisible: true})")
    changes = Counter(zip(before, _pixels(control.page, around), strict=True))
    n_pixels = sum(n for pair, n in changes.items() if contrast(*pair) >= LEAST_OF_LINES)
    return n_pixels >= 2 * half_of_line


def _pixels(page: Page, box: FloatRect) -> list[Colour]:
    picture = Image.open(io.BytesIO(page.screenshot(clip=box))).convert("RGB")
    return list(picture.get_flattened_data())
