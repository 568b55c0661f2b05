"""Signing in through the identity provider: attempt → provider → person → session, and the step-up of a session.

A person is whoever the provider's issuer and subject are linked to here; a name or an address decides nothing. Every
login begins a session of its own, every step-up changes its token. Source: OpenID Connect Core, OWASP ASVS 5.0 7.2.4.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from phiward.adapters.oidc import OidcProvider
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.login_attempts import AttemptKind, KeptAttempt, LoginAttempts
from phiward.adapters.postgres.offline import OfflineFactors
from phiward.adapters.postgres.sessions import NewSession, Sessions
from phiward.domain.errors import NotAuthenticatedError, NotPermittedError
from phiward.domain.people import Caller, CredentialKind
from phiward.domain.ports import Clock, People
from phiward.domain.sign_in import Entered, Leap, SessionView
from phiward.domain.text import Secret
from phiward.identity.login import Asked, Attempt, SignedIn, parse_callback, state_of
from phiward.identity.sessions import Because, LimitBook
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

    async def view(self, token: Secret) -> SessionView | None:
        """The session, without counting as activity; None when it ended."""
        opened = await self.people.caller(token, None, activity=False)
        if opened is None or opened.caller.kind is not CredentialKind.BROWSER:
            return None
        caller = opened.caller
        async with self.database.as_tenant(caller.tenant) as connection:
            query = """SELECT coalesce(p.display_name, p.login), s.created_at
                         FROM person p JOIN session s ON s.person = p.id WHERE s.id = %s"""
            row = await (await connection.execute(query, [caller.credential_id])).fetchone()
        if row is None:
            return None
        idle = caller.idle_seconds
        return SessionView(
            row[0],
            tuple(sorted(map(str, caller.roles))),
            row[1],
            caller.auth_time,
            caller.expires_at,
            None if idle is None or caller.seen_at is None else caller.seen_at + timedelta(seconds=idle),
            (idle or int((caller.expires_at - row[1]).total_seconds())) // 60,
        )

    async def out(self, token: Secret, *, everywhere: bool) -> None:
        """End this session, or every one of its person."""
        caller = await self._caller(token)
        if everywhere:
            await self.sessions.end_all(self.tenant, caller.person)
        else:
            await self.sessions.end(self.tenant, caller.credential_id, Because.LOGOUT)

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
