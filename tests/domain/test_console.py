"""Values of the pages do not print what they hold of a person."""

from phiward.domain.console import PatientCard
from tests.console.twins import ZORA, signed


def test_neither_a_patient_nor_a_person_is_printed() -> None:
    """In a log, a traceback or a test's message."""
    assert "TESTCASE" not in repr(ZORA)
    assert "MRN-1" not in repr(ZORA)
    assert "Mockridge" not in repr(signed())
    assert isinstance(ZORA, PatientCard)
