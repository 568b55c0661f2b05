"""Contrast, computed from the tokens of the style sheet: text 4.5:1, borders, rings and bars 3:1, in both themes.

Source: WCAG 2.2, criteria 1.4.3 and 1.4.11; relative luminance as defined there.
"""

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).parents[2] / "src/phiward/console/static/app.css").read_text(encoding="utf-8")
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]+), (#[0-9a-f]+)\)", CSS)
}
TEXT = [
    *((one, ground) for one in ("ink", "soft", "accent") for ground in ("ground", "sheet", "sunk")),
    *((state, f"{state}-bg") for state in ("bad", "due", "ok", "calm", "sign")),
    *(("ink", f"{state}-bg") for state in ("bad", "due", "ok", "calm", "sign")),
]
EDGES = [("edge", "sheet"), ("edge", "ground"), ("focus", "sheet"), ("focus", "ground"), ("accent", "sunk")]
ON_COLOUR = [("#ffffff", name) for name in ("accent-fill",)]


def luminance(colour: str) -> float:
    """Relative luminance, 0 to 1."""
    short = colour.lstrip("#")
    digits = "".join(c * 2 for c in short) if len(short) == 3 else short
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """1 to 21."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_measure_itself() -> None:
    """Black on white, and a grey that is known to fail."""
    assert contrast("#000", "#fff") == pytest.approx(21)
    assert contrast("#777", "#fff") < 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXT)
def test_text_can_be_read(text: str, ground: str, theme: int) -> None:
    """On every ground that it stands on."""
    assert contrast(TOKENS[text][theme], TOKENS[ground][theme]) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_borders_and_rings_can_be_seen(edge: str, ground: str, theme: int) -> None:
    """Of fields, buttons and whatever has the focus."""
    assert contrast(TOKENS[edge][theme], TOKENS[ground][theme]) >= 3


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "fill"), ON_COLOUR)
def test_buttons_can_be_read(text: str, fill: str, theme: int) -> None:
    """White on the accent."""
    assert contrast(text, TOKENS[fill][theme]) >= 4.5
