"""Documents in the database: versions, and summaries that come in any order; the rest stands in test_writer.py."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from phiward.domain.documents import SourceFormat
from phiward.records.results import DocumentRecord, FactRecord, ParsedFile
from tests.adapters.postgres.intake.test_facts import PATIENTS, fact
from tests.adapters.postgres.record_store import RecordStore
from tests.flow.charts import WRITTEN
from tests.rooms.records.fhir_files import HERE

SUMMARY = DocumentRecord("urn:cda:1", "Patient/a", WRITTEN, "CCD", "Invented.", HERE, source=SourceFormat.CCDA)


async def take_in(store: RecordStore, document: DocumentRecord, *facts: FactRecord) -> Any:
    """Import it with its patient."""
    parsed = ParsedFile(HERE, 1, PATIENTS, (document,), (), (), {}, {}, facts)
    return await store.writer.import_file(store.tenant, parsed)


async def test_an_older_summary_that_comes_late_replaces_nothing(store: RecordStore) -> None:
    """Neither the text nor the facts of the newer one; it counts as unchanged."""
    newer = replace(SUMMARY, text="Invented anew.", written_at=WRITTEN + timedelta(days=1))
    await take_in(store, newer, fact("urn:cda:fact:2", part_of="urn:cda:1"))
    before = await store.everything()
    account = await take_in(store, SUMMARY, fact("urn:cda:fact:1", part_of="urn:cda:1"))
    assert await store.everything() == before
    assert account.types["C-CDA"].unchanged == 1


async def test_each_change_is_the_next_version(store: RecordStore) -> None:
    """Of text, title, author, date, kind or label; the same again is none."""
    changes: tuple[dict[str, Any], ...] = ({}, {"author": "A. Author"}, {"author": "A. Author"}, {"title": "Summary"})
    seen = []
    for change in changes:
        await take_in(store, replace(SUMMARY, **change))
        seen.append((await store.rows("SELECT version FROM document"))[0][0])
    assert seen == [1, 2, 2, 3]
