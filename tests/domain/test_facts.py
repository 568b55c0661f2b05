"""A fact does not print what it says, and is read as the kind of document that fits."""

from uuid import uuid4

import pytest

from phiward.domain.access import DocumentKind
from phiward.domain.facts import DOCUMENT_KINDS, Fact, FactId, FactKind, Saying
from phiward.domain.patients import PatientRef

CANARY = "Zelda Quagmire"


def test_a_fact_prints_neither_label_nor_value() -> None:
    """Nor the further words."""
    saying = Saying(FactKind.RESULT, CANARY, value=CANARY, detail=CANARY)
    assert CANARY not in repr(Fact(FactId(uuid4()), PatientRef(uuid4()), 1, saying))


@pytest.mark.parametrize("kind", FactKind)
def test_every_kind_of_fact_is_read_as_some_kind_of_document(kind: FactKind) -> None:
    """A kind without one could be decided by no policy; a record may say another."""
    assert Saying(kind, "x").read_as is DOCUMENT_KINDS[kind]
    assert Saying(kind, "x", document_kind=DocumentKind.BILLING).read_as is DocumentKind.BILLING
