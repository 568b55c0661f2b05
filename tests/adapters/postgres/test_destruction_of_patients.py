"""A patient's keys: refused under a hold, on record before they go, finished after any crash, and nothing opens."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio

import phiward
from phiward.adapters.keystore import SqliteKeyStore
from phiward.adapters.postgres.audit import PostgresAuditLog
from phiward.adapters.postgres.audit_store import PostgresAuditStore
from phiward.adapters.postgres.certificates import certificate, certificates
from phiward.adapters.postgres.destruction import Destroyer
from phiward.audit.sequencer import sequence_once
from phiward.audit.verify import verify
from phiward.domain.administration import UnknownIdError
from phiward.domain.audit import Addendum, Entry, EntryKind
from phiward.domain.errors import AuditUnavailableError, NotPermittedError, PatientNotFoundError, VaultError
from phiward.domain.patients import PatientRef
from phiward.domain.people import TenantId
from phiward.records.decode import PATIENT_NAME
from phiward.retention.destruction import DestructionReason
from phiward.retention.holds import HoldReason, HoldScope, LiftReason
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
from tests.adapters.postgres.audit_entries import SIGNER
from tests.adapters.postgres.retention_house import RetentionHouse, retention_house
from tests.postgres import Server

ORDER, OVER = DestructionReason.COURT_ORDER, DestructionReason.RETENTION_OVER
ROOT = bytes(range(32))
SOURCE = Path(phiward.__file__).parents[1]


@pytest_asyncio.fixture
async def house(postgres: Server) -> AsyncIterator[RetentionHouse]:
    """An organisation of its own."""
    async with retention_house(postgres) as made:
        yield made


def on_disk(house: RetentionHouse, path: Path) -> Vault:
    """The house's vault, on a key store in a file from now on."""
    house.home.vault = house.home.registry._vault = Vault(RootKey(ROOT), SqliteKeyStore(path))
    return house.home.vault


@pytest.mark.parametrize("scope", [HoldScope.PATIENT, HoldScope.EVERYTHING, HoldScope.PERSON, HoldScope.SHARD])
async def test_a_hold_refuses_and_the_keys_stay(house: RetentionHouse, scope: HoldScope) -> None:
    """On him, on all, on a person who asked about him, on a shard beside which his texts are kept."""
    patient, person = await house.home.patient("mrn-1"), await house.home.person()
    house.log.found(1, house.tenant, facts=[{"patients": [str(patient)], "person": str(person)}])
    subject = {HoldScope.PATIENT: patient, HoldScope.PERSON: person, HoldScope.SHARD: "2016"}.get(scope)
    found = await house.patient(patient)
    hold = await house.holds.place(house.tenant, scope, subject, HoldReason.LITIGATION)
    with pytest.raises(NotPermittedError) as caught:
        await house.destroyer.patient(house.tenant, found, ORDER)
    assert caught.value.rule == "legal_hold"
    assert house.log.told("key.destroyed") == []
    assert [one["patients"] for one in house.log.told("destruction.refused")] == [[str(patient)]]
    assert opens(house, patient)
    await house.holds.lift(house.tenant, hold.id, LiftReason.CLOSED)
    await house.destroyer.patient(house.tenant, found, ORDER)
    assert not opens(house, patient)


async def test_a_hold_on_somebody_else_refuses_nothing(house: RetentionHouse) -> None:
    """A person who never asked about him, and another patient."""
    patient, other, person = await house.home.patient("m-1"), await house.home.patient("m-2"), await house.home.person()
    await house.holds.place(house.tenant, HoldScope.PATIENT, other, HoldReason.LITIGATION)
    await house.holds.place(house.tenant, HoldScope.PERSON, person, HoldReason.LITIGATION)
    await house.destroyer.patient(house.tenant, await house.patient(patient), ORDER)
    assert not opens(house, patient)
    assert opens(house, other)


async def test_a_hold_that_comes_between_order_and_destruction_refuses(house: RetentionHouse) -> None:
    """The order is on record already; the keys stay until it is lifted."""
    patient, placed = await house.home.patient("mrn-1"), []

    async def number() -> None:
        await house.log.number()
        if not placed:
            placed.append(await house.holds.place(house.tenant, HoldScope.PATIENT, patient, HoldReason.BREACH))

    found = await house.patient(patient)
    with pytest.raises(NotPermittedError):
        await replace(house.destroyer, number=number).patient(house.tenant, found, ORDER)
    assert opens(house, patient)
    (unfinished,) = await certificates(house.home.registrar, house.tenant)
    assert unfinished.destroyed_at is None
    await house.holds.lift(house.tenant, placed[0].id, LiftReason.CLOSED)
    done = await house.destroyer.patient(house.tenant, found, ORDER)
    assert (done.id, done.destroyed_at is not None) == (unfinished.id, True)


async def test_before_its_time_only_another_reason_destroys(house: RetentionHouse) -> None:
    """He is in care: `retention_over` is refused by its rule."""
    patient = await house.home.patient("mrn-1")
    with pytest.raises(NotPermittedError) as caught:
        await house.destroyer.patient(house.tenant, await house.patient(patient), OVER)
    assert caught.value.rule == "retention_not_over"
    assert opens(house, patient)


async def test_an_access_that_waits_for_its_review_refuses(house: RetentionHouse) -> None:
    """The reviewer needs the texts."""
    patient, person = await house.home.patient("mrn-1"), await house.home.person()
    grant = uuid4()
    with house.log.admin() as admin:
        admin.execute(
            "INSERT INTO access_grant (id, tenant, kind, person, patient, basis, starts_at, ends_at) VALUES"
            " (%s, %s, 'emergency', %s, %s, 'consult', now(), now() + interval '1 hour')",
            [grant, house.tenant, person, patient],
        )
        admin.execute(
            "INSERT INTO emergency (id, tenant, session, reason, offline, auth_time, acr, review_due)"
            " VALUES (%s, %s, %s, 'consult', false, now(), 'mfa', now())",
            [grant, house.tenant, uuid4()],
        )
    with pytest.raises(NotPermittedError) as caught:
        await house.destroyer.patient(house.tenant, await house.patient(patient), ORDER)
    assert caught.value.rule == "review_open"


async def test_without_its_entry_in_the_signed_tree_no_key_goes(house: RetentionHouse) -> None:
    """Promise 1, the other way round."""

    async def never() -> None:
        """Nobody numbers."""

    patient = await house.home.patient("mrn-1")
    with pytest.raises(AuditUnavailableError):
        await replace(house.destroyer, number=never).patient(house.tenant, await house.patient(patient), ORDER)
    assert opens(house, patient)


async def test_when_the_keys_are_not_certainly_gone_nothing_is_certified(house: RetentionHouse) -> None:
    """Running it again finishes it."""

    class Failing(Vault):
        """Its store is busy."""

        def destroy(self, tenant: UUID, patient: PatientRef) -> None:
            """Never certain."""
            raise VaultError("A destroyed key may still stand in the store's log; destroy it again.")

    from tests.rooms.vault.twins import MemoryKeyStore

    patient, good = await house.home.patient("mrn-1"), house.destroyer
    found = await house.patient(patient)
    with pytest.raises(VaultError):
        await replace(good, vault=Failing(RootKey(ROOT), MemoryKeyStore())).patient(house.tenant, found, ORDER)
    assert house.log.told("destruction.certified") == []
    assert (await good.patient(house.tenant, found, ORDER)).destroyed_at is not None


async def test_a_patient_of_another_organisation_is_not_found(house: RetentionHouse) -> None:
    """As row-level security has it."""
    patient, other = await house.home.patient("mrn-1"), uuid4()
    with house.log.admin() as admin:
        admin.execute("INSERT INTO tenant (id, name) VALUES (%s, 'Other')", [other])
    with pytest.raises(PatientNotFoundError):
        await house.destroyer.patient(other, await house.patient(patient), ORDER)
    assert opens(house, patient)


async def test_the_certificate_says_what_when_whom_and_why_and_never_changes(house: RetentionHouse) -> None:
    """And names the entry that stood before."""
    patient = await house.home.patient("mrn-1")
    found = await house.patient(patient)
    done = await house.destroyer.patient(house.tenant, found, ORDER)
    assert await certificate(house.home.registrar, house.tenant, done.id) == done
    assert (done.subject, done.reason, done.rule) == (str(patient), ORDER, "order of a court")
    (told,) = house.log.told("key.destroyed")
    assert (told["patients"], told["destruction"], told["reason"]) == ([str(patient)], str(done.id), "court_order")
    assert set(told["classes"]) == {"phi", "audit", "vectors", "tokens", "backups"}
    rows = house.log.rows("SELECT shard, leaf_index FROM audit_entry WHERE id = %s", done.entry)
    assert rows == [(done.entry_shard, done.entry_index)]
    again = await house.destroyer.patient(house.tenant, found, ORDER)
    assert again == done
    assert len(house.log.told("key.destroyed")) == 1
    for change in (b"DELETE FROM destruction", b"UPDATE destruction SET reason = 'x'", b"TRUNCATE destruction"):
        with house.log.admin() as admin, pytest.raises(Exception, match="never changed"):
            admin.execute(change)
    with pytest.raises(UnknownIdError):
        await certificate(house.home.registrar, house.tenant, uuid4())


KILLED = """
import asyncio, os, signal, sys
from uuid import UUID
from phiward.adapters.keystore import SqliteKeyStore
from phiward.adapters.postgres import destruction
from phiward.adapters.postgres.administration import Administration
from phiward.adapters.postgres.database import Database
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
sys.path.insert(0, sys.argv[1])
from tests.adapters.postgres.organisation import now
from tests.adapters.postgres.retention_house import ShardedLog
from tests.postgres import RunningDatabase
from phiward.audit.leaf import encode_leaf
from phiward.adapters.postgres.kept import KeptReader
from phiward.retention.destruction import DestructionReason
from phiward.retention.due import standing
from phiward.retention.schedule import Schedule
admin, registrar, auditor, store, tenant, patient, point = [sys.stdin.readline().strip() for _ in range(7)]

def die():
    os.kill(os.getpid(), signal.SIGKILL)

class Dying(Vault):
    def destroy(self, tenant, patient):
        if point == "numbered":
            die()
        super().destroy(tenant, patient)
        if point == "keys gone":
            die()

class Records(Administration):
    async def record(self, connection, tenant, action, *rest):
        made = await super().record(connection, tenant, action, *rest)
        if point == "ordering" and action == "key.destroyed" or point == "certifying" and "certified" in action:
            die()
        return made

async def main():
    pools = [Database(one) for one in (registrar, auditor)]
    for pool in pools:
        await pool.open()
    vault = Dying(RootKey(bytes(range(32))), SqliteKeyStore(__import__("pathlib").Path(store)))
    log = ShardedLog(RunningDatabase(admin, "", registrar, auditor, "", ""))
    complete, empty = destruction.complete, destruction.empty_patient

    async def number():
        if point == "ordered":
            die()
        await log.number("")

    async def dying_complete(*words):
        if point == "rows gone":
            die()
        await complete(*words)

    destruction.complete = dying_complete
    (kept,) = [one for one in await KeptReader(*pools).patients(UUID(tenant)) if one.name == patient]
    found = standing(kept, Schedule.of({}), [], now())
    administration = Records(pools[0], encode_leaf, now, "uid:1")
    destroyer = destruction.Destroyer(administration, pools[1], vault, number)
    await destroyer.patient(UUID(tenant), found, DestructionReason.COURT_ORDER)
    die()

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("point", "entries", "key_opens"),
    [
        ("ordering", 0, True),
        ("ordered", 1, True),
        ("numbered", 1, True),
        ("keys gone", 1, False),
        ("rows gone", 1, False),
        ("certifying", 1, False),
        ("committed", 1, False),
    ],
)
async def test_killed_between_any_two_steps_it_is_finished_by_running_it_again(
    house: RetentionHouse, tmp_path: Path, point: str, entries: int, key_opens: bool
) -> None:
    """No key is gone without its numbered entry; one entry, one certificate, and the neighbour is untouched."""
    path = tmp_path / "keys.sqlite"
    on_disk(house, path)
    patient, neighbour = await house.home.patient("mrn-1"), await house.home.patient("mrn-2")
    found = await house.patient(patient)
    sealed = house.log.rows("SELECT sealed FROM patient WHERE id = %s", patient)[0][0]
    running = house.log.running
    lines = (running.admin, running.registrar, running.auditor, str(path), str(house.tenant), str(patient), point)
    killed = subprocess.run(  # noqa: ASYNC221 - nothing else runs here
        [sys.executable, "-c", KILLED, str(Path(__file__).parents[3])],
        input="".join(f"{line}\n" for line in lines), text=True, cwd=SOURCE, capture_output=True, check=False,
    )  # fmt: skip
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    after = Vault(RootKey(ROOT), SqliteKeyStore(path))
    assert opened(after, house.tenant, patient, sealed) is key_opens
    assert len(house.log.told("key.destroyed")) == entries
    if not key_opens:
        query = "SELECT leaf_index FROM audit_entry WHERE id = (SELECT entry FROM destruction)"
        assert house.log.rows(query)[0][0] is not None

    async def number() -> None:
        await house.log.number("")

    done = await Destroyer(house.administration, house.auditor, after, number).patient(house.tenant, found, ORDER)
    assert done.destroyed_at is not None
    assert not opened(after, house.tenant, patient, sealed)
    assert [len(house.log.told(one)) for one in ("key.destroyed", "destruction.certified")] == [1, 1]
    assert house.log.rows("SELECT 1 FROM patient_handle WHERE patient = %s", patient) == []
    assert opens(house, neighbour, after)


async def test_the_log_verifies_and_tells_and_nothing_of_him_opens(house: RetentionHouse, tmp_path: Path) -> None:
    """Promise 9: neither from the database nor from a copy of before; the leaf still says which patient, where to."""
    vault = on_disk(house, tmp_path / "keys.sqlite")
    patient = await house.home.patient("mrn-1")
    entry_id, interaction = uuid4(), uuid4()
    sent = vault.seal(house.tenant, patient, entry_id, "sent", b"what was asked")
    facts = {"patients": [str(patient)], "destination": "d-1", "identifier_classes": {"mrn": 1}}
    told = Entry(
        entry_id, TenantId(house.tenant), interaction, EntryKind.REFUSAL, datetime.now(UTC), facts,
        (Addendum("sent", sent, patient),),
    )  # fmt: skip
    await PostgresAuditLog(house.home.app, uuid4()).append(told)
    store, anchors = PostgresAuditStore(house.home.app), []

    async def number() -> None:
        while await sequence_once(store, SIGNER, anchors.append):
            pass

    copy = house.log.rows("SELECT id, sealed FROM patient WHERE id = %s", patient)
    await replace(house.destroyer, vault=vault, number=number).patient(
        house.tenant, await house.patient(patient), ORDER
    )
    await number()
    report = await verify(PostgresAuditStore(house.auditor), SIGNER.verifier, anchors)
    assert (report.holds, report.waiting) == (True, 0), report.findings
    (leaf,) = await store.of_interaction(interaction)
    assert str(patient).encode() in leaf.leaf
    assert b'"d-1"' in leaf.leaf
    ((ciphertext,),) = house.log.rows("SELECT ciphertext FROM audit_addendum WHERE entry = %s", entry_id)
    anew = Vault(RootKey(ROOT), SqliteKeyStore(tmp_path / "keys.sqlite"))
    for opener in (vault, anew):
        assert not opened(opener, house.tenant, patient, copy[0][1])
        with pytest.raises(VaultError):
            opener.open(house.tenant, patient, entry_id, "sent", bytes(ciphertext))


async def test_an_old_key_store_put_back_is_destroyed_again_by_the_certificates(
    house: RetentionHouse, tmp_path: Path
) -> None:
    """The copy brings the key back, which is why it must not be; the certificates know whose it was."""
    path, backup = tmp_path / "keys.sqlite", tmp_path / "backup.sqlite"
    vault = on_disk(house, path)
    patient, neighbour = await house.home.patient("mrn-1"), await house.home.patient("mrn-2")
    copy = house.log.rows("SELECT sealed FROM patient WHERE id = %s", patient)[0][0]
    vault._store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[attr-defined]
    shutil.copy(path, backup)
    os.chmod(backup, 0o600)
    await replace(house.destroyer, vault=vault).patient(house.tenant, await house.patient(patient), ORDER)
    back = Vault(RootKey(ROOT), SqliteKeyStore(backup))
    assert opened(back, house.tenant, patient, copy)
    assert await replace(house.destroyer, vault=back).reapply(house.tenant) == 1
    assert not opened(back, house.tenant, patient, copy)
    assert opens(house, neighbour, back)


def opens(house: RetentionHouse, patient: UUID, vault: Vault | None = None) -> bool:
    """Whether his identifiers open, as the database has them."""
    ((sealed,),) = house.log.rows("SELECT sealed FROM patient WHERE id = %s", patient)
    return opened(vault or house.home.vault, house.tenant, patient, sealed)


def opened(vault: Vault, tenant: UUID, patient: UUID, sealed: Any) -> bool:
    """Whether a ciphertext opens."""
    try:
        vault.open(tenant, PatientRef(patient), patient, PATIENT_NAME, bytes(sealed))
    except VaultError:
        return False
    return True
