"""The Protocols of this room, and that the test doubles keep to them."""

from uuid import UUID

import pytest

from phiward.domain.patients import PatientRef
from phiward.records.ports import Mac, Sealer

from .fhir_files import BoundSealer, PlainMac

_ONE, _TWO = PatientRef(UUID(int=1)), PatientRef(UUID(int=2))


def test_the_double_of_the_vault_opens_only_where_it_sealed() -> None:
    """A double that opened anywhere would hide a mistake of the adapters."""
    sealer: Sealer = BoundSealer()
    blob = sealer.seal(_ONE, _ONE, _ONE, "document", b"text")
    assert sealer.open(_ONE, _ONE, _ONE, "document", blob) == b"text"
    with pytest.raises(AssertionError):
        sealer.open(_ONE, _TWO, _ONE, "document", blob)


def test_a_digest_depends_on_tenant_label_and_value() -> None:
    """32 bytes, the same for the same."""
    mac: Mac = PlainMac()
    digests = {mac.digest(t, label, v) for t in (None, _ONE) for label in "ab" for v in "xy"}
    assert len(digests) == 8
    assert {len(digest) for digest in digests} == {32}
    assert mac.digest(_ONE, "a", "x") in digests
