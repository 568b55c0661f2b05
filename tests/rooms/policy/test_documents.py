"""What is said of one document."""

from uuid import UUID

from phiward.domain.access import DocumentField, DocumentKind
from phiward.domain.patients import DocumentId
from phiward.domain.verdict import Deny, Permit
from phiward.policy.documents import FIELDS, DocumentFacts, Readable, decided

NOTE = DocumentFacts(DocumentId(UUID(int=1)), DocumentKind.CLINICAL_NOTE)


def test_only_permitted_fields_may_be_read_and_the_text_says_why():
    """Title and date open, text closed."""
    said = {DocumentField.TEXT: Deny("closed", "Because.")}
    got = Readable(NOTE.id, *decided([said.get(field, Permit("open")) for field in FIELDS]))
    assert got.fields == {DocumentField.TITLE, DocumentField.DATE}
    assert (got.rule, got.reason) == ("closed", "Because.")


def test_an_open_text_has_no_reason():
    """There is nothing to excuse."""
    got = Readable(NOTE.id, *decided([Permit("open")] * len(FIELDS)))
    assert (got.fields, got.rule, got.reason) == (frozenset(DocumentField), "open", None)
