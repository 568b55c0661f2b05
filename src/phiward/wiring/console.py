"""What the pages of one gateway process speak to: the same flow and rooms as every request, by way of here."""

import asyncio
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, Final

import structlog

from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.anchor_book import PostgresAnchorBook
from phiward.adapters.postgres.answer_reports import AnswerReports
from phiward.adapters.postgres.answers import PostgresAnswers
from phiward.adapters.postgres.audit_evidence import PostgresEvidence
from phiward.adapters.postgres.database import Database
from phiward.adapters.postgres.drafts import PostgresDrafts
from phiward.adapters.postgres.log_state import PostgresLogState
from phiward.adapters.postgres.looked import WhoLooked
from phiward.adapters.postgres.office_waiting import OfficeWaiting
from phiward.adapters.postgres.office_watching import OfficeWatching
from phiward.adapters.postgres.operations import Operations
from phiward.adapters.postgres.own_patients import OwnPatients
from phiward.adapters.postgres.seen import SeenUnderGrant
from phiward.adapters.postgres.submissions import PostgresSubmissions
from phiward.adapters.postgres.trail_search import TrailSearch
from phiward.adapters.session_desk import SessionDesk
from phiward.audit.leaf import encode_leaf
from phiward.domain.errors import PhiwardError
from phiward.domain.text import Secret
from phiward.flow.answering import Answering
from phiward.flow.journey import Flow
from phiward.flow.reading import Reading
from phiward.retention.schedule import Schedule
from phiward.settings import Settings
from phiward.wiring.access import Access
from phiward.wiring.base import signer_of, utc_now
from phiward.wiring.duties import Duties
from phiward.wiring.glass import Glass
from phiward.wiring.office import PeopleRoom, QueueRoom, ReviewRoom
from phiward.wiring.operations import OperationsRoom, ages_of
from phiward.wiring.trail import TrailRoom

log = structlog.get_logger("phiward.console")
SWEEP_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class ModelNames:
    """Implements console.ask.Models: the usual one first."""

    flow: Flow
    usual: str

    async def models(self, credential: Secret) -> Sequence[str]:
        """Of the caller's organisation. Raises NotAuthenticatedError, StorageError."""
        names = await self.flow.models(credential)
        return tuple(sorted(names, key=lambda one: (one != self.usual, one)))


@dataclass(frozen=True, slots=True)
class ConsoleHouse:
    """Everything that the pages serve with; a page module takes the parts that it needs."""

    access: Access
    sessions: SessionDesk
    drafts: PostgresDrafts
    submissions: PostgresSubmissions
    log: PostgresLogState
    patients: OwnPatients
    glass: Glass
    models: ModelNames
    answers: PostgresAnswers
    answering: Answering
    reading: Reading
    reports: AnswerReports
    queue: QueueRoom
    review: ReviewRoom
    people: PeopleRoom
    trail: TrailRoom
    operations: OperationsRoom

    def running(self) -> tuple[Coroutine[Any, Any, None], ...]:
        """What runs beside the requests."""
        return (self._sweep(),)

    async def _sweep(self) -> None:
        while True:
            try:
                await self.drafts.sweep()
                await self.submissions.sweep()
                await self.answers.sweep()
            except PhiwardError as error:
                log.warning("what was kept for the pages was not swept", code=error.code)
            await asyncio.sleep(SWEEP_SECONDS)


def open_console(
    settings: Settings, access: Access, database: Database, flow: Flow, reading: Reading, auditor: Database
) -> ConsoleHouse:
    """Compose. `database` is a pool of the gateway's role, `auditor` of the one that reads the log."""
    duties = Duties(access)
    watching = OfficeWatching(auditor, access.warden, Schedule.of(settings.retention_years), utc_now)
    warden, vault, tenant = access.warden, access.vault, access.tenant
    answers = PostgresAnswers(database, warden, vault, tenant)
    verifier = signer_of(settings).verifier
    running = Operations(auditor, database, utc_now, settings.worker_dead_seconds)
    office = Administration(warden, encode_leaf, utc_now, "console")
    return ConsoleHouse(
        access,
        SessionDesk(access.sessions, warden, access.people, tenant),
        PostgresDrafts(warden, vault, tenant, utc_now),
        PostgresSubmissions(warden, tenant, utc_now),
        PostgresLogState(database, utc_now),
        OwnPatients(database, vault),
        Glass(access),
        ModelNames(flow, settings.console_model),
        answers,
        Answering(flow, answers, utc_now),
        reading,
        AnswerReports(office, vault, webhook=settings.alert_webhook is not None),
        QueueRoom(duties, OfficeWaiting(warden), watching),
        ReviewRoom(duties, SeenUnderGrant(auditor)),
        PeopleRoom(duties, WhoLooked(auditor)),
        TrailRoom(duties, TrailSearch(auditor), PostgresEvidence(auditor), PostgresAnchorBook(auditor), verifier),
        OperationsRoom(duties, running, watching, ages_of(settings)),
    )
