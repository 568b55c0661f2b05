"""Invented C-CDA documents for the tests of this folder. Every patient in them is made up."""

from collections import Counter

from lxml import etree

from phiward.domain.documents import Section, SourceFormat
from phiward.records.ccda.elements import Element, Reader, by_id
from phiward.records.ports import Extracted
from phiward.records.results import Place

CANARY = "Zzyzx-Canaria"
"""A name that no message of an error may repeat."""

HERE = Place(1, 1, "invented.xml")
NAMESPACES = (
    'xmlns="urn:hl7-org:v3" xmlns:sdtc="urn:hl7-org:sdtc" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
TEMPLATE = "2.16.840.1.113883.10.20.22.4."
SNOMED, LOINC = "2.16.840.1.113883.6.96", "2.16.840.1.113883.6.1"

PATIENT = f"""<recordTarget><patientRole>
<id root="1.2.3" extension="M-1"/><id root="2.16.840.1.113883.4.1" extension="999-00-0000"/>
<addr><streetAddressLine>1 Road</streetAddressLine><city>Town</city><state>MA</state></addr>
<telecom value="tel:+1(617)555-0101"/>
<patient><name><given>Quilla</given><family>{CANARY}</family></name><birthTime value="19700131"/></patient>
</patientRole></recordTarget>"""
HEAD = """<id root="1.2.3.4" extension="DOC-1"/>
<code code="34133-9" codeSystem="2.16.840.1.113883.6.1" displayName="Summary of episode note"/>
<title>Summary</title><effectiveTime value="20240102080000-0500"/><confidentialityCode code="N"/>"""
SECTION = "<section><title>Plan</title><text><paragraph>Drink water.</paragraph></text></section>"


def sections(*inner: str) -> str:
    """A structured body."""
    parts = "".join(f"<component>{one}</component>" for one in inner)
    return f"<component><structuredBody>{parts}</structuredBody></component>"


def document(head: str = HEAD, patient: str = PATIENT, rest: str = "", body: str | None = None) -> str:
    """A whole document."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<ClinicalDocument {NAMESPACES}>\n{head}\n{patient}\n{rest}\n'
        f"{sections(SECTION) if body is None else body}\n</ClinicalDocument>\n"
    )


def element(xml: str) -> Element:
    """One element, written with or without content; the namespaces are added."""
    name = xml[1:].partition(">")[0].partition(" ")[0].rstrip("/")
    return etree.fromstring(xml.replace(f"<{name}", f"<{name} {NAMESPACES}", 1))


def reader(root: Element | None = None) -> Reader:
    """A reader that knows the narrative ids below the root."""
    return Reader(HERE, by_id(root) if root is not None else {})


def nothing() -> Counter[str]:
    """An empty count of what is unresolved."""
    return Counter()


class Reads:
    """An extractor that reads application/pdf and makes a page of it."""

    def reads(self, media_type: str) -> bool:
        """PDF only."""
        return media_type == "application/pdf"

    def extract(self, data: bytes, media_type: str, place: Place) -> Extracted:
        """The bytes as one page."""
        text = data.decode()
        return Extracted(text, SourceFormat.PDF, (Section(0, len(text), "Page 1"),) if text else ())
