"""An organisation with one patient of Dr. One's, whose chart is filled and indexed, for the tests of the chart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from phiward.adapters.postgres.indexing.indexer import Indexer, IndexReport
from phiward.domain.patients import PatientRef
from phiward.domain.people import TenantId
from phiward.domain.text import Secret
from tests.adapters.postgres.record_store import RecordStore
from tests.flow.charts import EmbedderTwin
from tests.rooms.records.fhir_files import bundle, care_team, patient, write

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass
class ChartHouse:
    """What a test of the chart works with. The embedding model is a twin: what it says is not the subject here."""

    store: RecordStore
    folder: Path
    session: Secret
    patient: PatientRef

    @classmethod
    async def found(cls, store: RecordStore, folder: Path, *resources: Any) -> "ChartHouse":
        """Import Dr. One's patient and the resources."""
        await store.take_in(write(folder, bundle(patient(), care_team(), *resources)))
        session = await store.clinician("Practitioner/dr-1")
        house = cls(store, folder, session, PatientRef(await patient_of(store)))
        return house

    @property
    def tenant(self) -> TenantId:
        """The organisation."""
        return TenantId(self.store.tenant)

    def indexer(self, embedder: EmbedderTwin | None = None) -> Indexer:
        """Over the same database."""
        return Indexer(self.store.registrar, self.store.sealer, self.store.mac, embedder or EmbedderTwin())

    async def take_in(self, *resources: Any) -> None:
        """Import more of the same patient."""
        await self.store.take_in(write(self.folder, bundle(patient(), *resources), "more.json"))

    async def index(self, embedder: EmbedderTwin | None = None) -> IndexReport:
        """Index what waits."""
        return await self.indexer(embedder).run(self.tenant)

    async def segments(self) -> Sequence[tuple[Any, ...]]:
        """Model, chunks and ciphertext of each."""
        return await self.store.rows("SELECT model, chunks, sealed FROM segment ORDER BY id")


async def patient_of(store: RecordStore, source_id: str = "Patient/pat-1") -> Any:
    """Our id of a patient, by the source's own."""
    digest = store.mac.digest(None, "source", source_id.removeprefix("Patient/").casefold())
    rows = await store.rows("SELECT patient FROM patient_source WHERE source_digest = %s", digest)
    return rows[0][0]
