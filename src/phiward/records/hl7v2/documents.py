"""MDM: a transcribed document, its changes, and its end.

T02, T04, T06, T08 and T10 carry the document; T10 also takes back the one that it replaces, T11 takes back its own.
The others only announce what a message with the text says anew. Source: HL7 v2.8 chapter 9, TXA; tables 0270-0273.
"""

from collections import Counter
from dataclasses import dataclass, field

from phiward.domain.access import DocumentKind
from phiward.domain.trust import Trust
from phiward.records.fhir.labels import KINDS, SENSITIVITY
from phiward.records.hl7v2.identifiers import display_name
from phiward.records.hl7v2.message import Message, Segment
from phiward.records.hl7v2.patient import authority
from phiward.records.hl7v2.text import compose, is_text
from phiward.records.hl7v2.values import ENCAPSULATED
from phiward.records.ports import Extractor
from phiward.records.results import DocumentRecord

WITH_TEXT = frozenset({"T02", "T04", "T06", "T08", "T10"})
CANCEL = "T11"
SKIP_NO_TEXT = "it carries no text that is read"
SKIP_NO_NUMBER = "it has no unique document number"
SKIP_NO_DATE = "it has no date"
SKIP_CANCELLED = "the document was cancelled"
CONFIDENTIALITY = "a confidentiality status names no class of data"
PART_NOT_READ = "a part of a document is of a type that is not read"

_REPLACES = "T10"
_TYPES = {
    "AR": ("Autopsy report", DocumentKind.RESULT),
    "CD": ("Cardiodiagnostics", DocumentKind.RESULT),
    "CN": ("Consultation", DocumentKind.CLINICAL_NOTE),
    "DI": ("Diagnostic imaging", DocumentKind.RESULT),
    "DS": ("Discharge summary", DocumentKind.DISCHARGE_SUMMARY),
    "ED": ("Emergency department report", DocumentKind.CLINICAL_NOTE),
    "HP": ("History and physical examination", DocumentKind.CLINICAL_NOTE),
    "OP": ("Operative report", DocumentKind.CLINICAL_NOTE),
    "PC": ("Psychiatric consultation", DocumentKind.CLINICAL_NOTE),
    "PH": ("Psychiatric history and physical examination", DocumentKind.CLINICAL_NOTE),
    "PN": ("Procedure note", DocumentKind.CLINICAL_NOTE),
    "PR": ("Progress note", DocumentKind.CLINICAL_NOTE),
    "SP": ("Surgical pathology", DocumentKind.RESULT),
    "TS": ("Transfer summary", DocumentKind.CLINICAL_NOTE),
}
"""Table 0270: code → its words, and the kind of document."""
_AUTHENTICATED = frozenset({"AU", "LA"})
_USUAL = frozenset({"U", "1"})


@dataclass(slots=True)
class Filed:
    """The document that a message states, or why there is none (a fixed sentence); and what it takes back."""

    document: DocumentRecord | None = None
    reason: str = ""
    retracted: list[str] = field(default_factory=list, repr=False)


def filed(message: Message, patient: str, extractor: Extractor | None, unresolved: Counter[str]) -> Filed:
    """One MDM with text, or T11. `patient` is the source id. Raises ImportFailedError at a broken field."""
    head = message.first("TXA")
    key = _key(message, head, 12) if head is not None else None
    if head is None or key is None:
        return Filed(reason=SKIP_NO_NUMBER)
    if message.event == CANCEL or head.text(19) == "CA":
        return Filed(reason=SKIP_CANCELLED, retracted=[key])
    parent = _key(message, head, 13) if message.event == _REPLACES else None
    retracted = [parent] if parent is not None and parent != key else []
    body = [one for one in message.segments if one.name == "OBX" and (is_text(one) or one.text(2) == ENCAPSULATED)]
    unresolved[PART_NOT_READ] += sum(1 for _ in message.all("OBX")) - len(body)
    draft = compose(body, extractor, unresolved)
    if not draft.text:
        return Filed(reason=SKIP_NO_TEXT, retracted=retracted)
    written = head.moment(4) or head.moment(6) or message.header.moment(7)
    if written is None:
        return Filed(reason=SKIP_NO_DATE, retracted=retracted)
    title, kind = _type(head)
    status = (head.text(17) or "").upper()
    confidentiality = head.text(18) or ""
    unresolved[CONFIDENTIALITY] += confidentiality not in SENSITIVITY and confidentiality not in _USUAL | {""}
    document = DocumentRecord(
        key,
        patient,
        written,
        title if status in _AUTHENTICATED | {""} else f"{title} (not authenticated)",
        draft.text,
        head.place,
        kind,
        frozenset({SENSITIVITY[confidentiality]} if confidentiality in SENSITIVITY else ()),
        author=_author(head),
        sections=tuple(draft.sections),
        source=draft.source,
        trust=Trust.STAFF,  # an interface of the organisation's own
    )
    return Filed(document, retracted=retracted)


def _key(message: Message, head: Segment, number: int) -> str | None:
    """ "urn:hl7v2:document:<who gave the number>:<number>"."""
    parts = head.parts(number)
    written = (parts[0].text(1) or parts[0].text(3)) if parts else None
    return None if written is None else f"urn:hl7v2:document:{authority(parts[0], 2, message)}:{written}"


def _type(head: Segment) -> tuple[str, DocumentKind]:
    parts = head.parts(2)
    code = (parts[0].text(1) or "") if parts else ""
    title, kind = _TYPES.get(code, ("Document", KINDS.get(code, DocumentKind.CLINICAL_NOTE)))
    return (parts[0].text(2) or parts[0].text(5) if parts else None) or title, kind


def _author(head: Segment) -> str | None:
    """The originator (TXA-9), else the first who carried the activity out (TXA-5)."""
    for number in (9, 5):
        for part in head.parts(number):
            if (name := display_name(part)) is not None:
                return name
    return None
