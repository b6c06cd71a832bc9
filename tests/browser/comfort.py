"""What a page does under the keyboard, enlarged, spaced out; each function lists its faults."""

from playwright.sync_api import Page, expect

CONTROLS = "a[href], button, input, select, textarea, summary, [tabindex='0']"
# Day, month, year, and the button of the calendar.
_MOST_PARTS = 4
_REACHED = """e => e.tabIndex >= 0 && !e.disabled && e.type !== "hidden"
  && e.checkVisibility({visibilityProperty: true})"""

_CLIPPED = """
() => [...document.querySelectorAll("body *")].filter(e => {
  const style = getComputedStyle(e);
  // Words that a drawing stands for are far out of their box.
  return e.checkVisibility({visibilityProperty: true}) && e.innerText?.trim()
    && parseFloat(style.textIndent) >= 0
    && [style.overflowX, style.overflowY].some(how => ["hidden", "clip"].includes(how))
    && e.clientWidth > 1
    && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
}).map(e => `${e.tagName} ${e.className}`)
"""
# WCAG 1.4.12. A sheet made by a script is none of the content security policy's business.
_SPACED = """
() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    * { line-height: 1.5 !important; letter-spacing: .12em !important;
        word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}
"""
# The ring may be drawn around what a link stretches over.
_LOOK = """
e => [null, "::after"].flatMap(part => {
  const style = getComputedStyle(e, part);
  return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.boxShadow];
}).concat(getComputedStyle(e.closest("article, li, .prose-editor") ?? e).outlineStyle).join()
"""
# Where Tab comes, as it comes: whether forwards, over what it looked like, and seen.
_WATCH = f"""
() => {{
  const look = {_LOOK.strip()};
  const name = e => `${{e.tagName}} ${{(e.innerText || e.name || e.id).trim().slice(0, 40)}}`;
  const stops = [...document.querySelectorAll("{CONTROLS}")].filter({_REACHED});
  // From the top, whatever took the focus when the page came.
  document.body.tabIndex = -1;
  document.body.focus();
  document.body.removeAttribute("tabindex");
  const before = new Map(stops.map(e => [e, look(e)]));
  const seen = window.seen = new Set();
  const faults = window.faults = [];
  let last = null;
  document.addEventListener("focusin", ({{target: e}}) => {{
    if (seen.has(e)) return;
    seen.add(e);
    if (last && !(last.compareDocumentPosition(e) & Node.DOCUMENT_POSITION_FOLLOWING))
      faults.push(`comes before what precedes it: ${{name(e)}}`);
    last = e;
    if (before.get(e) === look(e)) faults.push(`looks the same with the focus: ${{name(e)}}`);
    // A part of it is enough (WCAG 2.4.11): wide lists scroll.
    const {{left, right, top, bottom}} = e.getClientRects()[0];
    const shown = [left + 1, (left + right) / 2, right - 1]
      .map(x => document.elementFromPoint(x, (top + bottom) / 2));
    if (!shown.some(on => on
        && (e.contains(on) || on.contains(e) || e.labels && [...e.labels].includes(on))))
      faults.push(`is covered or out of sight: ${{name(e)}}`);
  }});
  window.missed = () => stops.filter(e => !seen.has(e)
    && !(e.type === "radio" && [...seen].some(other => other.name === e.name)))
    .map(e => `is never reached: ${{name(e)}}`);
  return stops.length;
}}
"""


_KINDS = f"""
all => {{
  const ground = e => {{
    const colour = getComputedStyle(e).backgroundColor;
    return colour.endsWith(", 0)") && e.parentElement ? ground(e.parentElement) : colour;
  }};
  return Object.fromEntries([...all.entries()].reverse().filter(([, e]) => ({_REACHED})(e))
    .map(([number, e]) => [
      `${{e.tagName}}.${{e.className}} on ${{ground(e.parentElement)}}`, number]));
}}
"""


def kinds_of_controls(page: Page) -> dict[str, int]:
    """The first control of each kind that Tab reaches, as its rank among ``CONTROLS``.

    « A.btn btn-primary on rgb(255, 255, 255) »: of one kind is what has the same tag and classes,
    on the same ground.
    """
    return page.locator(CONTROLS).evaluate_all(_KINDS)


def scrolls_sideways(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > window.innerWidth")


def clipped(page: Page) -> list[str]:
    """What is cut because its box is too small for it."""
    return page.evaluate(_CLIPPED)


def space_out(page: Page) -> None:
    """Lines, letters and words as far apart as readers may set them, until the next page."""
    page.evaluate(_SPACED)


def enlarge_text(page: Page) -> None:
    """Letters twice as large, until the next page."""
    page.evaluate("document.documentElement.style.fontSize = '200%'")


def moves(page: Page) -> list[str]:
    """What is in motion, or would be."""
    return page.evaluate("document.getAnimations().map(a => a.effect?.target?.tagName ?? a.id)")


def own_colours(page: Page) -> list[str]:
    """What keeps its own colours where the reader's are forced, so that nothing is promised.

    But for a choice that is made, which forms.css draws in the reader's colours itself.
    """
    return page.locator("body *:not(.form-check-input)").evaluate_all(
        "all => all.filter(e => getComputedStyle(e).forcedColorAdjust === 'none')"
        ".map(e => `${e.tagName} ${e.className}`)"
    )


def tab_faults(page: Page) -> list[str]:
    """From the top of the page to its end with Tab alone."""
    taker = page.locator("[autofocus]").first
    if taker.count():
        # A page gives it when it is first painted.
        expect(taker).to_be_focused()
    n_stops = page.evaluate(_WATCH)
    # The fields of dates and times have a stop for each of their parts.
    for _ in range(_MOST_PARTS):
        for _ in range(n_stops):
            page.keyboard.press("Tab")
        if not page.evaluate("window.missed()"):
            break
    return page.evaluate("[...window.faults, ...window.missed()]")
