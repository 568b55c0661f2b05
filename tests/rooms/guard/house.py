"""Two invented patients, the index of both, and the ways to cut a text."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

from phiward.domain.patients import Identifier, IdentifierKind, KnownPatient, PatientRef
from phiward.guard.output import OutputFilter
from tests.flow.fakes import patient
from tests.flow.indexes import index_of

MARGARET = replace(patient("Margaret Okafor", "40017723"), patient=PatientRef(UUID(int=1)))
ZELDA = KnownPatient(
    PatientRef(UUID(int=2)),
    1,
    (
        Identifier(IdentifierKind.FULL_NAME, "Zelda Quagmire"),
        Identifier(IdentifierKind.GIVEN, "Zelda"),
        Identifier(IdentifierKind.FAMILY, "Quagmire"),
        Identifier(IdentifierKind.MRN, "400-199-99"),
        Identifier(IdentifierKind.OTHER_ID, "MRN-77-4412"),
        Identifier(IdentifierKind.ACCOUNT, "77-A12345"),
        Identifier(IdentifierKind.PHONE, "(312) 555-0188"),
        Identifier(IdentifierKind.EMAIL, "Zelda.Q@example.org"),
    ),
)
RENE = KnownPatient(
    PatientRef(UUID(int=3)),
    1,
    (
        Identifier(IdentifierKind.FULL_NAME, "René Müller-Sørensen"),
        Identifier(IdentifierKind.FULL_NAME, "Ada Date"),
    ),
)
NAMESAKE = replace(patient("Margaret Okafor", "40055501"), patient=PatientRef(UUID(int=4)))
INDEX = index_of(MARGARET, ZELDA, RENE, NAMESAKE)
GRANTED = frozenset({MARGARET.patient})
ISSUED = {
    "[PATIENT_1]": "Margaret Okafor",
    "[DATE_1]": "03/04/2024",
    "[DATE_2]": "03/07/2024",
    "[DATE_2: 3 days after DATE_1]": "03/07/2024",
    "[NAME_2]": "Zelda Quagmire",
    "[MRN_1]": "40017723",
}


def made() -> OutputFilter:
    """A filter for an answer about Margaret."""
    return OutputFilter(ISSUED, INDEX, GRANTED)


def released(pieces: Iterable[str]) -> tuple[str, int, int, int]:
    """What a filter made of these pieces, and its three counts."""
    one = made()
    text = "".join([one.feed(piece) for piece in pieces]) + one.finish()
    return text, one.withheld, one.masked, one.resolved


def cut(text: str, places: Sequence[int]) -> list[str]:
    """`text` in pieces, cut at these places (taken modulo its length)."""
    at = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[start:end] for start, end in pairwise(at)]
