"""Access tokens of the identity provider at the gateway's door, and the exchange of one for a session token.

A verified token stands for a session of its own from its first use on, by the digest of the whole token; row-level
security then knows it like any other. A service's own token opens nothing: it may only act for a person whose token it
shows. Source: RFC 9068, RFC 8693, SMART App Launch 2.2.0.
"""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from phiward.adapters.oidc import OidcProvider
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.patient_handles import one_patient
from phiward.adapters.postgres.sessions import NewSession, Sessions
from phiward.domain.errors import NotAuthenticatedError, NotPermittedError, PatientNotFoundError
from phiward.domain.people import CredentialKind
from phiward.domain.ports import Clock, Opened, People
from phiward.domain.sign_in import IssuedToken
from phiward.domain.text import Secret
from phiward.identity import opaque
from phiward.identity.credentials import is_access_token
from phiward.identity.keys import REFUSED
from phiward.identity.sessions import LimitBook, SessionLimits
from phiward.identity.smart import parse_launch
from phiward.identity.tokens import AccessToken
from phiward.vault.vault import Vault

REMEMBERED = timedelta(seconds=60)
MOST_REMEMBERED = 10_000
SERVICE_ALONE = "A service may ask only on behalf of a person."


@dataclass
class TokenAdmission:
    """Implements domain.ports.Admission for one organisation. `provider` None: no access token is let in."""

    provider: OidcProvider | None
    sessions: Sessions
    database: Database
    vault: Vault
    tenant: UUID
    limits: LimitBook
    clock: Clock
    _known: OrderedDict[bytes, datetime] = field(default_factory=OrderedDict, repr=False)

    async def admit(self, credential: Secret) -> None:
        """Verify an access token, every time, and make sure that its session stands.

        That it stands is remembered for a minute; whether it was ended since, row-level security asks each time.
        Raises NotAuthenticatedError, NotPermittedError (service_alone, smart_launch), PatientNotFoundError,
        StorageError, UpstreamError.
        """
        if not is_access_token(credential):
            return
        if self.provider is None:
            raise NotAuthenticatedError(REFUSED)
        token = await self.provider.access_token(credential)
        if token.of_service:
            raise NotPermittedError(SERVICE_ALONE, rule="service_alone")
        digest, now = opaque.digest(credential), self.clock()
        if (until := self._known.get(digest)) is not None and now < until:
            return
        new = await self._session_of(token)
        await self.sessions.adopt(
            self.tenant, credential, new, issued_at=token.issued_at, token_expires_at=token.expires_at
        )
        self._known[digest] = now + REMEMBERED
        while len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)

    async def exchange(self, subject: Secret, actor: Secret | None) -> IssuedToken:
        """A session token for `subject`, a person's access token; with `actor`, a service's own, acting for her.

        The session narrows to what both tokens allow and ends no later than either. Raises as `admit` does.
        """
        if self.provider is None or not is_access_token(subject):
            raise NotAuthenticatedError(REFUSED)
        token = await self.provider.access_token(subject)
        if token.of_service:
            raise NotPermittedError(SERVICE_ALONE, rule="service_alone")
        new, ends = await self._session_of(token), token.expires_at
        if actor is not None:
            acting = await self.provider.access_token(actor)
            if not acting.of_service:
                raise NotPermittedError("The actor's token is not a service's own.", rule="actor")
            new = _acting(new, await self._service(acting.client_id))
            ends = min(ends, acting.expires_at)
        seconds = int((ends - self.clock()).total_seconds())
        if seconds < 1:
            raise NotAuthenticatedError(REFUSED)
        made = await self.sessions.begin(
            self.tenant, _until(new, seconds), made_from=subject, issued_at=token.issued_at
        )
        return IssuedToken(made.text, min(seconds, int((made.expires_at - self.clock()).total_seconds())), new.scopes)

    async def _session_of(self, token: AccessToken) -> NewSession:
        """The session that a person's token stands for."""
        person = await self.sessions.person_of(self.tenant, token.issuer, token.subject)
        if person is None:
            raise NotAuthenticatedError(REFUSED)
        launch = parse_launch(token.scopes, token.patient)
        service = await self._acting_service(token)
        return NewSession(
            person.id,
            CredentialKind.ACCESS_TOKEN if service is None else CredentialKind.DELEGATED,
            self.limits.of(person.roles),
            service=service,
            bound_patient=None if launch.patient is None else await self._patient(launch.patient),
            scopes=token.scopes,
            provider_session=token.session,
            auth_time=token.auth_time,
            acr=token.acr,
        )

    async def _acting_service(self, token: AccessToken) -> UUID | None:
        """Who acts for the person: the token's actor, or its client where that is a service registered here.

        A provider may let a service impersonate without saying so in `act` (RFC 8693 section 1.1).
        """
        if token.actor is not None:
            return await self._service(token.actor)
        return await self._registered(token.client_id)

    async def _service(self, client_id: str) -> UUID:
        found = await self._registered(client_id)
        if found is None:
            raise NotPermittedError("This service is not known here.", rule="unknown_service")
        return found

    async def _registered(self, client_id: str) -> UUID | None:
        query = "SELECT id, active FROM service WHERE client_id = %s AND kind <> 'directory'"
        async with self.database.as_tenant(self.tenant) as connection:
            row = await (await connection.execute(query, [client_id])).fetchone()
        if row is None:
            return None
        if not row[1]:
            raise NotPermittedError("This service is not active.", rule="unknown_service")
        return UUID(str(row[0]))

    async def _patient(self, fhir_id: str) -> UUID:
        """The patient of a launch, by the record's own id. Unknown and not here look alike."""
        async with self.database.as_tenant(self.tenant) as connection:
            found = await one_patient(connection, self.vault, f"Patient/{fhir_id}")
        if found is None:
            raise PatientNotFoundError
        return found


@dataclass(frozen=True, slots=True)
class AdmittedPeople:
    """Implements domain.ports.People: access tokens are let in first."""

    admission: TokenAdmission
    people: People

    async def caller(self, session: Secret, patient: str | None, *, activity: bool = True) -> Opened | None:
        """As the inner one, and raises what `admit` raises."""
        await self.admission.admit(session)
        return await self.people.caller(session, patient, activity=activity)


def _acting(new: NewSession, service: UUID) -> NewSession:
    return replace(new, kind=CredentialKind.DELEGATED, service=service)


def _until(new: NewSession, seconds: int) -> NewSession:
    """A session token that ends with the tokens it was made from, in the limits of a session."""
    absolute = min(new.limits.absolute, timedelta(seconds=seconds))
    kind = CredentialKind.APPLICATION if new.service is None else CredentialKind.DELEGATED
    return replace(new, kind=kind, limits=SessionLimits(min(new.limits.idle, absolute), absolute))
