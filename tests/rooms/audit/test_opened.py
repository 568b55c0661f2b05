"""Notes of any shard of one log, and of nothing else."""

import pytest

from phiward.audit.checkpoint import Checkpoint
from phiward.audit.note import sign
from phiward.audit.opened import Opened, open_checkpoint
from phiward.audit.signer import Signer
from phiward.domain.errors import AuditIntegrityError

from .made import SIGNER, THIEF

ROOT = b"r" * 32
OTHER_LOG = Signer("hospital.example/audits", SIGNER._private_key)


def under_another_name() -> bytes:
    """Our key signs, as shard 2027, what says that it is shard 2026."""
    text = Checkpoint("hospital.example/audit/2026", 3, ROOT).text()
    return sign("hospital.example/audit/2027", SIGNER._private_key, text)


@pytest.mark.parametrize(
    "note",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe\n", id="no text"),
        pytest.param(THIEF.checkpoint(3, ROOT, "2026"), id="another key"),
        pytest.param(OTHER_LOG.checkpoint(3, ROOT, "2026"), id="another log of the same key"),
        pytest.param(SIGNER.checkpoint(3, ROOT, "2026").replace(b"\n3\n", b"\n4\n"), id="another size"),
        pytest.param(SIGNER.checkpoint(3, ROOT, "2026").replace(b"/2026\n3", b"/2027\n3"), id="another shard"),
        pytest.param(SIGNER.checkpoint(3, ROOT).replace(b"audit\n3", b"audit/x\n3"), id="a shard of no name"),
        pytest.param(under_another_name(), id="signed as another shard"),
    ],
)
def test_what_is_no_checkpoint_of_this_log_is_refused(note: bytes) -> None:
    """Whoever wrote it."""
    with pytest.raises(AuditIntegrityError):
        open_checkpoint(SIGNER.verifier, note)
    opened = Opened([note], SIGNER.verifier)
    assert (opened.valid, len(opened.broken)) == ({}, 1)


def test_checkpoints_are_sorted_by_their_shard_and_size() -> None:
    """However they were kept; the same note counts once."""
    notes = [SIGNER.checkpoint(size, ROOT, shard) for shard in ("2027", "", "2026.2") for size in (9, 3)]
    opened = Opened([*notes, notes[0]], SIGNER.verifier)
    assert opened.shards() == {"", "2026.2", "2027"}
    assert [one.size for one in opened.of("2027")] == [3, 9]
    assert opened.of("2030") == []
