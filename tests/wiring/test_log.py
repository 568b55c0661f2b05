"""The log of one process, composed: what it signs goes outside, and a proof reaches from any older size."""

import json
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from pydantic import SecretStr

from phiward.adapters.postgres.roles import APP, WARDEN
from phiward.audit.opened import Opened
from phiward.domain.errors import AuditIntegrityError
from phiward.settings import Settings
from phiward.wiring.base import open_database, prepare_secrets, signer_of
from phiward.wiring.integrity import check_log
from phiward.wiring.log import open_log, prover
from tests.adapters.postgres.log_entries import entry
from tests.postgres import RunningDatabase, Server


@pytest.fixture
def settings(postgres: Server, tmp_path: Path) -> Iterator[Settings]:
    """An installation on a fresh database of the tests' server."""
    database: RunningDatabase = postgres.make()
    made = Settings(
        data_dir=tmp_path / "data",
        secrets_dir=tmp_path / "secrets",
        anchor_dir=tmp_path / "anchors",
        database_url=SecretStr(database.admin),
    )
    made.secrets_dir.mkdir(mode=0o700)
    made.database_credentials_file.write_text(json.dumps(dict(postgres.credentials.passwords)))
    made.database_credentials_file.chmod(0o600)
    prepare_secrets(made)
    yield made
    postgres.drop(database)


async def test_what_was_appended_is_numbered_and_outside_when_the_process_has_ended(settings: Settings) -> None:
    """Also what was appended last."""
    async with (
        open_database(settings, APP) as app,
        open_database(settings, WARDEN) as warden,
        open_log(settings, app, warden, uuid4()) as keeper,
    ):
        for _ in range(3):
            await keeper.audit.append(entry())
        await keeper.sequencer.once()  # opens the shard; the end numbers the rest
    report = (await check_log(settings)).report
    assert report.holds, report.findings
    assert (report.waiting, report.entries, report.newest.anchored_size) == (0, 4, 4)


async def test_an_anchor_that_holds_what_was_never_signed_refuses_the_start_unless_it_was_said(
    settings: Settings,
) -> None:
    """Somebody wrote into the folder."""
    settings.anchor_dir.mkdir()
    (settings.anchor_dir / "checkpoints.jsonl").write_text('{"note":"x"}\n')
    async with open_database(settings, APP) as app, open_database(settings, WARDEN) as warden:
        with pytest.raises(AuditIntegrityError):
            async with open_log(settings, app, warden, uuid4()):
                raise AssertionError("it opened")
        async with open_log(settings, app, warden, uuid4(), despite=True) as keeper:
            assert keeper.sequencer.healthy


async def test_a_witness_is_given_a_proof_from_what_it_remembers(settings: Settings) -> None:
    """From the stored hashes, through the database."""
    async with (
        open_database(settings, APP) as app,
        open_database(settings, WARDEN) as warden,
        open_log(settings, app, warden, uuid4()) as keeper,
    ):
        for _ in range(5):
            await keeper.audit.append(entry())
            await keeper.sequencer.once()
        while await keeper.sequencer.once():
            pass
        newest = await keeper.store.newest_checkpoint()
        assert newest is not None
        (checkpoint,) = Opened([newest], signer_of(settings).verifier).valid.values()
        proof = await prover(app, settings.audit_name)(checkpoint)(2)
    assert checkpoint.size == 6
    assert len(proof) == 2
