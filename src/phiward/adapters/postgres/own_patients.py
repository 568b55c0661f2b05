"""One's own patients: a list and a search, through row-level security, and nothing of anybody else.

A name is looked for by the keyed digests of its words, so that only those who match are opened.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from phiward.adapters.postgres.database import Connection, Database
from phiward.domain.console import PatientCard
from phiward.domain.patients import IdentifierKind, KnownPatient, PatientRef
from phiward.domain.text import Secret
from phiward.domain.words import canonical_words
from phiward.records.decode import PATIENT_NAME, decode_patient
from phiward.records.handles import HANDLE_LABEL, handle_text
from phiward.vault.vault import Vault

MOST_SHOWN: Final = 50
_COUNT = "SELECT count(*) FROM patient"
# Those whom this person asked about last come first.
_LIST = """SELECT p.id, p.tenant, p.version, p.sealed FROM patient p
             LEFT JOIN (SELECT patient, max(made_at) AS at FROM answer GROUP BY patient) a ON a.patient = p.id
            ORDER BY a.at DESC NULLS LAST, p.id LIMIT %s"""
_ONE = "SELECT id, tenant, version, sealed FROM patient WHERE id = %s"
_BY_HANDLE = """SELECT p.id, p.tenant, p.version, p.sealed FROM patient p JOIN patient_handle h ON h.patient = p.id
                 WHERE h.digest = %s"""
_BY_WORD = """SELECT p.id, p.tenant, p.version, p.sealed FROM patient p
               WHERE p.id IN (SELECT k.patient FROM known_identifier k WHERE k.first = ANY (%s) OR k.whole = ANY (%s))
               ORDER BY p.id LIMIT %s"""


@dataclass(frozen=True, slots=True)
class Found:
    """Some of one's own patients, by name; `count` of them there are in all."""

    patients: tuple[PatientCard, ...]
    count: int


@dataclass(frozen=True, slots=True)
class OwnPatients:
    """`database` is of the gateway. Every method raises StorageError, VaultError."""

    database: Database
    vault: Vault

    async def all(self, session: Secret) -> Found:
        """Those asked about last, then others, up to MOST_SHOWN."""
        async with self.database.as_session(session) as connection:
            row = await (await connection.execute(_COUNT)).fetchone()
            rows = await (await connection.execute(_LIST, [MOST_SHOWN])).fetchall()
        return Found(self._cards(rows), 0 if row is None else row[0])

    async def find(self, session: Secret, words: str) -> Found:
        """By the record's number, or by every word of a name."""
        async with self.database.as_session(session) as connection:
            rows = await self._rows(connection, words)
        wanted = canonical_words(words)
        cards = [card for card, known in self._opened(rows) if _fits(known, wanted, words)]
        return Found(tuple(sorted(cards, key=lambda one: one.name)), len(cards))

    async def one(self, session: Secret, patient: PatientRef) -> PatientCard | None:
        """None for whoever is not in her care, and for nobody."""
        async with self.database.as_session(session, patient) as connection:
            rows = await (await connection.execute(_ONE, [patient])).fetchall()
        return next(iter(self._cards(rows)), None)

    async def _rows(self, connection: Connection, words: str) -> list[tuple[UUID, UUID, int, bytes]]:
        handle = self.vault.digest(None, HANDLE_LABEL, handle_text(words))
        rows = await (await connection.execute(_BY_HANDLE, [handle])).fetchall()
        if rows:
            return rows
        digests = [_signed(self.vault.digest(None, "word", word)) for word in canonical_words(words)]
        return await (await connection.execute(_BY_WORD, [digests, digests, 4 * MOST_SHOWN])).fetchall()

    def _opened(self, rows: Sequence[tuple[UUID, UUID, int, bytes]]) -> list[tuple[PatientCard, KnownPatient]]:
        made = []
        for ref, tenant, version, sealed in rows:
            patient = PatientRef(ref)
            known = decode_patient(ref, version, self.vault.open(tenant, patient, ref, PATIENT_NAME, bytes(sealed)))
            made.append((card_of(known), known))
        return made

    def _cards(self, rows: Sequence[tuple[UUID, UUID, int, bytes]]) -> tuple[PatientCard, ...]:
        return tuple(sorted((card for card, _ in self._opened(rows)), key=lambda one: one.name))


def card_of(known: KnownPatient) -> PatientCard:
    """FAMILY, Given; the first of each in the record."""

    def first(*kinds: IdentifierKind) -> str:
        return next((one.value for kind in kinds for one in known.identifiers if one.kind is kind), "")

    family, given = first(IdentifierKind.FAMILY), first(IdentifierKind.GIVEN)
    name = f"{family.upper()}, {given}" if family and given else first(IdentifierKind.FULL_NAME) or family or given
    return PatientCard(
        known.patient, name or "No name on record", known.birth_date, first(IdentifierKind.MRN, IdentifierKind.OTHER_ID)
    )


def _fits(known: KnownPatient, wanted: Sequence[str], words: str) -> bool:
    """Every word is one of her names, or it is her number."""
    names = {IdentifierKind.GIVEN, IdentifierKind.FAMILY, IdentifierKind.FULL_NAME, IdentifierKind.NICKNAME}
    spoken = {word for one in known.identifiers if one.kind in names for word in canonical_words(one.value)}
    numbers = {handle_text(one.value) for one in known.identifiers if one.kind is IdentifierKind.MRN}
    return handle_text(words) in numbers or (bool(wanted) and spoken.issuperset(wanted))


def _signed(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)
