"""What holds on every page and in every state: axe, no sideways overflow, a ring that nothing covers, large targets."""

from typing import Any, Literal

from playwright.sync_api import Page

WIDTHS = (1280, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

RUN_AXE = """async () => {
  const found = await axe.run(document, { resultTypes: ["violations"] });
  return found.violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target).join(" | ")}`);
}"""
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL = """() => [...document.querySelectorAll("a, button, input:not([type=hidden]), select, textarea, summary")]
  .filter((one) => one.checkVisibility() && !one.closest(".skip") && !one.classList.contains("skip"))
  .filter((one) => !(one.tagName === "A" && getComputedStyle(one).display === "inline"))  // in a line of text: exempt
  .map((one) => [one, one.closest("label") || one])
  .filter(([, target]) => { const box = target.getBoundingClientRect(); return box.height < 24 || box.width < 24; })
  .map(([one]) => one.outerHTML.slice(0, 120))"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  const x = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
  const y = Math.min(Math.max(box.y + box.height / 2, 0), innerHeight - 1);
  const top = document.elementFromPoint(x, y);
  return {
    what: one.outerHTML.slice(0, 120),
    ring: parseFloat(style.outlineWidth) >= 3 && style.outlineStyle !== "none",
    covered: !(top && (one.contains(top) || top.contains(one) || top.closest("label")?.contains(one))),
  };
}"""
CONTROLS = """() => [...document.querySelectorAll("a[href], button, input, select, textarea, summary")]
  .filter((one) => one.checkVisibility() && one.type !== "hidden" && !one.disabled).length"""


def axe(page: Page, source: str) -> list[str]:
    """Violations of all of axe's rules. The policy of the page stays: axe is put in by the browser's own tools."""
    session = page.context.new_cdp_session(page)
    session.send("Page.setBypassCSP", {"enabled": False})
    session.send("Runtime.evaluate", {"expression": source + "\n;undefined", "awaitPromise": False})
    found: list[str] = page.evaluate(RUN_AXE)
    session.detach()
    return found


def sound(page: Page, source: str) -> dict[str, Any]:
    """What is wrong with a page as it stands, in both themes and both widths; empty where nothing is."""
    wrong: dict[str, Any] = {}
    before = page.viewport_size or {"width": WIDTHS[0], "height": 900}
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # a colour on its way is none
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            found = axe(page, source)
            if over := page.evaluate(OVERFLOW):
                found.append(f"{over} px too wide")
            found += [f"small: {one}" for one in page.evaluate(SMALL)]
            if found:
                wrong[f"{theme} {width}"] = found
    page.set_viewport_size({"width": before["width"], "height": before["height"]})
    page.emulate_media(color_scheme="light")
    return wrong


def walk(page: Page) -> list[str]:
    """Tab through every control of a page; what has no ring of 3 px, or is covered, or is never reached."""
    page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }")
    wanted, reached, wrong = page.evaluate(CONTROLS), set(), []
    for _ in range(wanted + 10):
        page.keyboard.press("Tab")
        told = page.evaluate(FOCUSED)
        if told is None:
            continue
        reached.add(told["what"])
        wrong += [told["what"]] if not told["ring"] or told["covered"] else []
    return wrong


def narrow(page: Page) -> list[str]:
    """Sentences that have less than half of a phone's width."""
    page.set_viewport_size({"width": WIDTHS[1], "height": 900})
    script = "() => [...document.querySelectorAll('.said li > span:first-child')].map((one) => one.offsetWidth)"
    found = [f"{width} px" for width in page.evaluate(script) if width < WIDTHS[1] / 2]
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    return found
