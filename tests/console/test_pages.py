"""Pages: what they may load, and what they never do."""

import re
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from phiward.console.pages import HEADERS, Pages
from phiward.console.refusals import Told
from tests.console.twins import PAGES

TOLD = Told(403, "bad", "<b>&", "")
TEMPLATES = Path(__file__).parents[2] / "src" / "phiward" / "console" / "templates"


def door(pages: Pages = PAGES) -> str:
    """The text of the sign-in page."""
    return bytes(pages.page("login", note=None, return_to="/", provider=True).body).decode()


def test_a_page_without_one_of_its_values_is_an_error() -> None:
    """Never an empty place where something mattered."""
    with pytest.raises(UndefinedError):
        PAGES.page("refused")


def test_what_is_shown_is_escaped() -> None:
    """Markup in a value is text, in a page and in a section."""
    for made in (
        PAGES.page("refused", told=TOLD, interaction="-", typed={}),
        PAGES.section("refused", "note", told=TOLD, interaction="-"),
    ):
        assert "&lt;b&gt;&amp;" in bytes(made.body).decode()


def test_a_section_is_the_block_alone() -> None:
    """No frame around it."""
    text = bytes(PAGES.section("refused", "note", told=TOLD, interaction="-").body).decode()
    assert text.strip().startswith('<div class="note')
    assert "<html" not in text


def test_every_page_is_under_the_policy() -> None:
    """No frame, nothing from elsewhere, stored nowhere."""
    response = PAGES.page("login", note=None, return_to="/", provider=True)
    for name in HEADERS:
        assert name in response.headers
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]
    assert response.headers["cache-control"] == "no-store"


def test_a_form_may_lead_on_to_the_provider_alone() -> None:
    """Browsers hold a form's redirects to form-action."""
    pages = Pages("x", ("https://idp.example",))
    policy = pages.page("login", note=None, return_to="/", provider=True).headers["content-security-policy"]
    assert "form-action 'self' https://idp.example;" in policy


@pytest.mark.parametrize("name", sorted(one.name for one in TEMPLATES.glob("*.html")))
def test_no_template_names_another_place_or_carries_script_or_style(name: str) -> None:
    """The rule of the console: no `//` in any page, no inline script, handler or style; nothing is marked as safe."""
    text = (TEMPLATES / name).read_text(encoding="utf-8")
    assert "//" not in text
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son\w+=|\|\s*safe\b|autoescape", text)


def test_the_door_loads_no_script() -> None:
    """Nobody is signed in: there is nothing to watch."""
    assert "<script" not in door()
