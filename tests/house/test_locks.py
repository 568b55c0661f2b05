"""The lock files: every pin has its hashes, none names an index, and no licence binds what links to it."""

import re
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.house.places import ROOT

LOCKS = sorted((ROOT / "requirements").glob("*.lock"))
MEASURED = "peers-gateways.lock"
"""Other gateways, in an environment of their own, for `make bench-leak` alone."""
_PIN = re.compile(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?==([^\s;\\]+)([^\\]*)\\?$")
_HASH = re.compile(r"^ {4}--hash=sha256:[0-9a-f]{64}( \\)?$")
_BINDING = re.compile(r"(?<!L)(?<!Lesser )\b(?:A?GPL|(?:GNU )?(?:Affero )?General Public License)", re.IGNORECASE)
_LESSER = re.compile(
    r"LGPL|Lesser General Public|Library or Lesser|MIT OR GPL|GPL.* OR (?:MIT|Apache|BSD)", re.IGNORECASE
)


def pins(text: str) -> dict[str, list[str]]:
    """Each requirement line, and its hash lines. Raises AssertionError at any other line."""
    found: dict[str, list[str]] = {}
    name = ""
    for line in text.splitlines():
        if _PIN.match(line):
            name = line
            found[name] = []
        elif _HASH.match(line):
            found[name].append(line)
        else:
            raise AssertionError("a line that is neither a pin nor a hash")
    return found


def binding(licence: str) -> bool:
    """Whether a licence text is of the GPL or AGPL and nothing else may be chosen."""
    return bool(_BINDING.search(licence)) and not _LESSER.search(licence)


def licence_file(name: str) -> str:
    """The beginning of the licence file of an installed package; "" if it ships none."""
    files = distribution(name).files or []
    texts = [Path(str(one.locate())) for one in files if one.name.upper().startswith(("LICEN", "COPYING"))]
    return texts[0].read_text(encoding="utf-8")[:400] if texts else ""


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("--index-url https://example.org/simple", id="an index"),
        pytest.param("-e .", id="an editable"),
        pytest.param("x @ https://example.org/x.whl", id="an address"),
        pytest.param("x>=1", id="not pinned"),
        pytest.param("x==1 \\\n    --hash=md5:00", id="a weak hash"),
    ],
)
def test_anything_but_pins_and_hashes_is_refused(text: str) -> None:
    """The reader of the rule."""
    with pytest.raises(AssertionError):
        pins(text)


@pytest.mark.parametrize(
    ("licence", "binds"),
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("GNU Affero General Public License v3", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3 (LGPLv3)", False),
        ("MIT", False),
        ("MPL-2.0 AND MIT", False),
    ],
)
def test_licences_are_told_apart(licence: str, binds: bool) -> None:
    """psycopg is LGPL, which binds only changes to itself."""
    assert binding(licence) == binds


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_pin_has_hashes_and_no_line_names_an_index(lock: Path) -> None:
    """So that --require-hashes installs the same bytes from any mirror."""
    text = lock.read_text(encoding="ascii")
    found = pins(text)
    assert found
    assert [pin for pin, hashes in found.items() if not hashes] == []
    assert "://" not in text


def test_the_development_lock_holds_the_runtime_versions() -> None:
    """What is tested is what runs."""
    runtime, dev = (pins((ROOT / "requirements" / f"{name}.lock").read_text()) for name in ("runtime", "dev"))
    tested = {line.partition(" ")[0] for line in dev}  # a test tool may widen the platforms of a pin, never its version
    assert [line for line in runtime if line.partition(" ")[0] not in tested] == []


def test_a_rival_gateway_and_its_like_are_not_among_us() -> None:
    """No dependency on litellm; no framework that echoes what it was sent. Only the leak suite starts it, apart."""
    for lock in LOCKS:
        if lock.name == MEASURED:
            continue
        names = {line.split("==")[0].split("[")[0] for line in pins(lock.read_text())}
        assert "litellm" not in names
        assert lock.name == "upstream.lock" or "fastapi" not in names


def test_no_installed_package_of_the_locks_is_under_the_gpl() -> None:
    """Read from the packages themselves, as they are installed here."""
    names = {
        line.split("==")[0].split("[")[0]
        for lock in LOCKS
        if lock.name != "upstream.lock"
        for line in pins(lock.read_text())
    }
    looked_at, bound = 0, []
    for name in sorted(names):
        try:
            found = distribution(name).metadata
        except PackageNotFoundError:
            continue  # for another platform or Python
        looked_at += 1
        classifiers = [one for one in found.get_all("Classifier") or [] if one.startswith("License")]
        said = "; ".join([found.get("License-Expression") or found.get("License") or "", *classifiers])[:400]
        said = said or licence_file(name)
        if not said or binding(said):
            bound.append(f"{name}: {said}")
    assert looked_at > 60, "the environment of the lock files is not installed"
    assert bound == []
