"""What the commands fill and keep charts with: import, index, documents, what is held back, corpora."""

import contextlib
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from phiward.adapters.extraction.sandbox import SandboxedExtractor
from phiward.adapters.models.client import open_session
from phiward.adapters.postgres.administration import COMMAND_LINE
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.document_desk import DocumentDesk
from phiward.adapters.postgres.indexing.indexer import Indexer
from phiward.adapters.postgres.quarantine import Quarantine
from phiward.adapters.postgres.roles import REGISTRAR
from phiward.adapters.postgres.surroundings import RegistrarSurroundings
from phiward.deid.deidentifier import Deidentifier
from phiward.domain.people import TenantId
from phiward.flow.shelving import CorpusShelf
from phiward.guard.index import KnownIndex
from phiward.guard.tripwire import Tripwire
from phiward.retrieval.ports import EmbeddingScope
from phiward.settings import Settings
from phiward.wiring.base import open_database
from phiward.wiring.registrar import Registrar, open_registrar
from phiward.wiring.retrieval import corpora_of, make_embedder


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
        embedder = make_embedder(used, session, Deidentifier(), around, log, vault)
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
