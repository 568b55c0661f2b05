"""Handlers of people, their roles, links, keys and sessions."""

from datetime import timedelta

from phiward.domain.people import PersonId
from phiward.gateway.admin.asked import Asked
from phiward.gateway.admin.models import (
    EndedSessions,
    HeldRoles,
    IssuedKey,
    Key,
    Links,
    Made,
    NewKey,
    NewPerson,
    Page,
    Person,
    Session,
)


async def list_people(asked: Asked) -> Page[Person]:
    """List people."""
    return asked.page(Person, await asked.desk.access.people.people(asked.tenant, asked.after, asked.limit))


async def add_person(asked: Asked) -> Made:
    """Add a person."""
    body: NewPerson = asked.body
    return Made(id=await asked.desk.registry.add_person(asked.tenant, body.login, body.roles, body.practitioner))


async def deactivate_person(asked: Asked) -> None:
    """Deactivate a person and revoke every key, for good."""
    person = PersonId(asked.ids["person"])
    await asked.desk.access.people.person(asked.tenant, person)
    await asked.desk.registry.deactivate_person(asked.tenant, person)


async def set_links(asked: Asked) -> None:
    """Link a person to the identity provider, an address for alerts, her own record."""
    body: Links = asked.body
    person, people = asked.ids["person"], asked.desk.access.people
    asked.refuse_own(person)
    given = body.model_fields_set
    if given & {"issuer", "subject"}:
        await people.link_provider(asked.tenant, person, body.issuer, body.subject)
    if "email" in given:
        await people.set_email(asked.tenant, person, body.email)
    if "own_record" in given:
        found = None
        if body.own_record is not None:
            found = await asked.desk.registry.patient_by_reference(asked.tenant, body.own_record)
        await people.set_own_record(asked.tenant, person, found)


async def set_roles(asked: Asked) -> HeldRoles:
    """Set exactly the roles of a person."""
    asked.refuse_own(asked.ids["person"])
    held = await asked.desk.access.people.set_roles(asked.tenant, asked.ids["person"], asked.body.roles)
    return HeldRoles(roles=held)


async def list_keys(asked: Asked) -> Page[Key]:
    """List the keys of a person, never their text."""
    rows = await asked.desk.access.people.keys(asked.tenant, asked.ids["person"], asked.after, asked.limit)
    return asked.page(Key, rows)


async def issue_key(asked: Asked) -> IssuedKey:
    """Issue a personal key; its text is in the answer, this once."""
    body: NewKey = asked.body
    person = PersonId(asked.ids["person"])
    await asked.desk.access.people.person(asked.tenant, person)
    bound = None if body.patient is None else await asked.patient()
    made = await asked.desk.registry.issue_key(
        asked.tenant, person, timedelta(days=body.days), body.label, bound_patient=bound, bound_purpose=body.purpose
    )
    return IssuedKey(id=made.id, key=made.text.value, expires_at=made.expires_at)


async def revoke_key(asked: Asked) -> None:
    """Revoke a key of a person."""
    await asked.desk.access.people.refuse_foreign_key(asked.tenant, asked.ids["person"], asked.ids["key"])
    await asked.desk.registry.revoke_key(asked.tenant, asked.ids["key"])


async def list_sessions(asked: Asked) -> Page[Session]:
    """List the sessions of a person that were not ended."""
    rows = await asked.desk.access.people.sessions(asked.tenant, asked.ids["person"], asked.after, asked.limit)
    return asked.page(Session, rows)


async def end_sessions(asked: Asked) -> EndedSessions:
    """End every session of a person; a running stream is cut."""
    return EndedSessions(ended=await asked.desk.access.people.end_sessions(asked.tenant, asked.ids["person"]))
