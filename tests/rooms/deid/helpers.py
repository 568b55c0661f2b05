"""Invented patients and short ways to call the room."""

from datetime import date
from uuid import UUID

from phiward.deid.conversation import Conversation
from phiward.deid.deidentifier import Deidentifier
from phiward.deid.restore import reidentify
from phiward.deid.spans import Detector
from phiward.domain.patients import Identifier, IdentifierKind, KnownPatient, PatientRef

K = IdentifierKind
TODAY = date(2026, 3, 1)


def patient(*identifiers: tuple[IdentifierKind, str], birth_date: date | None = None, number: int = 1) -> KnownPatient:
    """A patient with these identifiers."""
    return KnownPatient(
        PatientRef(UUID(int=number)),
        1,
        tuple(Identifier(kind, value) for kind, value in identifiers),
        birth_date,
    )


OKAFOR = patient(
    (K.GIVEN, "Margaret"),
    (K.FAMILY, "Okafor"),
    (K.FULL_NAME, "Margaret Okafor"),
    (K.NICKNAME, "Peggy"),
    (K.RELATIVE, "Susan Okafor"),
    (K.MRN, "MRN-00482915"),
    (K.SSN, "987-65-4320"),
    (K.PHONE, "+1 (555) 010-4477"),
    (K.EMAIL, "m.okafor@example.org"),
    (K.STREET, "12 Elm Street Apt 3"),
    (K.CITY, "Springfield"),
    (K.POSTAL_CODE, "62704"),
    (K.ACCOUNT, "77-120-9934"),
    (K.BIRTH_DATE, "1949-07-22"),
    birth_date=date(1949, 7, 22),
)
WILL_BROWN = patient((K.GIVEN, "Will"), (K.FAMILY, "Brown"), (K.FULL_NAME, "Will Brown"), number=2)
DEIDENTIFIER = Deidentifier()


def conversation(known: KnownPatient | None = None) -> Conversation:
    """A fresh one, with every shipped rule."""
    return DEIDENTIFIER.conversation(known, TODAY)


def hide(text: str, known: KnownPatient | None = None) -> str:
    """The transformed text; the way back is checked on the way."""
    one = conversation(known)
    hidden = one.hide(text)
    assert reidentify(hidden, one.placeholders) == text
    return hidden


def found(detector: Detector, text: str) -> list[tuple[str, str]]:
    """(category, text) of every span of one detector, in order of place."""
    spans = sorted(set(detector.find(text)), key=lambda span: (span.start, -span.end))
    return [(str(span.category), text[span.start : span.end]) for span in spans]
