"""What the commands work with: the registrar, the auditor, and the numbering of the log where no gateway runs."""

import contextlib
import getpass
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from phiward.adapters.extraction.sandbox import SandboxedExtractor
from phiward.adapters.models.client import open_session
from phiward.adapters.postgres.access_registry import AccessRegistry
from phiward.adapters.postgres.access_report import AccessReports
from phiward.adapters.postgres.administration import COMMAND_LINE, Administration
from phiward.adapters.postgres.anchor_book import PostgresAnchorBook
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.document_desk import DocumentDesk
from phiward.adapters.postgres.indexing.indexer import Indexer
from phiward.adapters.postgres.intake.writer import RecordsWriter
from phiward.adapters.postgres.migrate import refuse_other_schema
from phiward.adapters.postgres.offline import OfflineFactors
from phiward.adapters.postgres.quarantine import Quarantine
from phiward.adapters.postgres.registry import Registry
from phiward.adapters.postgres.reviews import Reviews
from phiward.adapters.postgres.roles import APP, AUDITOR, REGISTRAR
from phiward.adapters.postgres.seen import SeenUnderGrant
from phiward.adapters.postgres.surroundings import RegistrarSurroundings
from phiward.adapters.postgres.vendor_registry import VendorRegistry
from phiward.audit.leaf import decode_leaf, encode_leaf
from phiward.audit.opened import Opened, open_checkpoint
from phiward.audit.ports import CheckpointSigner
from phiward.audit.sequencer import Sequencer
from phiward.audit.shards import ShardPeriod
from phiward.deid.deidentifier import Deidentifier
from phiward.domain.emergency import ReviewEntry, SeenText
from phiward.domain.errors import AuditIntegrityError
from phiward.domain.people import PersonId, TenantId
from phiward.domain.text import Secret
from phiward.flow.shelving import CorpusShelf
from phiward.guard.index import KnownIndex
from phiward.guard.tripwire import Tripwire
from phiward.retrieval.ports import EmbeddingScope
from phiward.settings import Settings
from phiward.vault.vault import Vault
from phiward.wiring.access import working_days
from phiward.wiring.anchors import open_anchors, remembered
from phiward.wiring.base import conninfo, open_database, open_vault, signer_of, utc_now
from phiward.wiring.log import prover
from phiward.wiring.retrieval import corpora_of, make_embedder


@dataclass(frozen=True, slots=True)
class Registrar:
    """What the commands change things with: people, vendors, records of one organisation."""

    tenant: TenantId
    registry: Registry
    vendors: VendorRegistry
    writer: RecordsWriter
    administration: Administration
    access: AccessRegistry
    reports: AccessReports
    vault: Vault

    async def enrol_offline(self, person: PersonId) -> tuple[Secret, ...]:
        """New offline codes; the former ones end. Raises InvalidRequestError."""
        return await OfflineFactors(self.administration, _never_down).enrol(self.tenant, person)

    async def record(self, action: str, facts: dict[str, Any]) -> None:
        """An administrative act that changed nothing else, for example a finished import."""
        async with self.administration.change(self.tenant, action) as change:
            change.facts.update(facts)


async def _never_down() -> bool:
    return True  # enrolling asks nobody; using a code is the gateway's


@asynccontextmanager
async def open_registrar(settings: Settings) -> AsyncIterator[Registrar]:
    """For commands; the database must run."""
    named = conninfo(settings, REGISTRAR)
    await refuse_other_schema(named)
    with contextlib.ExitStack() as keys:
        vault = open_vault(settings, keys)
        async with open_database(settings, REGISTRAR) as database:
            actor = f"{getpass.getuser()} (uid {os.getuid()})"
            administration = Administration(database, encode_leaf, utc_now, actor)
            registry = Registry(administration, vault)
            tenant = await registry.ensure_tenant(settings.organisation)
            writer = RecordsWriter(database, vault, vault)
            access, reports = AccessRegistry(administration, vault), AccessReports(administration, vault)
            vendors = VendorRegistry(administration, vault)
            yield Registrar(tenant, registry, vendors, writer, administration, access, reports, vault)


@dataclass(frozen=True, slots=True)
class ChartDesk:
    """What charts are filled and kept with: import, index, what is held back, single documents, corpora."""

    registrar: Registrar
    extractor: SandboxedExtractor
    indexer: Indexer
    quarantine: Quarantine
    documents: DocumentDesk
    shelf: CorpusShelf


@asynccontextmanager
async def open_charts(settings: Settings, threads: int | None = None) -> AsyncIterator[ChartDesk]:
    """For commands; the database must run. `threads` of the local embedding model, None: as the settings say."""
    async with contextlib.AsyncExitStack() as stack:
        registrar = await stack.enter_async_context(open_registrar(settings))
        database = await stack.enter_async_context(open_database(settings, REGISTRAR))
        session = await stack.enter_async_context(open_session(settings.upstream_timeout))
        administration, vault = registrar.administration, registrar.vault
        around = RegistrarSurroundings(database, vault)
        log = PostgresAuditLog(database, COMMAND_LINE)
        used = settings if threads is None else settings.model_copy(update={"embedding_threads": threads})
        embedder = make_embedder(used, session, Deidentifier(), around, log)
        corpora = await stack.enter_async_context(corpora_of(settings, database))
        indexer = Indexer(database, vault, vault, embedder)
        quarantine, documents = Quarantine(administration, vault), DocumentDesk(administration)

        async def known(tenant: TenantId) -> KnownIndex:
            return (await around(EmbeddingScope(tenant))).index

        shelf = CorpusShelf(corpora, embedder, Tripwire(), known)
        yield ChartDesk(registrar, extractor(), indexer, quarantine, documents, shelf)


def extractor() -> SandboxedExtractor:
    """With the programs that are installed here; what needs a missing one is refused, document by document."""
    tesseract, pdftoppm = shutil.which("tesseract"), shutil.which("pdftoppm")
    return SandboxedExtractor(
        tesseract=Path(tesseract) if tesseract else None, pdftoppm=Path(pdftoppm) if pdftoppm else None
    )


@dataclass(frozen=True, slots=True)
class ReviewDesk:
    """What reviews of emergency access are done with on the command line."""

    tenant: TenantId
    registry: Registry
    reviews: Reviews
    seen: SeenUnderGrant
    vault: Vault
    administration: Administration

    async def texts(self, entry: ReviewEntry) -> tuple[SeenText, ...]:
        """What was asked and answered; that somebody read it is on record first."""
        async with self.administration.change(self.tenant, "emergency.texts_read") as change:
            change.facts.update(grant=str(entry.id), patients=[str(entry.patient)], before=None, after=None)
        return await self.seen.texts(self.tenant, entry.id, entry.patient, self.vault)


@asynccontextmanager
async def open_review(settings: Settings) -> AsyncIterator[ReviewDesk]:
    """For commands; the database must run."""
    async with open_registrar(settings) as registrar, open_database(settings, AUDITOR) as auditor:
        administration = registrar.administration
        reviews = Reviews(administration, registrar.vault, working_days(settings), settings.alert_webhook is not None)
        seen = SeenUnderGrant(auditor)
        yield ReviewDesk(registrar.tenant, registrar.registry, reviews, seen, registrar.vault, administration)


@dataclass(frozen=True, slots=True)
class Auditor:
    """Reads the log."""

    store: PostgresAuditStore
    signer: CheckpointSigner
    book: PostgresAnchorBook

    async def interaction(self, interaction: UUID) -> list[dict[str, Any]]:
        """The leaves of one interaction, with their indices."""
        entries = await self.store.of_interaction(interaction)
        return [{"shard": entry.shard, "index": entry.index, **decode_leaf(entry.leaf)} for entry in entries]

    async def newest_released(self) -> UUID:
        """Raises AuditIntegrityError when nothing was released yet."""
        found = await self.store.newest_released()
        if found is None:
            raise AuditIntegrityError("No answer was released yet.")
        return found


@asynccontextmanager
async def open_auditor(settings: Settings) -> AsyncIterator[Auditor]:
    """For commands; the database must run."""
    async with open_database(settings, AUDITOR) as database:
        yield Auditor(PostgresAuditStore(database), signer_of(settings), PostgresAnchorBook(database))


@asynccontextmanager
async def _numbering(settings: Settings) -> AsyncIterator[Sequencer]:
    """A sequencer for a command; what it signed goes to every anchor at the end. Raises AnchorError then."""
    signed: list[bytes] = []
    async with open_anchors(settings) as anchors, open_database(settings, APP) as database:
        signer = signer_of(settings)
        valid = Opened((await remembered(anchors)).notes, signer.verifier).valid
        period = ShardPeriod(settings.audit_shard)
        yield Sequencer(PostgresAuditStore(database), signer, signed.append, valid, period=period)
        for note in signed[-1:]:
            checkpoint = open_checkpoint(signer.verifier, note)
            consistency = prover(database, signer.name)(checkpoint)
            for anchor in anchors:
                await anchor.keep(checkpoint, note, consistency)


async def sequence_all(settings: Settings) -> int:
    """Number every entry that waits, where no gateway runs that would; returns how many."""
    total = 0
    async with _numbering(settings) as sequencer:
        while numbered := await sequencer.once():
            total += numbered
    return total


async def restore_log(settings: Settings, reason: str) -> str:
    """Go on from a restored backup; returns the name of the new shard. Raises as Sequencer.restore does."""
    async with _numbering(settings) as sequencer:
        return await sequencer.restore(reason)
