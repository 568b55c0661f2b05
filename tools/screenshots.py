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
from typing import Literal

from playwright.sync_api import Browser, Page, sync_playwright

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


SHOTS = (Shot("console-ask", "a physician", ask), Shot("console-ask-dark", "a physician", ask, theme="dark"))


def main() -> int:
    """Write the pictures; 1 where one is larger than it may be."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--to", type=Path, default=DOCS, help="Folder to write to. Default: docs.")
    to: Path = parser.parse_args().to
    chromium = os.environ.get("PHIWARD_TEST_CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        print("There is no chromium (Debian package chromium).", file=sys.stderr)
        return 2
    too_large = False
    with House(console=True, say=lambda what: print(what, file=sys.stderr)) as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        states: dict[str, Path] = {}
        for shot in SHOTS:
            state = states.get(shot.who)
            context = browser.new_context(
                viewport={"width": 1280, "height": shot.height},
                color_scheme=shot.theme,
                reduced_motion="reduce",
                storage_state=state,
            )
            page = context.new_page()
            page.goto(house.links[shot.who] if state is None else house.links[shot.who].partition("/demo/")[0])
            if state is None:
                states[shot.who] = house.folder / f"{shot.name}.json"
                context.storage_state(path=states[shot.who])
            shot.does(page, house)
            path = to / f"{shot.name}.png"
            path.write_bytes(reduced(browser, page.screenshot()))
            too_large |= path.stat().st_size > MOST_BYTES
            print(f"{path.name}: {path.stat().st_size:,} bytes")
            context.close()
        browser.close()
    return int(too_large)


if __name__ == "__main__":
    sys.exit(main())
