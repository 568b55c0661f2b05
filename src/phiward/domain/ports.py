"""What the rooms and the flow need from outside, as small Protocols; adapters implement them."""

from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from phiward.domain.access import Standing
from phiward.domain.audit import Entry, Shard, StoredEntry, TreeHead
from phiward.domain.chart import ChartContents, Citation, StandingCitation
from phiward.domain.chat import UpstreamEvent
from phiward.domain.documents import Document
from phiward.domain.facts import Fact, FactLabel
from phiward.domain.patients import DocumentId, KnownPatient, PatientRef
from phiward.domain.people import Caller
from phiward.domain.text import DeidentifiedText, IdentifiedText, Secret
from phiward.domain.vendors import Route, VendorBook

Clock = Callable[[], datetime]
"""Returns now, in UTC, aware."""

NewId = Callable[[], UUID]


class People(Protocol):
    """Who holds a credential."""

    async def caller(self, session: Secret, patient: str | None, *, activity: bool = True) -> "Opened | None":
        """Resolve a credential, and the patient reference if one came, in one transaction.

        Returns None when the credential is unknown, expired, idle or revoked. `activity` keeps a session from
        growing idle. Raises StorageError.
        """


class Admission(Protocol):
    """Lets access tokens of an identity provider in; other credentials the database knows by itself."""

    async def admit(self, credential: Secret) -> None:
        """Return when `credential` is no access token, or is one whose session stands from now on.

        Raises NotAuthenticatedError, NotPermittedError for a service that acts for nobody, StorageError.
        """


class Lease(Protocol):
    """A running answer's right to go on."""

    @property
    def ended(self) -> str | None:
        """Why the right ended, as the name of a rule; None while it stands. Cheap: asked before every event."""


class Watch(Protocol):
    """Hears of what ends: credentials, people, grants, relations."""

    def hold(
        self, caller: Caller, patient: PatientRef | None, grants: frozenset[UUID]
    ) -> AbstractContextManager["Lease"]:
        """A lease for one answer, which ends when any of these does. What ended shortly before counts too."""


class Opened(Protocol):
    """What one look at the database said about a request."""

    @property
    def caller(self) -> Caller:
        """The person."""

    @property
    def patient(self) -> KnownPatient | None:
        """The patient, when the reference names one whom row-level security lets this person see."""

    @property
    def standing(self) -> Standing:
        """What stands between this person and that patient, past relations included."""

    @property
    def vendor_version(self) -> int:
        """Version of the vendor book."""

    @property
    def index_version(self) -> int:
        """Version of the known identifiers of all patients."""


class Chart(Protocol):
    """One patient's chart, read through row-level security: nothing of a patient out of care. Raises StorageError."""

    async def contents(self, session: Secret, patient: PatientRef) -> ChartContents:
        """What can be searched, as of one instant."""

    async def documents(
        self, session: Secret, patient: PatientRef, wanted: Collection[DocumentId]
    ) -> Mapping[DocumentId, Document]:
        """Those of the wanted documents that are there."""

    async def fact_labels(self, session: Secret, patient: PatientRef) -> Mapping[FactLabel, int]:
        """How many facts there are under each label."""

    async def facts(
        self, session: Secret, patient: PatientRef, labels: Collection[FactLabel], limit: int
    ) -> Sequence[Fact]:
        """At most `limit` facts of each label, the newest first, those without a date last, ties by id."""

    async def cite(self, session: Secret, patient: PatientRef, interaction: UUID, cited: Sequence[Citation]) -> None:
        """Keep what an answer rested on, so that it can be asked later what became of it."""

    async def citations(self, session: Secret, interaction: UUID) -> Sequence[StandingCitation]:
        """What an answer rested on, and whether it stands as it was; nothing of a patient out of care."""


class Vendors(Protocol):
    """The vendor book."""

    async def book(self, caller: Caller, version: int) -> VendorBook:
        """The book of the caller's organisation at `version` or newer. Raises StorageError."""


class AuditLog(Protocol):
    """Where entries become durable."""

    async def append(self, entry: Entry) -> None:
        """Return only after the entry is committed to disk. Raises AuditUnavailableError.

        A second OUTCOME for one interaction raises AuditUnavailableError too.
        """


class AuditStore(Protocol):
    """What the sequencer and the verifier need."""

    def batch(self, limit: int) -> AbstractAsyncContextManager["AuditBatch"]:
        """A transaction that holds the lock on the tree-head row; commits on a clean exit."""

    def snapshot(self) -> AbstractAsyncContextManager["AuditView"]:
        """The log as it stands at one instant, however long the reading takes."""


class AuditView(Protocol):
    """What the verifier reads. Raises StorageError."""

    async def shards(self) -> Mapping[str, Shard | None]:
        """By name, every shard that anything speaks of; None where the log's own list does not know it."""

    def entries(self, shard: str) -> AsyncIterator[StoredEntry]:
        """Sequenced entries of a shard in order of index, with their addenda, then nothing."""

    def kept_hashes(self, shard: str) -> AsyncIterator[bytes]:
        """The leaf hashes that stand for the entries of a destroyed shard, in order."""

    async def head(self) -> TreeHead:
        """The stored tree head."""

    async def checkpoints(self, shard: str) -> Sequence[bytes]:
        """Signed checkpoints of a shard, oldest first."""

    async def unsequenced(self) -> Mapping[UUID, int]:
        """By process, how many entries wait for an index."""


class AuditBatch(Protocol):
    """Inside one sequencing transaction. `now` is the store's clock, `latest_at` what the batch before saw there.

    `proposed_shard`: the batch was fixed before, for this shard, and `waiting` is it.
    """

    head: TreeHead
    waiting: Sequence[StoredEntry]
    now: datetime
    latest_at: datetime | None
    proposed_shard: str | None

    async def propose(self, shard: str, entries: Sequence[StoredEntry]) -> None:
        """Fix the next batch: until it is numbered, every batch is this one."""

    async def append(self, entry: StoredEntry) -> None:
        """Insert an entry of the log about itself, to be numbered like any other."""

    async def open_shard(self, shard: str) -> None:
        """Close the shard of `head` and open `shard`."""

    async def commit(self, head: TreeHead, checkpoint: bytes) -> None:
        """Give `waiting` the indices from the old size on, and store the new head and checkpoint."""

    async def newest_checkpoint(self) -> bytes | None:
        """The signed checkpoint of the largest size of the head's shard in the database, if there is any."""


class ModelClient(Protocol):
    """Talks to any destination: accepts only what went through the Safe Harbor transformation."""

    def send(self, route: Route, body: DeidentifiedText, stream: bool) -> AsyncIterator[UpstreamEvent]:
        """Yield the answer. Raises UpstreamError; closing the iterator closes the connection."""


class CoveredModelClient(ModelClient, Protocol):
    """Talks to a destination that may hold PHI: self-hosted, or under a BAA in force."""

    def send(self, route: Route, body: IdentifiedText | DeidentifiedText, stream: bool) -> AsyncIterator[UpstreamEvent]:
        """As ModelClient, and identified text as well."""


class Sealer(Protocol):
    """Encrypts under a patient's data key (or the organisation's, where no patient is in context)."""

    def seal(self, tenant: UUID, patient: PatientRef | None, record: UUID, name: str, text: bytes) -> bytes:
        """Ciphertext bound to tenant, patient, record and name. Raises VaultError."""


Json = Mapping[str, Any]
