"""Sessions: how they begin, change and end; offline codes; refused acts; reports of access."""

from typing import Final

from phiward.audit.event import Event, change, part
from phiward.audit.forms import ACR, CODE, COUNT, FLAG, ID, INSTANT, SCOPE, Many, Maybe, one_of
from phiward.domain.acts import AdministrativeAct
from phiward.domain.people import CredentialKind, PurposeOfUse

SHOWN: Final = part(auth_time=Maybe(INSTANT), acr=Maybe(ACR))
CODES: Final = part(codes=COUNT)

EVENTS: Final = (
    change("session.began", "A person signed in, or an access token was let in.", None,
           part(kind=one_of(CredentialKind), service=Maybe(ID), bound_patient=Maybe(ID),
                bound_purpose=Maybe(one_of(PurposeOfUse)), scopes=Many(SCOPE, 256), idle_seconds=COUNT,
                expires_at=INSTANT, auth_time=Maybe(INSTANT), acr=Maybe(ACR)),
           session=ID, person=ID, replaced=Maybe(ID)),
    change("session.rotated", "A session got a new token; after a step-up also another way of showing who she is.",
           SHOWN, SHOWN, session=ID, person=ID),
    change("session.ended", "Sessions ended, and why.", part(open=FLAG), part(open=FLAG, because=CODE),
           sessions=Many(ID)),
    change("sessions.ended", "An administrator logged a person out everywhere.", part(open=COUNT), part(open=COUNT),
           person=ID),
    change("person.logged_out", "A person logged out everywhere.", None, part(logged_out_at=Maybe(INSTANT)), person=ID),
    Event("sessions.swept", "What ended long ago was deleted.", {"sessions": COUNT, "login_attempts": COUNT}),
    change("offline.enrolled", "A person got new offline codes; the former ones ended.", CODES,
           part(codes=COUNT, expires_at=INSTANT), person=ID),
    change("offline.used", "An offline code was used up.", CODES, CODES, person=ID, acr=ACR),
    change("offline.refused", "An offline code was refused.", None, None, person=ID, reason=CODE),
    change("credential.shared", "Two people seem to use one credential.", None, part(reported=FLAG),
           credential=ID, person=ID, rule=CODE, first_at=INSTANT, last_at=INSTANT,
           credential_kind=one_of(CredentialKind)),
    Event("act.refused", "The policies refused an administrative act.",
          {"act": one_of(AdministrativeAct), "rule": CODE}),
    Event("access.reported", "Somebody asked who may see a patient, or whom a person may see.",
          {"patient": Maybe(ID), "person": Maybe(ID), "rows": COUNT}),
)  # fmt: skip
