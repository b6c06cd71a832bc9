"""What is measured on pages whose contrasts are known."""

import pytest
from playwright.sync_api import Page

from tests.browser.painted import contrast_of_letters, focus_is_seen


@pytest.mark.parametrize(
    ("style", "measured"),
    [
        ("color: #000; background: #fff", 21),
        ("color: #767676; background: #fff", 4.54),
        # The worst place counts.
        ("color: #000; background: linear-gradient(90deg, #fff 50%, #767676 50%)", 4.62),
        # A drawing beside the letters does not.
        ("color: #000; background: linear-gradient(#000, #000) right / 9px no-repeat #fff", 21),
    ],
)
def test_contrast_is_that_of_the_letters_with_their_ground(page: Page, style, measured):
    page.set_content(f'<p style="display: inline-block; letter-spacing: 12px; {style}">Séance</p>')

    assert contrast_of_letters(page.locator("p")) == pytest.approx(measured, abs=0.01)


def test_contrast_of_what_is_out_of_sight_is_not_told(page: Page):
    page.set_content('<p style="color: transparent">Séance</p>')

    assert contrast_of_letters(page.locator("p")) is None


@pytest.mark.parametrize(
    ("ring", "seen"),
    [
        ("2px solid #000", True),
        ("2px solid #ccc", False),
        ("none", False),
    ],
)
def test_focus_is_seen_by_its_contrast(page: Page, ring, seen):
    page.set_content(f"<style>button:focus {{outline: {ring}}}</style><button>Valider</button>")

    assert focus_is_seen(page.locator("button")) is seen
