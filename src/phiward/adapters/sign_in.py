"""Signing in through the identity provider: attempt → provider → person → session, and the step-up of a session.

A person is whoever the provider's issuer and subject are linked to here; a name or an address decides nothing. Every
login begins a session of its own, every step-up changes its token. Source: OpenID Connect Core, OWASP ASVS 5.0 7.2.4.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from phiward.adapters.oidc import OidcProvider
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.login_attempts import AttemptKind, KeptAttempt, LoginAttempts
from phiward.adapters.postgres.offline import OfflineFactors
from phiward.adapters.postgres.sessions import NewSession, Sessions
from phiward.domain.errors import NotAuthenticatedError, NotPermittedError
from phiward.domain.people import Caller, CredentialKind
from phiward.domain.ports import Clock, People
from phiward.domain.sign_in import Entered, Leap
from phiward.domain.text import Secret
from phiward.identity.login import Asked, Attempt, SignedIn, parse_callback, state_of
from phiward.identity.sessions import LimitBook
from phiward.identity.step_up import StepUpRules, check_step_up

NOBODY = "Nobody here is linked to this sign-in."


@dataclass(frozen=True, slots=True)
class ProviderSignIn:
    """Implements console.sign_in.SignIn for one organisation. `database` is of the warden, `people` of the gateway."""

    provider: OidcProvider
    sessions: Sessions
    attempts: LoginAttempts
    database: Database
    people: People
    tenant: UUID
    limits: LimitBook
    step_up_rules: StepUpRules
    clock: Clock
    codes: OfflineFactors

    async def begin(self, return_to: str) -> Leap:
        """A login. Raises UpstreamError when the provider cannot be asked, StorageError."""
        return await self._leap(await self.provider.begin(Asked()), AttemptKind.LOGIN, return_to, None)

    async def step_up(self, token: Secret, return_to: str) -> Leap:
        """A fresh login of the same person, strong enough. Raises NotAuthenticatedError, UpstreamError."""
        caller = await self._caller(token)
        asked = Asked(self.step_up_rules.max_age, tuple(sorted(self.step_up_rules.accepted_acr)), "login")
        return await self._leap(await self.provider.begin(asked), AttemptKind.STEP_UP, return_to, caller.credential_id)

    async def finish(self, query: Sequence[tuple[str, str]], browser: Secret) -> Entered:
        """The way back. Raises NotAuthenticatedError, NotPermittedError (rule step_up), UpstreamError, StorageError."""
        kept = await self.attempts.take(self.tenant, state_of(query), browser)
        if kept is None:
            raise NotAuthenticatedError("This sign-in is over, or began in another browser.")
        code = parse_callback(query, kept.pending, await self.provider.provider(), self.clock())
        signed_in = await self.provider.finish(code, kept.pending)
        person = await self.sessions.person_of(self.tenant, signed_in.issuer, signed_in.subject)
        if person is None:
            raise NotAuthenticatedError(NOBODY)
        if kept.kind is AttemptKind.STEP_UP:
            return await self._stepped_up(kept, signed_in, person.id)
        made = await self.sessions.begin(
            self.tenant,
            NewSession(
                person.id,
                CredentialKind.BROWSER,
                self.limits.of(person.roles),
                provider_session=signed_in.provider_session,
                auth_time=signed_in.auth_time,
                acr=signed_in.acr,
            ),
        )
        return Entered(made.text, kept.return_to)

    async def offline(self, token: Secret, code: Secret) -> Secret:
        """A step-up by an enrolled code, while the provider is down: the session's new token.

        It is good for emergency access alone. Raises NotAuthenticatedError, NotPermittedError (offline_online,
        offline_locked, offline_code), StorageError.
        """
        caller = await self._caller(token)
        proof = await self.codes.use(self.tenant, caller.person, code)
        made = await self.sessions.rotate(self.tenant, caller.credential_id, auth_time=proof.auth_time, acr=proof.acr)
        return made.text

    async def _stepped_up(self, kept: KeptAttempt, signed_in: SignedIn, person: UUID) -> Entered:
        """The same person, freshly and strongly: then the session has a new token and says so."""
        check_step_up(signed_in.auth_time, signed_in.acr, kept.pending.began_at, self.clock(), self.step_up_rules)
        if kept.session is None or await self._owner(kept.session) != person:
            raise NotPermittedError("Somebody else signed in.", rule="step_up")
        made = await self.sessions.rotate(self.tenant, kept.session, auth_time=signed_in.auth_time, acr=signed_in.acr)
        return Entered(made.text, kept.return_to)

    async def _owner(self, session: UUID) -> UUID | None:
        async with self.database.as_tenant(self.tenant) as connection:
            row = await (await connection.execute("SELECT person FROM session WHERE id = %s", [session])).fetchone()
        return None if row is None else UUID(str(row[0]))

    async def _caller(self, token: Secret) -> Caller:
        opened = await self.people.caller(token, None)
        if opened is None or opened.caller.kind is not CredentialKind.BROWSER or opened.caller.tenant != self.tenant:
            raise NotAuthenticatedError("You are not signed in.")
        return opened.caller

    async def _leap(self, attempt: Attempt, kind: AttemptKind, return_to: str, session: UUID | None) -> Leap:
        browser = Secret(secrets.token_urlsafe(32))
        await self.attempts.remember(self.tenant, KeptAttempt(attempt.pending, kind, return_to, session), browser)
        return Leap(attempt.url, browser)
