"""`python tools/screenshots.py`: pictures of the running console, made in a real browser on the synthetic hospital.

It starts what `phiward demo` starts, enters by the links that it prints, and writes docs/console-*.png, in 64 colours
so that they stay small. Needs Playwright (requirements/dev.lock) and Debian's chromium. A new picture: a row of SHOTS.
"""

import argparse
import base64
import os
import shutil
import struct
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from phiward.cli.demo_house import House

DOCS = Path(__file__).parents[1] / "docs"
MOST_BYTES = 200_000
QUESTION = "Which medication was changed, to what dose, and what follow-up was planned?"


COLOURS = 64
REDUCE = """async ([data, most]) => {
  const image = new Image();
  image.src = "data:image/png;base64," + data;
  await image.decode();
  const draw = new OffscreenCanvas(image.width, image.height).getContext("2d");
  draw.drawImage(image, 0, 0);
  const pixels = new Uint32Array(draw.getImageData(0, 0, image.width, image.height).data.buffer), count = new Map();
  for (const one of pixels) count.set(one, (count.get(one) || 0) + 1);
  const kept = [...count].sort((a, b) => b[1] - a[1]).slice(0, most).map(([one]) => one);
  const far = (a, b) => [0, 8, 16].reduce((sum, by) => sum + ((a >> by & 255) - (b >> by & 255)) ** 2, 0);
  const place = new Map([...count.keys()].map((one) => [one, kept
    .map((other, at) => [far(one, other), at]).reduce((a, b) => (b[0] < a[0] ? b : a))[1]]));
  let text = "";
  for (const one of pixels) text += String.fromCharCode(place.get(one));
  return { width: image.width, height: image.height, colours: kept.map((c) => [c & 255, c >> 8 & 255, c >> 16 & 255]),
           places: btoa(text) };
}"""


def reduced(browser: Browser, png: bytes) -> bytes:
    """The same picture in its COLOURS most frequent colours, as a PNG with a palette (W3C PNG, colour type 3)."""
    page = browser.new_page()
    made = page.evaluate(REDUCE, [base64.b64encode(png).decode(), COLOURS])
    page.close()
    width, height, places = made["width"], made["height"], base64.b64decode(made["places"])
    rows = b"".join(b"\0" + places[at : at + width] for at in range(0, len(places), width))
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", bytes(part for colour in made["colours"] for part in colour)),
        (b"IDAT", zlib.compress(rows, 9)),
        (b"IEND", b""),
    )
    packed = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def ask(page: Page, house: House) -> None:
    """A question about one's own patient, answered."""
    page.get_by_label("Name or number").fill(house.patient_mrn)
    page.get_by_role("button", name="Search").click()
    page.get_by_text("1 patient found").wait_for()
    page.locator("#list a").first.click()
    page.wait_for_url("**/ask/**")
    page.get_by_label("Ask about").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    page.wait_for_url("**/answers/**")


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: who enters, what is done, and how it is taken. `height` in pixels at a width of 1280."""

    name: str
    who: str
    does: Callable[[Page, House], None]
    height: int = 1120
    theme: Literal["light", "dark"] = "light"


def at(path: str) -> Callable[[Page, House], None]:
    """A page by its address."""

    def go(page: Page, house: House) -> None:
        page.goto(house.links["a physician"].partition("/demo/")[0] + path)

    return go


def search(page: Page, house: House) -> None:
    """What happened, in the log."""
    at("/audit")(page, house)
    page.get_by_role("button", name="Search", exact=True).click()
    page.locator("#res").wait_for()


def entry(page: Page, house: House) -> None:
    """A question in the log, with its proof."""
    search(page, house)
    page.get_by_role("row").filter(has_text="Asked a model").first.get_by_role("link").first.click()
    page.locator("#pr").wait_for()


def access(page: Page, house: House) -> None:
    """Who looked at one record."""
    at("/access")(page, house)
    page.locator("#main").get_by_label("Patient's number").first.fill(house.patient_mrn)
    page.get_by_role("button", name="Show who looked").click()


def person(page: Page, house: House) -> None:
    """The first of the list."""
    at("/people")(page, house)
    page.locator("#list a").first.click()
    page.wait_for_url("**/people/*-*")


PHYSICIAN, OFFICER, ENGINEER = "a physician", "a privacy officer", "an engineer"
SHOTS = (
    Shot("console-ask", PHYSICIAN, ask),
    Shot("console-ask-dark", PHYSICIAN, ask, theme="dark"),
    Shot("console-audit", OFFICER, entry, height=920),
    Shot("console-health", ENGINEER, at("/health"), height=900),
)
"""What the documents show."""
EVERY: tuple[tuple[str, str, Callable[[Page, House], None]], ...] = (
    ("patients", PHYSICIAN, at("/patients")), ("answer", PHYSICIAN, ask), ("emergency", PHYSICIAN, at("/emergency")),
    ("account", PHYSICIAN, at("/account")), ("refused", PHYSICIAN, at("/audit")), ("queue", OFFICER, at("/queue")),
    ("access", OFFICER, access), ("audit", OFFICER, search), ("audit-entry", OFFICER, entry),
    ("people", OFFICER, at("/people")), ("person", OFFICER, person), ("vendors", ENGINEER, at("/vendors")),
    ("health", ENGINEER, at("/health")), ("people-engineer", ENGINEER, at("/people")),
)  # fmt: skip
"""Every page, to be looked at: whole, in both themes, at 1280 and 390 px."""


def entered(browser: Browser, house: House, who: str, states: dict[str, Path], **how: Any) -> BrowserContext:
    """A browser of somebody: by the link that the demo prints, once, and by her session after that."""
    context = browser.new_context(reduced_motion="reduce", storage_state=states.get(who), **how)
    if who not in states:
        context.new_page().goto(house.links[who])
        states[who] = house.folder / f"{len(states)}.json"
        context.storage_state(path=states[who])
    return context


def take(browser: Browser, house: House, states: dict[str, Path], to: Path) -> bool:
    """Those of the documents; whether each is as small as it must be."""
    small = True
    for shot in SHOTS:
        viewport = {"width": 1280, "height": shot.height}
        context = entered(browser, house, shot.who, states, viewport=viewport, color_scheme=shot.theme)
        page = context.new_page()
        at("/")(page, house)
        shot.does(page, house)
        path = to / f"{shot.name}.png"
        path.write_bytes(reduced(browser, page.screenshot()))
        small &= path.stat().st_size <= MOST_BYTES
        print(f"{path.name}: {path.stat().st_size:,} bytes")
        context.close()
    return small


def take_every(browser: Browser, house: House, states: dict[str, Path], to: Path) -> None:
    """Every page, whole."""
    for name, who, does in EVERY:
        for theme in ("light", "dark"):
            for width in (1280, 390):
                viewport = {"width": width, "height": 900}
                context = entered(browser, house, who, states, viewport=viewport, color_scheme=theme)
                page = context.new_page()
                at("/")(page, house)
                does(page, house)
                page.screenshot(path=to / f"{name}-{theme}-{width}.png", full_page=True)
                context.close()
        print(name)


def main() -> int:
    """Write the pictures; 1 where one is larger than it may be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--to", type=Path, default=DOCS, help="Folder to write to. Default: docs.")
    parser.add_argument("--every", action="store_true", help="Every page in both themes and widths, to be looked at.")
    options = parser.parse_args()
    chromium = os.environ.get("PHIWARD_TEST_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        print("There is no chromium (Debian package chromium).", file=sys.stderr)
        return 2
    small = True
    with House(console=True, say=lambda what: print(what, file=sys.stderr)) as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        states: dict[str, Path] = {}
        if options.every:
            options.to.mkdir(parents=True, exist_ok=True)
            take_every(browser, house, states, options.to)
        else:
            small = take(browser, house, states, options.to)
        browser.close()
    return int(not small)


if __name__ == "__main__":
    sys.exit(main())
