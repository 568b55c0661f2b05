"""What finds passages: the embedding model, the corpora, and the retriever of one gateway process."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from uuid import uuid4

import aiohttp

from phiward.adapters.corpora.open import open_corpora
from phiward.adapters.embedding.deferred import DeferredEmbedder
from phiward.adapters.embedding.gated import EmbeddingDestinations
from phiward.adapters.postgres.database import Database
from phiward.clinical.calibration import Calibration
from phiward.clinical.gate import UnsupportedPolicy
from phiward.deid.deidentifier import Deidentifier
from phiward.domain.errors import ConfigurationError
from phiward.domain.ports import AuditLog, Sealer
from phiward.domain.text import Secret
from phiward.flow.citing import EvidenceRules
from phiward.flow.embedding import GatedEmbedder, Surroundings
from phiward.guard.tripwire import Tripwire
from phiward.retrieval.ports import CorpusEngine, Embedder, EmbeddingScope
from phiward.settings import Settings
from phiward.vault.files import read_private_file
from phiward.wiring.base import utc_now

LOCAL = "local"
MAX_SECRET_BYTES = 4096


def make_embedder(
    settings: Settings,
    session: aiohttp.ClientSession,
    deidentifier: Deidentifier,
    surroundings: Callable[[EmbeddingScope], Awaitable[Surroundings]],
    log: AuditLog,
    sealer: Sealer,
) -> Embedder:
    """The model on this machine, or one elsewhere under the gate."""
    if settings.embedding_model == LOCAL:
        return DeferredEmbedder(settings.embedding_threads)
    client = EmbeddingDestinations(session)
    return GatedEmbedder(
        *(settings.embedding_model, surroundings, deidentifier, Tripwire(), client, log, sealer, utc_now, uuid4)
    )


def evidence_rules(settings: Settings) -> EvidenceRules:
    """What becomes of unsupported sentences, and what was calibrated here. Raises ConfigurationError."""
    unsupported = UnsupportedPolicy(settings.unsupported)
    if settings.calibration_file is None:
        return EvidenceRules(unsupported)
    try:
        text = settings.calibration_file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError("PHIWARD_CALIBRATION_FILE cannot be read.") from error
    return EvidenceRules(unsupported, Calibration.from_json(text))


@asynccontextmanager
async def corpora_of(settings: Settings, database: Database) -> AsyncIterator[CorpusEngine]:
    """The engine of the corpora, closed at the end. Raises ConfigurationError, VaultError."""
    key = None
    if settings.corpora_key_file is not None:
        text = read_private_file(settings.corpora_key_file, settings.data_dir, MAX_SECRET_BYTES)
        key = Secret(text.decode().strip())
    engine = open_corpora(settings.corpora_url, database, key)
    try:
        yield engine
    finally:
        await engine.close()
