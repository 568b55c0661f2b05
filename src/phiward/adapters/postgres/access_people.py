"""Administration of persons: roles, links to the identity provider and to their own record, keys and sessions.

Every act tells the log what was before and what is after; a subject, an e-mail address and the like only as a
keyed digest. Source: 45 CFR 164.308(a)(3)(ii), (a)(4)(ii)(C).
"""

import re
from collections.abc import Collection
from typing import Any
from uuid import UUID

from phiward.adapters.postgres.access_office import FIRST, MOST_ROWS, Act, Known, Office
from phiward.domain.administration import KeyEntry, PersonEntry, SessionEntry, UnknownIdError
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import Role

_ISSUER = re.compile(r"https?://[!-~]{1,500}")
_SUBJECT = re.compile(r"[ -~]{1,255}")
_EMAIL = re.compile(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,190}")

_PEOPLE = """SELECT id, login, roles, practitioner, active, issuer IS NOT NULL AS linked, own_patient FROM person"""
_KEYS = """SELECT id, label, bound_patient, bound_purpose, created_at, expires_at, revoked_at
             FROM personal_key WHERE person = %s"""
_SESSIONS = """SELECT id, kind, service, created_at, seen_at, expires_at, revoked_at FROM session
                WHERE person = %s AND revoked_at IS NULL AND expires_at > now()"""


class PeopleAccess:
    """Persons of one organisation at a time. Refusals raise InvalidRequestError, and nothing is changed."""

    def __init__(self, office: Office) -> None:
        """`office` opens the acts."""
        self._office = office

    async def people(self, tenant: UUID, after: UUID = FIRST, limit: int = MOST_ROWS) -> tuple[PersonEntry, ...]:
        """Everyone, by id."""
        return await self._office.page(tenant, PersonEntry, _PEOPLE, after, limit)

    async def person(self, tenant: UUID, person: UUID) -> PersonEntry:
        """One person. Raises UnknownIdError."""
        found = await self._office.page(tenant, PersonEntry, f"{_PEOPLE} WHERE id = %s", FIRST, 1, person)
        if not found:
            raise UnknownIdError("person")
        return found[0]

    async def keys(
        self, tenant: UUID, person: UUID, after: UUID = FIRST, limit: int = MOST_ROWS
    ) -> tuple[KeyEntry, ...]:
        """Her keys, by id. Raises UnknownIdError for an unknown person."""
        await self.person(tenant, person)
        return await self._office.page(tenant, KeyEntry, _KEYS, after, limit, person)

    async def sessions(
        self, tenant: UUID, person: UUID, after: UUID = FIRST, limit: int = MOST_ROWS
    ) -> tuple[SessionEntry, ...]:
        """Her sessions that were not ended, by id; an idle one is among them. Raises UnknownIdError."""
        await self.person(tenant, person)
        return await self._office.page(tenant, SessionEntry, _SESSIONS, after, limit, person)

    async def set_roles(self, tenant: UUID, person: UUID, roles: Collection[Role]) -> tuple[str, ...]:
        """Exactly these roles, from the next request on."""
        async with self._office.act(tenant, "roles.changed") as act:
            return await self._set(act, person, await self._held(act, person), {str(Role(one)) for one in roles})

    async def add_role(self, tenant: UUID, person: UUID, role: Role) -> tuple[str, ...]:
        """One more. Raises InvalidRequestError where she has it."""
        async with self._office.act(tenant, "roles.changed") as act:
            held = await self._held(act, person)
            if role in held:
                raise InvalidRequestError("This person has the role.", param="role")
            return await self._set(act, person, held, {*held, str(role)})

    async def remove_role(self, tenant: UUID, person: UUID, role: Role) -> tuple[str, ...]:
        """One less. Raises InvalidRequestError where she does not have it, or it is her last."""
        async with self._office.act(tenant, "roles.changed") as act:
            held = await self._held(act, person)
            if role not in held:
                raise InvalidRequestError("This person does not have the role.", param="role")
            return await self._set(act, person, held, {*held} - {str(role)})

    async def link_provider(self, tenant: UUID, person: UUID, issuer: str | None, subject: str | None) -> None:
        """Whom the identity provider calls `subject`; None and None take the link away."""
        if (issuer is None) != (subject is None):
            raise InvalidRequestError("An issuer and a subject come together.", param="subject")
        if issuer is not None and _ISSUER.fullmatch(issuer) is None:
            raise InvalidRequestError("An issuer is an http or https address.", param="issuer")
        if subject is not None and _SUBJECT.fullmatch(subject) is None:
            raise InvalidRequestError("A subject is 1 to 255 printable ASCII characters.", param="subject")
        async with self._office.act(tenant, "person.linked") as act:
            before = await self._row(act, person)
            query = "SELECT 1 FROM person WHERE issuer = %s AND subject = %s AND id <> %s"
            if issuer is not None and await act.one(query, issuer, subject, person):
                raise InvalidRequestError("Another person has this link.", param="subject")
            await self._write(act, "UPDATE person SET issuer = %s, subject = %s, changed_at = now()", person,
                              issuer, subject)  # fmt: skip
            act.tell(
                {"issuer": before["issuer"], "subject": self._digest(tenant, before["subject"])},
                {"issuer": issuer, "subject": self._digest(tenant, subject)},
                person=person,
            )

    async def set_email(self, tenant: UUID, person: UUID, email: str | None) -> None:
        """Where alerts for her go; None takes it away."""
        if email is not None and _EMAIL.fullmatch(email) is None:
            raise InvalidRequestError("That is no e-mail address.", param="email")
        async with self._office.act(tenant, "person.email_set") as act:
            before = await self._row(act, person)
            await self._write(act, "UPDATE person SET email = %s, changed_at = now()", person, email)
            told = [{"email": self._digest(tenant, one)} for one in (before["email"], email)]
            act.tell(*told, person=person)

    async def set_own_record(self, tenant: UUID, person: UUID, patient: UUID | None) -> None:
        """Her own record, as a patient. One record is one person's own."""
        async with self._office.act(tenant, "person.own_record_set") as act:
            before = await self._row(act, person)
            if patient is not None:
                await act.patient(patient)
                if await act.one("SELECT 1 FROM person WHERE own_patient = %s AND id <> %s AND active",
                                 patient, person):  # fmt: skip
                    raise InvalidRequestError("This record is another person's own.", param="patient")
            await self._write(act, "UPDATE person SET own_patient = %s, changed_at = now()", person, patient)
            act.tell({"own_patient": before["own_patient"]}, {"own_patient": patient}, person=person)

    async def refuse_foreign_key(self, tenant: UUID, person: UUID, key: UUID) -> None:
        """Raise UnknownIdError unless the key is hers and was not revoked."""
        query = f"{_KEYS} AND id = %s AND revoked_at IS NULL"
        if not await self._office.page(tenant, KeyEntry, query, FIRST, 1, person, key):
            raise UnknownIdError("key")

    async def end_sessions(self, tenant: UUID, person: UUID) -> int:
        """Log her out everywhere; a running stream is cut. Returns how many sessions ended."""
        async with self._office.act(tenant, "sessions.ended") as act:
            await act.known(Known.PERSON, person, "person")
            await act.connection.execute("UPDATE person SET logged_out_at = now() WHERE id = %s", [person])
            ended = await act.connection.execute(
                "UPDATE session SET revoked_at = now(), ended_because = 'administrator'"
                " WHERE person = %s AND revoked_at IS NULL AND expires_at > now()",
                [person],
            )
            act.tell({"open": ended.rowcount}, {"open": 0}, person=person)
        return ended.rowcount

    async def _held(self, act: Act, person: UUID) -> tuple[str, ...]:
        return tuple((await self._row(act, person))["roles"])

    async def _row(self, act: Act, person: UUID) -> dict[str, Any]:
        """Locked, so that what was before is what was before."""
        found = await act.row(
            "SELECT roles, issuer, subject, email, own_patient FROM person WHERE id = %s AND active FOR UPDATE", person
        )
        if found is None:
            raise UnknownIdError("person")
        return found

    async def _set(self, act: Act, person: UUID, before: Collection[str], after: set[str]) -> tuple[str, ...]:
        if not after:
            raise InvalidRequestError("A person needs at least one role.", param="roles")
        names = sorted(after)
        await self._write(act, "UPDATE person SET roles = %s, changed_at = now()", person, names)
        act.tell({"roles": sorted(before)}, {"roles": names}, person=person)
        return tuple(names)

    async def _write(self, act: Act, statement: str, person: UUID, *values: Any) -> None:
        await act.connection.execute(f"{statement} WHERE id = %s".encode(), [*values, person])

    def _digest(self, tenant: UUID, text: str | None) -> str | None:
        """Tells one value from another in the log, and says nothing else."""
        return None if text is None else self._office.vault.digest(tenant, "administration", text).hex()[:16]
