"""The rules once more, in plain Python, from the privacy officer's list rather than from the policies."""

from dataclasses import dataclass, field

from phiward.domain.access import DataClass, DocumentField, DocumentKind, RelationSource
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass

R, P, S, C = Role, PurposeOfUse, RelationSource, DataClass
CLINICAL = frozenset({R.PHYSICIAN, R.NURSE, R.PHARMACIST})
TREATS = {S.CARE_TEAM, S.ENCOUNTER, S.GENERAL_PRACTITIONER, S.DEPARTMENT, S.PANEL, S.ON_CALL, S.COVER, S.MANUAL}
NAMES_HIM = TREATS - {S.DEPARTMENT, S.PANEL}


@dataclass(frozen=True)
class Asked:
    """A question; `consented` for this purpose, `granted` by source of the grant."""

    roles: frozenset[Role]
    sources: frozenset[RelationSource]
    purpose: PurposeOfUse
    destination: DestinationClass = DestinationClass.BAA
    restricted: bool = False
    service: bool = False
    reads: bool = True
    consented: frozenset[DataClass] = frozenset()
    granted: dict[RelationSource, frozenset[DataClass]] = field(default_factory=dict)


def may_ask_without_patient(asked: Asked) -> bool:
    """A question about nobody."""
    staff = CLINICAL | {R.BILLING, R.PRIVACY_OFFICER, R.ADMINISTRATOR}
    whose = {P.TREAT: CLINICAL, P.HPAYMT: {R.BILLING}, P.HOPERAT: staff, P.HRESCH: {R.RESEARCHER}}
    return bool(asked.roles & whose.get(asked.purpose, frozenset()))


def may_ask(asked: Asked) -> bool:
    """A question about a patient."""
    roles, sources, purpose = asked.roles, asked.sources, asked.purpose
    if not asked.reads:
        return False
    if purpose is P.PATRQT:
        return bool((R.PATIENT in roles and S.SELF in sources) or (R.PROXY in roles and S.PROXY in sources))
    if S.SELF in sources:
        return False
    if purpose is P.ETREAT:
        return (
            S.EMERGENCY in sources
            and bool(roles & CLINICAL)
            and R.AI_SYSTEM not in roles
            and not asked.service
            and asked.destination is not DestinationClass.NO_BAA
        )
    if not sources & (NAMES_HIM if asked.restricted else TREATS):
        return False
    if purpose in (P.TREAT, P.HOPERAT):
        return bool(roles & CLINICAL)
    return purpose is P.HPAYMT and R.BILLING in roles


def may_read(asked: Asked, kind: DocumentKind, classes: frozenset[DataClass]) -> frozenset[DocumentField]:
    """What of a document."""
    if not may_ask(asked) or not all(_opens(asked, one) for one in classes):
        return frozenset()
    if asked.purpose is P.HOPERAT and classes:
        return frozenset()
    if asked.purpose is P.HPAYMT and kind not in (DocumentKind.BILLING, DocumentKind.ADMINISTRATIVE):
        return frozenset({DocumentField.TITLE, DocumentField.DATE})
    return frozenset(DocumentField)


def _opens(asked: Asked, one: DataClass) -> bool:
    ways = {S.PROXY} if asked.purpose is P.PATRQT else TREATS
    named = any(one in asked.granted.get(way, ()) for way in ways & asked.sources)
    own = asked.purpose is P.PATRQT and S.SELF in asked.sources
    proxy = asked.purpose is P.PATRQT and S.PROXY in asked.sources
    emergency = asked.purpose is P.ETREAT and S.EMERGENCY in asked.sources
    if one is C.PSYCHOTHERAPY:
        return asked.purpose is not P.ETREAT and (named or one in asked.consented)
    if proxy and one in (C.REPRODUCTIVE, C.MINOR):
        return named
    return named or one in asked.consented or emergency or own
