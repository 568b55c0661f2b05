"""The keyed index of the known identifiers of all patients: digests only, for checks that withhold.

A row per phrase: the digest of its first word finds candidates while reading a text word by word,
the digest of the whole decides. 64 bits each, as signed big-endian integers.
"""

from uuid import UUID

from phiward.adapters.postgres.database import Connection
from phiward.domain.known import KnownPhrase, known_identifiers
from phiward.domain.patients import KnownPatient
from phiward.records.ports import Mac

Row = tuple[str, int, int, int]
"""kind, words, first, whole."""


def digest_row(phrase: KnownPhrase, mac: Mac) -> Row:
    """The row of one phrase. The key is not bound to a tenant; the row is."""
    whole = mac.digest(None, f"whole:{phrase.kind_class}", " ".join(phrase.words))
    return (
        phrase.kind_class,
        len(phrase.words),
        _signed(mac.digest(None, "word", phrase.words[0])),
        _signed(whole),
    )


async def replace_known_identifiers(connection: Connection, tenant: UUID, patient: KnownPatient, mac: Mac) -> bool:
    """Make the rows of this patient those of his record; True when they were others before."""
    wanted = {digest_row(phrase, mac) for phrase in known_identifiers(patient)}
    cursor = await connection.execute(
        "SELECT kind, words, first, whole FROM known_identifier WHERE tenant = %s AND patient = %s",
        [tenant, patient.patient],
    )
    stored = set(await cursor.fetchall())
    if stored == wanted:
        return False
    await connection.execute(
        "DELETE FROM known_identifier WHERE tenant = %s AND patient = %s", [tenant, patient.patient]
    )
    async with connection.cursor() as inserting:
        await inserting.executemany(
            """INSERT INTO known_identifier (tenant, patient, kind, words, first, whole)
               VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING""",
            [(tenant, patient.patient, *row) for row in sorted(wanted)],
        )
    return True


def _signed(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "big", signed=True)
