"""Persons, their roles and keys, services, and what a directory changes."""

from typing import Final

from phiward.audit.event import Event, change, part
from phiward.audit.forms import (
    ADDRESS,
    CLIENT,
    CODE,
    COUNT,
    DIGEST,
    FLAG,
    ID,
    INSTANT,
    PRACTITIONER,
    Many,
    Maybe,
    one_of,
)  # fmt: skip
from phiward.domain.administration import ServiceKind
from phiward.domain.people import PurposeOfUse, Role

ROLES: Final = Many(one_of(Role), 32)
HELD: Final = Many(CODE, 64)
"""Roles as they were stored: a later version's are no fault of this one."""
LINK: Final = part(issuer=Maybe(ADDRESS), subject=Maybe(DIGEST))
TOLD: Final = part(active=FLAG, roles=HELD, external_id=FLAG, email=FLAG)
ACTIVE: Final = part(active=FLAG)

EVENTS: Final = (
    Event("tenant.added", "An organisation was made.", {"tenant": ID}),
    change("person.added", "A person was added.", None, part(roles=ROLES),
           person=ID, roles=ROLES, practitioner=Maybe(PRACTITIONER)),
    change("person.deactivated", "A person lost all access, for good.", ACTIVE, ACTIVE, person=ID, keys_revoked=COUNT),
    change("person.linked", "A person was linked to an identity provider, or the link was taken away.", LINK, LINK,
           person=ID),
    change("person.email_set", "Where alerts for a person go was changed.",
           part(email=Maybe(DIGEST)), part(email=Maybe(DIGEST)), person=ID),
    change("person.own_record_set", "Which record is a person's own was changed.",
           part(own_patient=Maybe(ID)), part(own_patient=Maybe(ID)), person=ID),
    change("roles.changed", "The roles of a person were changed.", part(roles=HELD), part(roles=HELD), person=ID),
    change("key.issued", "A personal key was issued.", None, part(expires_at=INSTANT),
           key=ID, person=ID, expires_at=INSTANT, bound_patient=Maybe(ID), bound_purpose=Maybe(one_of(PurposeOfUse))),
    change("key.revoked", "A personal key was revoked.", part(revoked=FLAG), part(revoked=FLAG), key=ID),
    change("service.added", "A service was registered.", None,
           part(kind=one_of(ServiceKind), client_id=CLIENT, expires_at=Maybe(INSTANT)), service=ID),
    change("service.deactivated", "A service was shut out.", ACTIVE, ACTIVE, service=ID),
    change("directory.person_added", "A directory added a person.", None, TOLD, person=ID),
    change("directory.person_changed", "A directory changed a person, or asked to change one who is not here.",
           Maybe(TOLD), Maybe(TOLD), person=ID, keys_revoked=Maybe(COUNT), sessions_ended=Maybe(COUNT)),
)  # fmt: skip
