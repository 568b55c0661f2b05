"""Pages: what they may load, and what they never do."""

import re

import pytest
from jinja2 import UndefinedError

from phiward.console.pages import HEADERS, STATIC, Pages, static_file

PAGES = Pages("Lakeshore Example Hospital")


def test_a_page_without_one_of_its_values_is_an_error() -> None:
    """Never an empty place where something mattered."""
    with pytest.raises(UndefinedError):
        PAGES.page("refused")


def test_what_is_shown_is_escaped() -> None:
    """Markup in a value is text."""
    text = bytes(PAGES.page("refused", says="<b>&", advice="", interaction="-").body).decode()
    assert "&lt;b&gt;&amp;" in text


def test_every_page_is_under_the_policy() -> None:
    """No script, no frame, nothing from elsewhere."""
    response = PAGES.page("login", note=None, return_to="/")
    for name in HEADERS:
        assert name in response.headers
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


def test_a_form_may_lead_on_to_the_provider_alone() -> None:
    """Browsers hold a form's redirects to form-action."""
    pages = Pages("x", ("https://idp.example",))
    policy = pages.page("login", note=None, return_to="/").headers["content-security-policy"]
    assert "form-action 'self' https://idp.example;" in policy


def test_no_page_names_another_place_or_carries_script_or_style() -> None:
    """The rule of the console: no `//` in any page."""
    text = bytes(PAGES.page("login", note=None, return_to="/").body).decode()
    assert "//" not in text
    assert not re.search(r"<script|style=|\son\w+=", text)


@pytest.mark.parametrize("name", ["../pages.py", "pico.LICENSE.md", "", "app.css.map", "%2e%2e/app.css"])
def test_no_other_file_is_served(name: str) -> None:
    """Two names, and nothing else."""
    assert static_file(name) is None


def test_the_style_sheets_are_served() -> None:
    """With their type."""
    for name, kind in STATIC.items():
        response = static_file(name)
        assert response is not None
        assert response.headers["content-type"] == kind
        assert len(response.body) > 1000
