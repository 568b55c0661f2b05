"""What a document is."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from lxml import etree

from phiward.domain.access import DataClass, DocumentKind
from phiward.domain.errors import ImportFailedError
from phiward.domain.patients import CareRelation, CareSource
from phiward.records.ccda import header
from phiward.records.ccda.elements import Element

from .files import CANARY, HEAD, document, nothing, reader

WHO = "urn:cda:1.2.3:M-1"
NPI = '<assignedEntity><id root="2.16.840.1.113883.4.6" extension="1234567893"/></assignedEntity>'


def root(head: str = HEAD, rest: str = "") -> Element:
    """A document's root element."""
    return etree.fromstring(document(head, rest=rest).encode())


def service(inner: str, time: str = '<low value="2023"/><high value="20240102"/>') -> str:
    """A service event that others performed."""
    return (
        f"<documentationOf><serviceEvent><effectiveTime>{time}</effectiveTime>{inner}</serviceEvent></documentationOf>"
    )


def relations(rest: str, count: Counter[str] | None = None) -> tuple[CareRelation, ...]:
    """The care relations of a document."""
    return header.relations(root(rest=rest), WHO, "urn:doc", reader(), nothing() if count is None else count).relations


def test_a_document_without_id_or_date_is_refused() -> None:
    """It could not be filed."""
    with pytest.raises(ImportFailedError, match="the document has no id"):
        header.source_id(root("<title>x</title>"), WHO, reader())
    with pytest.raises(ImportFailedError, match="effectiveTime is missing"):
        header.written_at(root('<effectiveTime nullFlavor="UNK"/>'), reader())
    with pytest.raises(ImportFailedError, match="this is not a time") as caught:
        header.written_at(root(f'<effectiveTime value="{CANARY}"/>'), reader())
    assert CANARY not in str(caught.value)


def test_a_document_is_known_by_its_set_its_type_and_its_patient() -> None:
    """A newer version replaces it; another patient's document with the same id does not."""
    one = header.source_id(root(), WHO, reader())
    assert one == f"urn:cda:1.2.3.4:DOC-1:34133-9:{WHO}"
    of_set = HEAD + '<setId root="1.2.3.5" extension="S"/><versionNumber value="2"/>'
    assert header.source_id(root(of_set), WHO, reader()) == f"urn:cda:1.2.3.5:S:34133-9:{WHO}"
    assert header.source_id(root(), "urn:cda:1.2.3:M-2", reader()) != one


def test_what_a_document_replaces_is_taken_back() -> None:
    """By its parent's id and set, its own set apart; an addendum takes nothing back."""
    parent = '<parentDocument><id root="1.9"/><setId root="1.2.3.5" extension="S"/></parentDocument>'
    one = root(rest=f'<relatedDocument typeCode="RPLC">{parent}</relatedDocument>')
    own = f"urn:cda:1.2.3.5:S:34133-9:{WHO}"
    assert header.replaced(one, WHO, own) == (f"urn:cda:1.9::34133-9:{WHO}",)
    assert header.replaced(root(rest=f'<relatedDocument typeCode="APND">{parent}</relatedDocument>'), WHO, own) == ()


def test_title_author_kind_and_time_come_from_the_header() -> None:
    """A person before a system."""
    name = "<name><given>Ann</given><family>Author</family></name>"
    system = "<assignedAuthoringDevice><softwareName>EHR</softwareName></assignedAuthoringDevice>"
    people = f"""<author><assignedAuthor>{system}</assignedAuthor></author>
        <author><assignedAuthor><assignedPerson>{name}</assignedPerson></assignedAuthor></author>"""
    one = root(rest=people)
    assert (header.title(one, reader()), header.author(one), header.kind(one)) == (
        "Summary",
        "Ann Author",
        DocumentKind.CLINICAL_NOTE,
    )
    assert header.written_at(one, reader()) == datetime(2024, 1, 2, 13, tzinfo=UTC)
    assert header.author(root(rest=f"<author><assignedAuthor>{system}</assignedAuthor></author>")) == "EHR"
    assert header.author(root()) is None


def test_a_document_without_a_title_is_called_by_its_type() -> None:
    """And its kind is that of the code or of a translation."""
    code = '<code code="x" displayName="Local summary"><translation code="18842-5"/></code>'
    assert header.title(root(code), reader()) == "Local summary"
    assert header.kind(root(code)) is DocumentKind.DISCHARGE_SUMMARY
    assert header.title(root("<id/>"), reader()) == "Clinical document"


def test_a_confidentiality_that_names_no_class_is_counted() -> None:
    """R and V say that it is restricted and not for what."""
    count = nothing()
    assert header.classes(root(HEAD.replace('code="N"', 'code="R"')), count) == frozenset()
    assert count == {header.NAMES_NO_CLASS: 1}
    assert header.classes(root(), nothing()) == frozenset()


def test_sensitivity_anywhere_in_the_document_is_of_the_document() -> None:
    """In a section's confidentiality code, or in a privacy marking."""
    marked = '<x><confidentialityCode code="HIV"/><value code="ETH" codeSystem="2.16.840.1.113883.5.4"/></x>'
    assert header.classes(root(rest=marked), nothing()) == {DataClass.HIV, DataClass.PART2}
    other = '<value code="ETH" codeSystem="1.2.3"/>'
    assert header.classes(root(rest=other), nothing()) == frozenset()


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        pytest.param(service("<performer/>"), header.NO_NPI, id="nobody"),
        pytest.param(service(f"<performer>{NPI.replace('4.6', '4.7')}</performer>"), header.NO_NPI, id="another root"),
        pytest.param(
            service(f"<performer>{NPI.replace('1234567893', 'KP17')}</performer>"), header.NO_NPI, id="no number"
        ),
        pytest.param(service(f"<performer>{NPI}</performer>", ""), header.NO_START, id="no start"),
        pytest.param(
            service(f"<performer>{NPI}</performer>", '<low value="2024"/><high value="2023"/>'),
            header.NO_START,
            id="backwards",
        ),
    ],
)
def test_a_performer_who_cannot_be_related_is_counted(rest: str, reason: str) -> None:
    """And relates nobody."""
    count = nothing()
    assert relations(rest, count) == ()
    assert count == {reason: 1}


def test_performers_are_related_for_the_time_of_the_service() -> None:
    """Each once; without an end while it goes on."""
    twice = service(f"<performer>{NPI}</performer><performer>{NPI}</performer>")
    start, end = datetime(2023, 1, 1, tzinfo=UTC), datetime(2024, 1, 2, 23, 59, 59, 999999, tzinfo=UTC)
    assert relations(twice) == (CareRelation("Practitioner/1234567893", CareSource.CARE_TEAM, start, end),)
    (going_on,) = relations(service(f"<performer>{NPI}</performer>", '<low value="2023"/>'))
    assert going_on.ends_at is None
    assert relations("") == ()
