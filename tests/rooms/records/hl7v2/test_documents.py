"""MDM messages."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from phiward.domain.access import DataClass, DocumentKind
from phiward.records.hl7v2 import documents
from phiward.records.hl7v2.documents import Filed, filed
from phiward.records.results import DocumentRecord

from .feeds import PID, msh, nothing, parsed, segment

LINE = "OBX|1|TX|T^Text||It went well."
HEAD = {"f2": "DS^Discharge Summary", "f4": "20240102", "f9": "D-1^Author^Ann^^^^MD", "f12": "^^DOC-1^HOSP"}


def made(event: str, *lines: str, count: Counter[str] | None = None, **fields: str) -> Filed:
    """What a message of this event states, with these fields of TXA."""
    message = parsed(msh(f"MDM^{event}"), PID, segment("TXA", **(HEAD | fields)), *lines)
    return filed(message, "urn:hl7v2:HOSP:MRN-7", None, nothing() if count is None else count)


def document(event: str = "T02", *lines: str, **fields: str) -> DocumentRecord:
    """Its document."""
    found = made(event, *(lines or (LINE,)), **fields).document
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("filed_as", "reason"),
    [
        pytest.param(made("T02", LINE, f12=""), documents.SKIP_NO_NUMBER, id="no number"),
        pytest.param(made("T02"), documents.SKIP_NO_TEXT, id="no text"),
        pytest.param(
            filed(parsed(msh("MDM^T02"), PID, LINE), "p", None, nothing()), documents.SKIP_NO_NUMBER, id="no TXA"
        ),
    ],
)
def test_a_document_that_cannot_be_filed_is_skipped(filed_as: Filed, reason: str) -> None:
    """With a fixed sentence."""
    assert (filed_as.document, filed_as.reason, filed_as.retracted) == (None, reason, [])


def test_a_document_without_any_date_is_skipped() -> None:
    """Neither activity, nor origin, nor message says when."""
    message = parsed(msh("MDM^T02", sent=""), PID, segment("TXA", **(HEAD | {"f4": ""})), LINE)
    assert filed(message, "p", None, nothing()).reason == documents.SKIP_NO_DATE


@pytest.mark.parametrize(
    ("event", "fields"),
    [pytest.param("T11", {}, id="cancelled"), pytest.param("T08", {"f19": "CA"}, id="its availability is cancelled")],
)
def test_a_cancelled_document_is_taken_back(event: str, fields: dict[str, str]) -> None:
    """Under the id under which it was stated."""
    found = made(event, LINE, **fields)
    assert (found.document, found.retracted) == (None, [document().source_id])


def test_a_replacement_takes_back_what_it_replaces() -> None:
    """T10 only: an addendum leaves its parent as it is."""
    parent = document(f12="^^DOC-0^HOSP").source_id
    assert made("T10", LINE, f13="^^DOC-0^HOSP").retracted == [parent]
    assert made("T06", LINE, f13="^^DOC-0^HOSP").retracted == []
    assert made("T10", LINE, f13="^^DOC-1^HOSP").retracted == []


def test_a_document_is_filed_with_its_head() -> None:
    """Number, date, author, type."""
    found = document()
    assert found.source_id == "urn:hl7v2:document:HOSP:DOC-1"
    assert (found.title, found.kind) == ("Discharge Summary", DocumentKind.DISCHARGE_SUMMARY)
    assert (found.text, found.author) == ("It went well.", "Ann Author, MD")
    assert found.written_at == datetime(2024, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fields", "title", "kind"),
    [
        pytest.param({"f2": "OP"}, "Operative report", DocumentKind.CLINICAL_NOTE, id="a code of table 0270"),
        pytest.param({"f2": "11502-2^Lab report^LN"}, "Lab report", DocumentKind.RESULT, id="LOINC"),
        pytest.param({"f2": "XY"}, "Document", DocumentKind.CLINICAL_NOTE, id="unknown"),
        pytest.param(
            {"f2": "OP", "f17": "DI"}, "Operative report (not authenticated)", DocumentKind.CLINICAL_NOTE, id="dictated"
        ),
        pytest.param({"f2": "OP", "f17": "LA"}, "Operative report", DocumentKind.CLINICAL_NOTE, id="signed"),
    ],
)
def test_title_and_kind_come_from_the_type(fields: dict[str, str], title: str, kind: DocumentKind) -> None:
    """And say when nobody has signed."""
    found = document(**fields)
    assert (found.title, found.kind) == (title, kind)


def test_a_confidentiality_that_names_no_class_is_counted() -> None:
    """R and V say that it is restricted and not for what."""
    count = nothing()
    found = made("T02", LINE, f18="V", count=count).document
    assert found is not None
    assert found.classes == frozenset()
    assert count[documents.CONFIDENTIALITY] == 1
    assert document(f18="PSYTHPN").classes == {DataClass.PSYCHOTHERAPY}


def test_parts_that_are_no_text_are_counted() -> None:
    """A figure within a document is not lost without a word."""
    count = nothing()
    made("T02", LINE, "OBX|2|NM|X^X||1", count=count)
    assert count[documents.PART_NOT_READ] == 1
