"""What stands between people and patients: units, cover, relations, grants, consents, the flag."""

from typing import Final

from phiward.audit.event import change, part
from phiward.audit.forms import FLAG, ID, INSTANT, NOTHING, PRACTITIONER, Form, Many, Maybe, one_of
from phiward.domain.access import DataClass
from phiward.domain.administration import GrantBasis, GrantKind, UnitKind
from phiward.domain.people import PurposeOfUse

TIMES: Final[dict[str, Form]] = {"starts_at": Maybe(INSTANT), "ends_at": Maybe(INSTANT)}
SPAN: Final = part(**TIMES)
ENDED: Final = Maybe(part(ends_at=INSTANT))
"""Null where it was struck, because it had not begun."""
REVOKED: Final = part(revoked_at=INSTANT)

EVENTS: Final = (
    change("unit.added", "A department or a panel was made.", None, part(kind=one_of(UnitKind)), unit=ID),
    change("unit.member_added", "A person works in a unit.", None, part(on_call=FLAG, **TIMES),
           member=ID, unit=ID, person=ID),
    change("unit.member_ended", "A person works there no more.", part(unit=ID, person=ID, on_call=FLAG, **TIMES),
           ENDED, id=ID),
    change("unit.patient_added", "A patient is in a unit.", None, SPAN, place=ID, unit=ID, patient=ID),
    change("unit.patient_ended", "A patient is there no more.", part(unit=ID, patient=ID, **TIMES), ENDED, id=ID),
    change("cover.added", "A person stands in for another.", None, SPAN, cover=ID, person=ID, covers=ID),
    change("cover.ended", "She does so no more.", part(person=ID, covers=ID, **TIMES), ENDED, id=ID),
    change("relation.added", "A care relation was entered.", None, SPAN,
           relation=ID, person=ID, patient=ID, practitioner=PRACTITIONER),
    change("relation.ended", "A care relation that was entered ended.",
           part(practitioner=PRACTITIONER, patient=ID, **TIMES), ENDED, relation=ID),
    change("grant.added", "Access was granted, and somebody else approved it.", None,
           part(kind=one_of(GrantKind), basis=one_of(GrantBasis), classes=Many(one_of(DataClass)), **TIMES),
           grant=ID, person=ID, patient=ID, approver=ID),
    change("grant.revoked", "A grant was revoked.",
           part(person=ID, patient=ID, kind=one_of(GrantKind), ends_at=INSTANT, revoked_at=NOTHING), REVOKED, grant=ID),
    change("consent.added", "A patient lets a class of data be used for a purpose.", None,
           part(**{"class": one_of(DataClass)}, purpose=one_of(PurposeOfUse), **TIMES), consent=ID, patient=ID),
    change("consent.revoked", "A patient does so no more.",
           part(patient=ID, **{"class": one_of(DataClass)}, purpose=one_of(PurposeOfUse), ends_at=INSTANT,
                revoked_at=NOTHING), REVOKED, consent=ID),
    change("patient.restricted", "A record was flagged.", part(restricted=FLAG), part(restricted=FLAG), patient=ID),
    change("patient.unrestricted", "The flag was taken away.", part(restricted=FLAG), part(restricted=FLAG),
           patient=ID),
)  # fmt: skip
