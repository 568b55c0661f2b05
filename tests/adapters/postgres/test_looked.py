"""Who looked, on a real database: everybody, once for each permission; nobody of elsewhere; cut and said."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from phiward.adapters.postgres import looked as module
from phiward.adapters.postgres.looked import WhoLooked
from phiward.domain.audit import EntryKind
from phiward.domain.errors import StorageError
from phiward.domain.office import Looked
from tests.adapters.postgres.console_house import now
from tests.adapters.postgres.office_house import OfficeHouse, office_house
from tests.postgres import RunningDatabase


async def at(house: OfficeHouse) -> Looked:
    """Of the last day."""
    tenant, patient = house.base.tenant, house.base.patient
    return await WhoLooked(house.auditor).at(tenant, patient, now() - timedelta(days=1), now())


async def test_only_the_auditor_reads_it(running: RunningDatabase) -> None:
    """The warden, on whose role the rest of the page stands, does not read the log."""
    async with office_house(running) as house:
        with pytest.raises(StorageError):
            await WhoLooked(house.base.warden).at(house.base.tenant, house.base.patient, now(), now())


async def test_everybody_who_looked_is_told_with_the_rule_and_what_went_where(running: RunningDatabase) -> None:
    """Other patients, other days, other organisations and entries that merely name him elsewhere are not."""
    async with office_house(running) as house:
        base = house.base
        about: dict[str, Any] = {"patients": [str(base.patient)], "person": str(base.alice), "rule": "treatment",
                                 "purpose": "TREAT"}  # fmt: skip
        cloud = uuid4()
        base.sql(
            "INSERT INTO destination (id, tenant, name, vendor, service, feature, endpoint, self_hosted, models)"
            " VALUES (%s, %s, 'cloud', 'Example', 'chat', 'c', 'https://x.example', false, '[]')", cloud, base.tenant,
        )  # fmt: skip
        out = {"destination": str(cloud), "destination_class": "no_baa", "transformation": "t", "risk_acceptance": "r"}
        house.log(EntryKind.INTENT, **about, **out, documents=["d1", "d2"])
        house.log(EntryKind.RETRIEVAL, **about, documents=["d2"])
        house.log(EntryKind.REFUSAL, **about)
        house.log(EntryKind.INTENT, **{**about, "person": str(base.bob), "rule": "emergency"}, documents=["d1"])
        house.log(
            EntryKind.ADMINISTRATION, action="emergency.texts_read", actor=f"person:{house.officer}",
            patients=[str(base.patient)],
        )  # fmt: skip
        house.log(EntryKind.ADMINISTRATION, action="grant.added", actor="uid:0", patients=[str(base.patient)])
        house.log(EntryKind.INTENT, **{**about, "patients": [str(uuid4())]}, documents=[str(base.patient)])
        house.log(EntryKind.INTENT, **about, ago=timedelta(days=2))
        house.log(EntryKind.INTENT, **about, tenant=uuid4())
        found = await at(house)
    told = {one.login: (one.rule, one.asked, one.refused, one.documents) for one in found.looks}
    assert told == {"alice": ("treatment", 2, 1, 2), "bob": ("emergency", 1, 0, 1)}
    assert [(one.login, one.rule) for one in found.office] == [("wren", "emergency.texts_read")]
    ((name, leaves, accepted, count),) = [
        (one.destination, one.leaves, one.accepted, one.count) for one in found.sent
    ]  # fmt: skip
    assert (name, leaves, accepted, count) == ("cloud, Example", True, True, 1)
    assert (found.entries, found.cut) == (5, False)


async def test_a_list_that_is_cut_says_so(running: RunningDatabase, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one entry more than is read."""
    monkeypatch.setattr(module, "MOST_ENTRIES", 2)
    async with office_house(running) as house:
        for number in range(3):
            assert (await at(house)).cut is False, number
            house.log(EntryKind.INTENT, patients=[str(house.base.patient)], person=str(house.base.alice))
        assert (await at(house)).cut


async def test_the_index_is_not_believed_about_whose_words_were_read(running: RunningDatabase) -> None:
    """It has every act that names him in any way; the list is of those whose leaf says that his words were read."""
    async with office_house(running) as house:
        him, she = str(house.base.patient), f"person:{house.officer}"
        house.log(EntryKind.ADMINISTRATION, action="quarantine.read", actor=she, patient=him, patients=[str(uuid4())])
        house.log(EntryKind.ADMINISTRATION, action="patient.restricted", actor=she, patient=him)
        assert (await at(house)).entries == 0
        house.log(EntryKind.ADMINISTRATION, action="quarantine.read", actor=she, patient=str(uuid4()), patients=[him])
        assert (await at(house)).entries == 1
