"""What axe-core finds in a page, told by RGAA number."""

from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.browser.painted import contrast_of_letters

_SOURCE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
_RUN = """([options, settled, out]) => axe.run({exclude: out}, options).then(result => {
  const lines = kind => result[kind].flatMap(({id, tags, nodes}) => nodes.map(({target}) => {
    const criteria = tags.filter(tag => tag.startsWith("RGAA-")).join(" ") || "good practice";
    return [id, target.join(" "), `${criteria} ${id}: ${target.join(" ")}`];
  }));
  return [lines("violations"), lines("incomplete").filter(([id, target]) =>
    !settled[id] || !document.querySelector(target)?.matches(settled[id].join()))];
})"""
# WCAG 2.2 A and AA, RGAA 4, good practice: every rule but those that are AAA or an experiment.
_ALL = {
    "runOnly": [
        *("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"),
        *("RGAAv4", "best-practice"),
    ],
    # Off unless it is named.
    "rules": {"target-size": {"enabled": True}},
}
_CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
_HOW = {
    # Mails shown in a page are visited on their own.
    "iframes": False,
    # Style sheets are not read again, which the content security policy would refuse.
    "preload": False,
    "resultTypes": ["violations", "incomplete"],
}

# RGAA 3.2.1, for text of any size.
_LEAST_CONTRAST = 4.5

# What axe cannot tell and was read by a person, by rule and by selector.
SETTLED = {
    # Django's menus: rows of links, under three heads that are there for the ear alone; the last
    # heads nothing for those who may only look.
    "th-has-data-cells": ["#nav-sidebar table", "#content-main .module table"],
    # A mail as it left, alone in its frame; mails are visited on their own.
    "frame-tested": ["iframe"],
}
# Django's own sign of help by a list to pick from, named where nothing may be; its text is also
# the title of the sign.
NOT_OURS = [".help-tooltip"]
# A mail stands in the page of the program that shows it, which has the landmarks.
NOT_FOR_MAILS = ("landmark-one-main", "region")


def findings(page: Page, *, contrast_only: bool = False, without: Iterable[str] = ()) -> list[str]:
    """« RGAA-3.2.1 color-contrast: .lead » for each violation, of any impact.

    What axe cannot tell counts, unless it is ``SETTLED`` or, for a contrast, enough as painted.
    """
    # Evaluated by the browser itself: the page's content security policy has no say.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_SOURCE)
    options = {**_HOW, **(_CONTRAST if contrast_only else _ALL)}
    if without:
        off = {rule: {"enabled": False} for rule in without}
        options["rules"] = {**options.get("rules", {}), **off}
    violations, undecided = page.evaluate(_RUN, [options, SETTLED, NOT_OURS])
    return [
        *(line for _rule, _selector, line in violations),
        *(
            f"{line}, not told"
            for rule, selector, line in undecided
            if not (rule == "color-contrast" and _can_be_read(page.locator(selector)))
        ),
    ]


def _can_be_read(element: Locator) -> bool:
    painted = contrast_of_letters(element)
    return painted is not None and painted >= _LEAST_CONTRAST
