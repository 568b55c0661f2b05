"""In-memory twins of the flow's Protocols. They stand in for the database and the network only in
tests of the flow's own order and reasons; what they pretend is shown with real parts elsewhere.
"""

from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from phiward.audit.leaf import encode_leaf
from phiward.domain.access import Relation, RelationSource, Standing
from phiward.domain.audit import Entry
from phiward.domain.chat import Finished, TextDelta, UpstreamEvent
from phiward.domain.errors import AuditUnavailableError
from phiward.domain.patients import (
    Identifier,
    IdentifierKind,
    KnownPatient,
    PatientRef,
)
from phiward.domain.people import Caller, PersonId, Role, TenantId
from phiward.domain.text import DeidentifiedText, IdentifiedText, Secret
from phiward.domain.vendors import Destination, Route, VendorBook

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
POLICY = "0" * 64
"""Stands for the digest of the policies."""


def patient(name: str = "Margaret Okafor", mrn: str = "40017723") -> KnownPatient:
    """An invented patient."""
    given, family = name.rsplit(" ", 1)
    return KnownPatient(
        PatientRef(uuid4()),
        1,
        (
            Identifier(IdentifierKind.FULL_NAME, name),
            Identifier(IdentifierKind.GIVEN, given),
            Identifier(IdentifierKind.FAMILY, family),
            Identifier(IdentifierKind.MRN, mrn),
            Identifier(IdentifierKind.PHONE, "312-555-0142"),
        ),
        date(1949, 7, 22),
    )


def caller(*roles: Role, lifetime: timedelta = timedelta(hours=1)) -> Caller:
    """A person whose key is in force."""
    return Caller(
        PersonId(uuid4()),
        TenantId(uuid4()),
        frozenset(roles or (Role.PHYSICIAN,)),
        uuid4(),
        NOW + lifetime,
        Secret("phw_test"),
    )


def treats() -> Standing:
    """A care relation in force."""
    return Standing((Relation(RelationSource.CARE_TEAM, NOW - timedelta(days=9)),))


@dataclass(frozen=True)
class OpenedTwin:
    """What one look at the database said."""

    caller: Caller
    patient: KnownPatient | None
    standing: Standing
    vendor_version: int = 1
    index_version: int = 1


@dataclass
class PeopleTwin:
    """Knows one credential."""

    opened: OpenedTwin | None

    async def caller(self, session: Secret, patient: str | None, *, activity: bool = True) -> OpenedTwin | None:
        """The same answer, whatever is asked."""
        return self.opened


@dataclass
class AdmissionTwin:
    """Lets everyone in, or refuses with `refusal`."""

    refusal: Exception | None = None

    async def admit(self, credential: Secret) -> None:
        """As it was told."""
        if self.refusal is not None:
            raise self.refusal


@dataclass
class LeaseTwin:
    """Stands until a test ends it."""

    ended: str | None = None


@dataclass
class WatchTwin:
    """Hands out one lease and remembers for what."""

    lease: LeaseTwin = field(default_factory=LeaseTwin)
    held: list[tuple[UUID, PatientRef | None, frozenset[UUID]]] = field(default_factory=list)

    @contextmanager
    def hold(self, caller: Caller, patient: PatientRef | None, grants: frozenset[UUID]) -> Iterator[LeaseTwin]:
        """The lease."""
        self.held.append((caller.credential_id, patient, grants))
        yield self.lease


@dataclass
class VendorsTwin:
    """Holds a book."""

    held: VendorBook

    async def book(self, caller: Caller, version: int) -> VendorBook:
        """The book."""
        return self.held


@dataclass
class LogTwin:
    """Keeps entries in order, or refuses."""

    entries: list[Entry] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)

    async def append(self, entry: Entry) -> None:
        """Append what the catalogue knows, unless entries of that kind are refused."""
        if entry.kind in self.refuse:
            raise AuditUnavailableError("The log cannot be written.")
        encode_leaf(entry, UUID(int=0))
        self.entries.append(entry)

    def kinds(self) -> list[str]:
        """The order of what was recorded."""
        return [str(entry.kind) for entry in self.entries]


class SealerTwin:
    """Seals by hiding: the tests only look at whether and under whom."""

    def seal(self, tenant: UUID, patient: PatientRef | None, record: UUID, name: str, text: bytes) -> bytes:
        """Bytes that show nothing of the text."""
        return f"sealed {len(text)} bytes for {patient or tenant}".encode()


@dataclass
class ClientTwin:
    """A model's server: answers what it is told, and remembers what it was sent."""

    answer: Sequence[UpstreamEvent | Exception] = (TextDelta(0, "fine"), Finished(0, "stop"))
    log: LogTwin | None = None
    sent: list[str] = field(default_factory=list)
    closed: int = 0
    kinds_at_send: list[str] = field(default_factory=list)

    async def send(
        self, route: Route, body: IdentifiedText | DeidentifiedText, stream: bool
    ) -> AsyncIterator[UpstreamEvent]:
        """Yield the scripted answer; an exception in it is raised."""
        self.sent.append(body.value)
        self.kinds_at_send = self.log.kinds() if self.log else []
        try:
            for event in self.answer:
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            self.closed += 1


def destination(*, self_hosted: bool = True, models: tuple[tuple[str, str], ...] = (("m", "m"),)) -> Destination:
    """A destination on loopback."""
    return Destination(uuid4(), "here", "us", "model", "http://127.0.0.1:1/v1", "chat.completions", self_hosted, models)
