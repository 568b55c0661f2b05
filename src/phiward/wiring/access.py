"""Who may see what, in one gateway process: the warden's hand, the identity provider, sessions, watch and policy."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import aiohttp
import structlog

from phiward.adapters.admission import AdmittedPeople, TokenAdmission
from phiward.adapters.alerts import MailChannel, WebhookChannel, parse_mail_server
from phiward.adapters.oidc import OidcProvider
from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.desk import PostgresDesk, desks
from phiward.adapters.postgres.directory import Directory
from phiward.adapters.postgres.emergency import Emergencies
from phiward.adapters.postgres.login_attempts import LoginAttempts
from phiward.adapters.postgres.offline import OfflineFactors
from phiward.adapters.postgres.outbox import Outbox
from phiward.adapters.postgres.people import PostgresPeople
from phiward.adapters.postgres.registry import Registry
from phiward.adapters.postgres.reviews import Reviews
from phiward.adapters.postgres.roles import APP, WARDEN
from phiward.adapters.postgres.sessions import Sessions
from phiward.adapters.postgres.sightings import Sightings
from phiward.adapters.postgres.watch import PostgresWatch, Sight
from phiward.adapters.sign_in import ProviderSignIn
from phiward.audit.leaf import encode_leaf
from phiward.domain.acts import AdministrativeAct
from phiward.domain.alerts import AlertChannel, Channel
from phiward.domain.emergency import EmergencyAsk
from phiward.domain.errors import ConfigurationError, PhiwardError
from phiward.domain.people import Caller, Role
from phiward.domain.text import Secret
from phiward.domain.verdict import Verdict
from phiward.identity.login import Client
from phiward.identity.sessions import LimitBook, SessionLimits
from phiward.identity.sharing import place_of
from phiward.identity.step_up import StepUpRules
from phiward.identity.tokens import TokenRules
from phiward.policy.decide import Policy
from phiward.policy.emergency import may_open
from phiward.policy.step_up import Freshness
from phiward.policy.working_days import WorkingDays
from phiward.settings import Settings
from phiward.vault.files import read_private_file
from phiward.vault.vault import Vault
from phiward.wiring.base import conninfo, open_database, utc_now

log = structlog.get_logger("phiward.access")
SWEEP_SECONDS: Final = 3600
ESCALATE_SECONDS: Final = 60
PLACE_LABEL: Final = "place"
MAX_SECRET_BYTES: Final = 4096


@dataclass(frozen=True, slots=True)
class Access:
    """Everything about access that the gateway and its pages serve with."""

    tenant: UUID
    policy: Policy
    people: AdmittedPeople
    admission: TokenAdmission
    watch: PostgresWatch
    sessions: Sessions
    sightings: Sightings
    directory: Directory
    sign_in: ProviderSignIn | None
    emergencies: Emergencies
    reviews: Reviews
    outbox: Outbox
    offline: OfflineFactors
    warden: Database
    vault: Vault

    def desk(self, caller: Caller) -> PostgresDesk:
        """What one person changes through the admin API."""
        return desks(self.warden, encode_leaf, utc_now, self.vault)(caller)

    async def seen(self, caller: Caller, address: str | None, agent: str | None) -> None:
        """Note from where a credential was used. Never fails a request: it is a report, not a check."""
        place = place_of(address, agent, lambda text: self.vault.digest(caller.tenant, PLACE_LABEL, text.decode()))
        try:
            await self.sightings.seen(caller, place)
        except PhiwardError as error:
            log.warning("a sighting was not stored", code=error.code)

    def running(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What runs beside the requests."""
        return self.watch.run(), self.outbox.run(), self._sweep(), self._escalate()

    async def refused(self, caller: Caller, act: AdministrativeAct, rule: str) -> None:
        """Put a refused act on record. Raises StorageError."""
        await self.desk(caller).refused(caller.tenant, act, rule)

    def may_open(self, caller: Caller, ask: EmergencyAsk, now: datetime) -> Verdict:
        """Whether a request for emergency access is in order."""
        return may_open(caller, ask, self.policy.freshness, now)

    async def _escalate(self) -> None:
        """Late reviews are told of, once each, by whichever gateway looks first."""
        while True:
            try:
                await self.reviews.escalate(self.tenant)
            except PhiwardError as error:
                log.warning("late reviews were not looked for", code=error.code)
            await asyncio.sleep(ESCALATE_SECONDS)

    async def _sweep(self) -> None:
        while True:
            try:
                await self.sessions.sweep(utc_now())
                await self.sightings.sweep(self.tenant)
            except PhiwardError as error:
                log.warning("ended sessions were not swept", code=error.code)
            await asyncio.sleep(SWEEP_SECONDS)


@asynccontextmanager
async def open_access(
    settings: Settings, people: PostgresPeople, app: Database, vault: Vault, http: aiohttp.ClientSession
) -> AsyncIterator[Access]:
    """Open the warden's pool and compose. Raises ConfigurationError, StorageError."""
    async with open_database(settings, WARDEN, 4) as warden:
        administration = Administration(warden, encode_leaf, utc_now, "gateway")
        tenant = await Registry(administration, vault).find_tenant(settings.organisation)
        sessions, limits = Sessions(administration), limit_book(settings)
        provider = _provider(settings, http)
        admission = TokenAdmission(provider, sessions, warden, vault, tenant, limits, utc_now)
        accepted = frozenset(settings.step_up_acr)
        calendar, offline = working_days(settings), OfflineFactors(administration, _probe(provider))
        attempts, rules = LoginAttempts(warden), StepUpRules(accepted)
        sign_in = (
            None
            if provider is None
            else ProviderSignIn(provider, sessions, attempts, warden, people, tenant, limits, rules, utc_now, offline)
        )
        yield Access(
            tenant,
            Policy.load(extra=settings.policy_dir, freshness=Freshness(accepted)),
            AdmittedPeople(admission, people),
            admission,
            PostgresWatch(conninfo(settings, APP), Sight(app)),
            sessions,
            Sightings(administration, webhook=settings.alert_webhook is not None),
            Directory(warden, encode_leaf, utc_now),
            sign_in,
            Emergencies(administration, vault, calendar, webhook=settings.alert_webhook is not None),
            Reviews(administration, vault, calendar, webhook=settings.alert_webhook is not None),
            Outbox(warden, channels(settings, http), utc_now),
            offline,
            warden,
            vault,
        )


def working_days(settings: Settings) -> WorkingDays:
    """The organisation's calendar. Raises ConfigurationError for a time zone that there is not."""
    try:
        return WorkingDays(ZoneInfo(settings.timezone), frozenset(settings.holidays))
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ConfigurationError("PHIWARD_TIMEZONE names no time zone.") from error


def channels(settings: Settings, http: aiohttp.ClientSession) -> dict[AlertChannel, Channel]:
    """The ways by which alerts go out here. Raises ConfigurationError, VaultError."""
    made: dict[AlertChannel, Channel] = {}
    if settings.smtp_url is not None:
        server = parse_mail_server(Secret(settings.smtp_url.get_secret_value()))
        made[AlertChannel.MAIL] = MailChannel(server, settings.alert_sender, settings.origin)
    if settings.alert_webhook is not None:
        if settings.alert_webhook_key_file is None:
            raise ConfigurationError("PHIWARD_ALERT_WEBHOOK needs PHIWARD_ALERT_WEBHOOK_KEY_FILE.")
        key = read_private_file(settings.alert_webhook_key_file, settings.data_dir, MAX_SECRET_BYTES)
        made[AlertChannel.WEBHOOK] = WebhookChannel(http, settings.alert_webhook, Secret(key.decode().strip()))
    return made


def _probe(provider: OidcProvider | None) -> Callable[[], Awaitable[bool]]:
    async def without() -> bool:
        return True  # without a provider there is nothing that could be down

    return without if provider is None else provider.probe


def limit_book(settings: Settings) -> LimitBook:
    """The limits of sessions. Raises ConfigurationError for a role that there is not, or limits that are none."""
    by_role = {}
    for name, (minutes, hours) in settings.session_limits.items():
        if name not in set(Role):
            raise ConfigurationError("PHIWARD_SESSION_LIMITS names a role that there is not.")
        by_role[Role(name)] = _limits(minutes, hours)
    return LimitBook(_limits(settings.session_idle_minutes, settings.session_hours), by_role)


def _limits(minutes: float, hours: float) -> SessionLimits:
    return SessionLimits(timedelta(seconds=round(minutes * 60)), timedelta(seconds=round(hours * 3600)))


def _provider(settings: Settings, http: aiohttp.ClientSession) -> OidcProvider | None:
    if settings.oidc_issuer is None:
        return None
    rules = TokenRules(settings.oidc_issuer, settings.oidc_audience, frozenset(settings.oidc_algorithms))
    secret = None
    if settings.oidc_client_secret_file is not None:
        text = read_private_file(settings.oidc_client_secret_file, settings.data_dir, MAX_SECRET_BYTES)
        secret = Secret(text.decode().strip())
    client = Client(settings.oidc_client_id, f"{settings.origin}/login/callback", secret=secret)
    return OidcProvider(http, tokens=rules, client=client, clock=utc_now)
