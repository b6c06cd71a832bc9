"""What axe-core finds in a page, told by RGAA number."""

from collections.abc import Iterable
from pathlib import Path

from playwright.sync_api import Page

_SOURCE = (Path(__file__).parent / "vendor" / "axe-core" / "axe.min.js").read_text("utf-8")
_RUN = """([options, settled, out]) => axe.run({exclude: out}, options).then(result => {
  const lines = (kind, mark) => result[kind].flatMap(({id, tags, nodes}) => nodes
    .filter(({target}) => !mark || !settled[id]?.length
      || !document.querySelector(target[0])?.matches(settled[id].join()))
    .map(({target}) => {
      const criteria = tags.filter(tag => tag.startsWith("RGAA-")).join(" ") || "good practice";
      return `${criteria} ${id}${mark}: ${target.join(" ")}`;
    }));
  return [...lines("violations", ""), ...lines("incomplete", "?")];
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

# What axe cannot tell, by rule and by selector, with the likely cause. Measured faults count here
# too. Nobody has confirmed these one by one yet: that is for the review by a person.
SET_ASIDE = {
    "color-contrast": [
        # Cells that span two rows: on the ground of their table, as their neighbours are.
        *("td[rowspan]", "td[rowspan] *", "th[rowspan]"),
        # A caption above a table that scrolls.
        ".figures caption",
        # An arrow, a cross or a pencil drawn beside the text, on the same ground.
        "select",
        *(".addlink", ".changelink", ".viewlink", ".historylink", "#id_territories_add_all"),
        # What a list of the admin's first page holds, once its width is short of the text's.
        "#content-related *",
        # What the edge of the window cuts, at the height of the visit.
        *(".agenda-groups legend", ".agenda-field > label", ".button"),
        *("#content .help *", ".cycle-panel > h2"),
        # A fold away from the screen's edge.
        "#nav-sidebar a",
    ],
    # Django's menu: a heading, and rows that are links.
    "th-has-data-cells": ["#nav-sidebar table", "#content-main .module table", ".log"],
    # The mail is visited on its own.
    "frame-tested": ["iframe"],
}
# Django's own sign of help by a list to pick from, named where nothing may be; its text is also
# the title of the sign.
NOT_OURS = [".help-tooltip"]
# A mail stands in the page of the program that shows it, which has the landmarks.
NOT_FOR_MAILS = ("landmark-one-main", "region")


def findings(page: Page, *, contrast_only: bool = False, without: Iterable[str] = ()) -> list[str]:
    """« RGAA-3.2.1 color-contrast: .lead » for each violation, of any impact.

    What axe cannot tell and ``SET_ASIDE`` does not list counts, with « ? » after the rule.
    """
    # Evaluated by the browser itself: the page's content security policy has no say.
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_SOURCE)
    options = {**_HOW, **(_CONTRAST if contrast_only else _ALL)}
    if without:
        off = {rule: {"enabled": False} for rule in without}
        options["rules"] = {**options.get("rules", {}), **off}
    return page.evaluate(_RUN, [options, SET_ASIDE, NOT_OURS])
