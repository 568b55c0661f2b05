"""What the desk opens is used in tests/cli/test_retention.py; here, how a reference is read."""

from uuid import UUID, uuid4

import pytest

from phiward.wiring.retention import _opaque


@pytest.mark.parametrize("reference", ["Patient/17", "mrn-1", "", "0" * 31])
def test_a_reference_of_the_record_is_no_opaque_id(reference: str) -> None:
    """It is looked up by its keyed digest."""
    assert _opaque(reference) is None


def test_an_opaque_id_is_taken_as_it_is() -> None:
    """As certificates and the log name a patient."""
    one = uuid4()
    assert _opaque(str(one)) == UUID(str(one)) == one
