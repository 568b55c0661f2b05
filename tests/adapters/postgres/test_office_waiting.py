"""What waits, on a real database: of this organisation, undecided, and not a word of it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from phiward.adapters.postgres.office_waiting import OfficeWaiting
from phiward.domain.errors import StorageError
from tests.adapters.postgres.console_house import now
from tests.adapters.postgres.office_house import office_house
from tests.adapters.postgres.test_report_desk import reported
from tests.postgres import RunningDatabase

_NOTE = """INSERT INTO quarantined_document (id, tenant, patient, suspects, source_digest, content_digest, written_at,
           kind, classes, source, trust, sealed)
           VALUES (%s, %s, %s, %s, %s, 'a', now(), 'result', '{}', 'f', 'r', 's')"""


async def test_held_notes_reports_and_alarms_are_listed_until_decided(running: RunningDatabase) -> None:
    """The longest waiting first; another organisation sees none."""
    async with office_house(running) as house:
        base, waits = house.base, OfficeWaiting(house.base.warden)
        note, report = uuid4(), await reported(house)
        base.sql(_NOTE, note, base.tenant, base.patient, [uuid4(), uuid4()], note.bytes)
        for kind in ("audit.rewound", "emergency.opened"):
            base.sql(
                "INSERT INTO alert (id, tenant, kind, channel, recipient, facts, created_at, next_at)"
                " VALUES (%s, %s, %s, 'mail', 'privacy_officer', '{}', now(), now())", uuid4(), base.tenant, kind,
            )  # fmt: skip
        found = await waits.waiting(base.tenant)
        assert [(one.id, one.kind, one.suspects) for one in found.notes] == [(note, "result", 2)]
        assert [one.id for one in found.reports] == [report]
        ((kind, count, waiting),) = [
            (one.kind, one.count, one.waiting) for one in await waits.alarms(base.tenant, now() - timedelta(days=1))
        ]
        assert (kind, count, waiting) == ("audit.rewound", 1, 1)
        other = await waits.waiting(uuid4())
        assert (other.notes, other.reports, other.incidents) == ((), (), ())
        base.sql("UPDATE quarantined_document SET decision = 'discarded', decided_at = now() WHERE id = %s", note)
        assert (await waits.waiting(base.tenant)).notes == ()


@pytest.mark.parametrize("column", ["sealed", "patient", "content_digest", "source"])
async def test_the_warden_reads_not_a_word_of_a_held_note(running: RunningDatabase, column: str) -> None:
    """Nor whose it is."""
    async with office_house(running) as house:
        with pytest.raises(StorageError):
            async with house.base.warden.as_tenant(house.base.tenant) as connection:
                await connection.execute(f"SELECT {column} FROM quarantined_document".encode())  # noqa: S608
