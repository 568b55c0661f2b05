"""A whole C-CDA file."""

import base64
import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.documents import SourceFormat
from phiward.domain.errors import ImportFailedError
from phiward.domain.facts import FactKind
from phiward.records.ccda import reader
from phiward.records.ccda.reader import TYPE, parse_ccda, parse_ccda_bytes
from phiward.records.reading import Limits, Source
from phiward.records.results import ParsedFile, Place

from .files import CANARY, HEAD, HERE, PATIENT, TEMPLATE, Reads, document, sections

SAMPLES = Path(__file__).parents[5] / "shared/data/ccda"
PDF = base64.b64encode(b"first page").decode()
PROBLEM = f"""<section><title>Problems</title><text>Asthma</text><entry><observation><templateId root="{TEMPLATE}4"/>
<value xsi:type="CD" displayName="Asthma"/></observation></entry></section>"""


def read(text: str, extractor: Reads | None = None) -> ParsedFile:
    """What a document says."""
    return parse_ccda_bytes(text.encode(), HERE, extractor=extractor)


def embedded(inner: str, attributes: str = 'mediaType="application/pdf" representation="B64"') -> str:
    """A document whose body is a file."""
    return document(body=f"<component><nonXMLBody><text {attributes}>{inner}</text></nonXMLBody></component>")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(f"<a>{CANARY}</a>", "not a clinical document", id="other XML"),
        pytest.param(document().replace("urn:hl7-org:v3", "urn:x"), "not a clinical document", id="another namespace"),
        pytest.param(document(patient=""), "exactly one patient", id="no patient"),
        pytest.param(document(patient=PATIENT * 2), "exactly one patient", id="two patients"),
        pytest.param(document(head="<title/>"), "no id", id="no id"),
        pytest.param(document(HEAD.replace("effectiveTime", "time")), "effectiveTime is missing", id="no date"),
        pytest.param(document()[:-40], "not well-formed", id="cut off"),
    ],
)
def test_a_broken_document_is_refused(text: str, said: str) -> None:
    """Whole, and without repeating anything of it."""
    with pytest.raises(ImportFailedError, match=said) as caught:
        read(text)
    assert CANARY not in str(caught.value)


def test_data_that_is_not_base64_is_refused() -> None:
    """At its line."""
    with pytest.raises(ImportFailedError, match="text: this is not base64") as caught:
        read(embedded(f"{CANARY}!"), Reads())
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "extractor", "reason"),
    [
        pytest.param(embedded(PDF), None, reader.SKIP_NO_EXTRACTOR, id="nobody reads files"),
        pytest.param(
            embedded(PDF, 'mediaType="x/y" representation="B64"'), Reads(), reader.SKIP_NOT_READ, id="of this type"
        ),
        pytest.param(embedded("<p>x</p>", 'mediaType="text/html"'), Reads(), reader.SKIP_NOT_READ, id="not in base64"),
        pytest.param(embedded('<reference value="x.pdf"/>'), Reads(), reader.SKIP_ELSEWHERE, id="a file beside it"),
        pytest.param(embedded(""), Reads(), reader.SKIP_NO_TEXT, id="empty"),
        pytest.param(document(body=""), None, reader.SKIP_NO_TEXT, id="no body"),
        pytest.param(document(body=sections("<section/>")), None, reader.SKIP_NO_TEXT, id="no narrative"),
    ],
)
def test_a_document_without_readable_text_is_skipped(text: str, extractor: Reads | None, reason: str) -> None:
    """With its reason; the patient is known all the same."""
    parsed = read(text, extractor)
    assert parsed.skipped == {(TYPE, reason): 1}
    assert (parsed.documents, len(parsed.patients), parsed.resources) == ((), 1, 1)


def test_an_embedded_file_is_read_with_its_pages() -> None:
    """And the document says where its text comes from."""
    (one,) = read(embedded(PDF), Reads()).documents
    assert (one.text, one.source, [page.title for page in one.sections]) == ("first page", SourceFormat.PDF, ["Page 1"])
    (plain,) = read(embedded("as it\nstands", 'mediaType="text/plain"')).documents
    assert (plain.text, plain.source) == ("as it\nstands", SourceFormat.CCDA)


def test_a_document_says_its_patient_text_facts_and_relations() -> None:
    """All under one patient, and none of it is printed."""
    parsed = read(document(body=sections(PROBLEM)))
    (who,), (one,), (fact,), (relation,) = parsed.patients, parsed.documents, parsed.facts, parsed.relations
    assert {one.patient, fact.patient, relation.patient} == {who.source_id}
    assert (fact.part_of, relation.source_id, relation.relations) == (one.source_id, one.source_id, ())
    assert (one.text, one.title, one.source) == ("Problems\nAsthma", "Summary", SourceFormat.CCDA)
    assert (parsed.skipped, parsed.unresolved, parsed.retracted) == ({}, {}, ())
    assert CANARY not in repr(parsed)


@pytest.mark.skipif(not SAMPLES.exists(), reason="shared/data is not beside this checkout")
def test_the_twelve_sample_documents_of_hl7_are_read() -> None:
    """Nothing is skipped, no two are taken for one, and their sections stand where they say."""
    parsed = [parse_ccda(Source(path, Place(1, 1, path.name))) for path in sorted(SAMPLES.iterdir())]
    assert [one.skipped for one in parsed] == [{}] * 12
    documents = [one for made in parsed for one in made.documents]
    assert len({one.source_id for one in documents}) == 12
    for one in documents:
        assert len(one.sections) >= 4
        ends = [0, *(section.end for section in one.sections)]
        for before, section in zip(ends, one.sections, strict=False):
            assert before <= section.start < section.end <= len(one.text)
            assert one.text[section.start : section.end].startswith(section.title)


@pytest.mark.skipif(not SAMPLES.exists(), reason="shared/data is not beside this checkout")
def test_no_known_allergies_of_a_sample_is_not_an_allergy() -> None:
    """The second CCD of HL7 says that there are none."""
    path = SAMPLES / "CCD_CCD_2_CCD.xml"
    said = [one.saying for one in parse_ccda(Source(path, HERE)).facts if one.saying.kind is FactKind.ALLERGY]
    assert [(one.label, one.codes, one.status) for one in said] == [("No known allergies", (), "negated")]


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    """Before it is read whole."""
    path = tmp_path / "a.xml"
    path.write_text(document())
    with pytest.raises(ImportFailedError, match="larger than 10 bytes"):
        parse_ccda(Source(path, HERE), Limits(max_file_bytes=10))
    assert parse_ccda(Source(path, HERE)).resources == 1


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(alphabet="<>/!?&;abc\"'= ", max_size=100).map(str.encode)))
def test_no_bytes_raise_anything_but_a_failed_import(data: bytes) -> None:
    """Whatever stands in a file."""
    with contextlib.suppress(ImportFailedError):
        parse_ccda_bytes(data, HERE)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_document_raises_nothing_but_a_failed_import(data: st.DataObject) -> None:
    """Any byte of a sound one changed, or an attribute emptied."""
    sound = document(body=sections(PROBLEM)).encode()
    position = data.draw(st.integers(0, len(sound) - 1))
    byte = data.draw(st.binary(max_size=2))
    with contextlib.suppress(ImportFailedError):
        parse_ccda_bytes(sound[:position] + byte + sound[position + 1 :], HERE)
