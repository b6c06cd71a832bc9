"""Moves through a page as people without a mouse do."""

from playwright.sync_api import Locator, Page

# More than any page has.
MOST_STOPS = 300


def tab_to(page: Page, target: Locator) -> None:
    """Presses Tab until the focus is on ``target``; fails when it never comes there."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"Tab never comes to {target}")


def write(page: Page, label: str, text: str) -> None:
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(text)
