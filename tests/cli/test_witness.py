"""`phiward witness`."""

import json
import subprocess
import urllib.request
from pathlib import Path

import pytest

from phiward.audit.cosignature import WitnessKey
from tests.witness.running import NAME, SIGNER, THIEF, command, running


def typed(*words: str) -> subprocess.CompletedProcess[str]:
    """Run to its end."""
    return subprocess.run(command(*words), capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("more", "names"),
    [
        pytest.param(("--log", "nothing"), "--log", id="a key that is none"),
        pytest.param(("--log", SIGNER.verifier.text(), "--log", THIEF.verifier.text()), "--log", id="two of one log"),
        pytest.param(("--log", SIGNER.verifier.text(), "--host", "0.0.0.0"), "--host", id="no certificate"),  # noqa: S104
        pytest.param((), "--log", id="no log"),
    ],
)
def test_bad_options_are_named(tmp_path: Path, more: tuple[str, ...], names: str) -> None:
    """Before anything is made."""
    done = typed("serve", "--state", str(tmp_path / "state"), "--name", NAME, *more)
    assert done.returncode == 2
    assert names in done.stderr
    assert not (tmp_path / "state").exists()


def test_the_key_that_is_printed_is_the_one_that_serves(tmp_path: Path) -> None:
    """Made at the first use, whichever comes first; a bad name is named."""
    words = ("key", "--state", str(tmp_path / "state"), "--json", "--name")
    assert typed(*words, "two words").returncode == 2
    key = json.loads(typed(*words, NAME).stdout)["witness_key"]
    assert WitnessKey.parse(key).name == NAME
    with running(tmp_path / "state") as (url, _), urllib.request.urlopen(url, timeout=20) as answer:
        assert answer.read().decode() == f"{key}\n"
