"""The places outside the database: what they remember counts, and one that is away is named."""

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.cosignature import WitnessKey
from phiward.audit.ports import Consistency
from phiward.domain.errors import AnchorError
from phiward.settings import Settings
from phiward.wiring.anchors import open_anchors, remembered


@dataclass
class Place:
    """An anchor that remembers, or is away."""

    name: str
    notes: Sequence[bytes] | None
    kind: str = "witness"
    interval_seconds: float = 60.0

    async def keep(self, checkpoint: Checkpoint, note: bytes, consistency: Consistency) -> None:
        """Never called here."""
        raise AssertionError

    async def read(self) -> Sequence[bytes]:
        """What it remembers."""
        if self.notes is None:
            raise AnchorError("away")
        return self.notes


async def test_an_anchor_that_is_away_is_named_and_hides_no_other() -> None:
    """So that a verification says what it did not ask."""
    places = [Place("one", [b"1"]), Place("away", None), Place("two", [b"2", b"3"])]
    memory = await remembered(places)
    assert (memory.notes, memory.silent, memory.hidden) == ([b"1", b"2", b"3"], ["away"], 0)


async def test_the_folder_is_always_among_the_anchors(tmp_path: Path) -> None:
    """The embedded default needs no setting."""
    async with open_anchors(Settings(anchor_dir=tmp_path / "anchors")) as found:
        assert [one.kind for one in found] == ["folder"]


async def test_a_bucket_an_authority_and_witnesses_are_anchors_where_they_are_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each with its interval; nobody is asked yet."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "invented")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "invented")
    witness = WitnessKey("witness.example", Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    certificates = tmp_path / "tsa.pem"
    made = ["openssl", "req", "-x509", "-newkey", "ed25519", "-nodes", "-keyout", "/dev/null", "-subj", "/CN=tsa"]
    subprocess.run([*made, "-out", str(certificates)], check=True, capture_output=True)  # noqa: ASYNC221 - a test
    settings = Settings(
        anchor_dir=tmp_path / "anchors",
        anchor_s3="s3://bucket/log",
        anchor_s3_endpoint="http://localhost:9",
        anchor_s3_region="us-east-1",
        anchor_s3_seconds=60,
        anchor_tsa_url="http://localhost:9/tsa",
        anchor_tsa_certificates=certificates,
        anchor_witnesses={"http://localhost:9/witness": witness.text()},
    )
    async with open_anchors(settings) as anchors:
        found = {one.kind: one.interval_seconds for one in anchors}
    assert found == {"folder": 1.0, "object_lock": 60.0, "timestamp": 3600.0, "witness": 60.0}
