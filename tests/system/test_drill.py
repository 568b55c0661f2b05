"""The drill of the operational procedure (docs/how-to/emergency-access.md), as far as a machine can do it.

Rules and root key go wrong on a real installation, and are put back as the page says. Nothing is answered meanwhile.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.system.harness import Hospital


@pytest.fixture(scope="module")
def drilled() -> Iterator[Hospital]:
    """An installation of its own, because it is broken."""
    hospital = Hospital(patients=2)
    try:
        yield hospital
    finally:
        hospital.close()


def refused_to_start(hospital: Hospital) -> str:
    """Why the gateway did not start."""
    before = len(hospital.log.read_text()) if hospital.log.exists() else 0
    with pytest.raises(AssertionError, match="did not start"):
        hospital.start()
    hospital.stop()
    return hospital.log.read_text()[before:]


def answers(hospital: Hospital) -> bool:
    """Start, be ready, answer one question, and verify the log."""
    hospital.start()
    try:
        ready = httpx2.get(hospital.url.removesuffix("/v1") + "/readyz", timeout=20)
        asked = hospital.post("What is her dose?")
    finally:
        hospital.stop()
    return ready.status_code == asked.status_code == 200


def verified(hospital: Hospital) -> bool:
    """`phiward audit verify` holds."""
    command = [sys.executable, "-m", "phiward", "audit", "verify", "--json"]
    done = subprocess.run(command, env=hospital.environment, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode == 0 and bool(json.loads(done.stdout)["holds"])


def test_broken_rules_stop_the_gateway_and_the_last_good_folder_puts_it_back(drilled: Hospital, tmp_path: Path) -> None:
    """`phiward policy check` says which; a rule that forbids is in force after the repair."""
    folder = tmp_path / "rules"
    folder.mkdir()
    good = '@id("no_research") @reason("No research here.")\nforbid (principal, action, resource)\n'
    good += 'when { context has purpose && context.purpose == Purpose::"HRESCH" };\n'
    (folder / "own.cedar").write_text(good.replace("Purpose::", "Purpoze::"))
    drilled.environment["PHIWARD_POLICY_DIR"] = str(folder)
    try:
        assert "policy" in refused_to_start(drilled).lower()
        command = [sys.executable, "-m", "phiward", "policy", "check", str(folder)]
        done = subprocess.run(command, env=drilled.environment, capture_output=True, text=True, timeout=60, check=False)
        assert done.returncode == 2
        del drilled.environment["PHIWARD_POLICY_DIR"]
        assert answers(drilled)
    finally:
        drilled.environment.pop("PHIWARD_POLICY_DIR", None)
    assert verified(drilled)


@pytest.mark.parametrize("fault", ["it is missing", "others may read it"])
def test_without_its_root_key_nothing_starts_and_the_paper_copy_puts_it_back(drilled: Hospital, fault: str) -> None:
    """The log verifies afterwards, and texts of before open."""
    key = drilled.folder / "secrets" / "root.key"
    paper = key.read_bytes()
    if fault == "it is missing":
        key.unlink()
    else:
        key.chmod(0o644)
    refused_to_start(drilled)
    assert not key.exists() or key.stat().st_mode & 0o077
    key.write_bytes(paper)
    key.chmod(0o600)
    assert answers(drilled)
    assert verified(drilled)
