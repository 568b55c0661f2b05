"""The ward once for all stories, the browser once for each module of them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.console.stories.ward import Ward, chromium_path
from tests.provider.harness import provider_modules

__all__ = ["provider_modules"]
BROWSER_TOOLS = Path(__file__).parents[1] / "browser"


@pytest.fixture(scope="session")
def axe_source(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The text of axe-core, from the folder that PHIWARD_TEST_AXE names, or made by `npm ci`."""
    named = os.environ.get("PHIWARD_TEST_AXE", "")
    folder = Path(named) if named else tmp_path_factory.mktemp("axe")
    if not named:
        if shutil.which("npm") is None:
            if os.environ.get("CI"):
                pytest.fail("CI must test with axe-core: PHIWARD_TEST_AXE names no folder, and there is no npm")
            pytest.skip("PHIWARD_TEST_AXE names no folder with axe-core, and there is no npm")
        for name in ("package.json", "package-lock.json"):
            shutil.copy(BROWSER_TOOLS / name, folder / name)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"]
        subprocess.run(command, cwd=folder, check=True, timeout=240)
    return (folder / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def ward(provider_modules: Path) -> Iterator[Ward]:
    """A served hospital."""
    made = Ward(provider_modules)
    try:
        made.start()
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")  # no longer: while Playwright is open its loop runs, and no other test could run one
def browser() -> Iterator[Browser]:
    """A real browser; CI must have one."""
    path = chromium_path()
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("CI must test with a real browser (Debian package chromium)")
        pytest.skip("there is no chromium")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield made
        made.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser of one person."""
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    made.set_default_timeout(30_000)
    yield made
    made.close()
