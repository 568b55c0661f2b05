"""Who cares for whom: what relates nobody first, then until when."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from phiward.domain.patients import CareRelation, CareSource
from phiward.records.fhir.care import (
    ENCOUNTER_GRACE,
    SKIP_NO_PRACTITIONER,
    SKIP_NO_START,
    SKIP_NOT_A_PATIENT,
    SKIP_NOT_IN_FORCE,
    Skipped,
    Unresolved,
    care_team,
    encounter,
)
from phiward.records.fhir.references import Directory
from phiward.records.fhir.times import EPOCH
from phiward.records.reading import Resource
from phiward.records.results import CareRelationRecord
from tests.rooms.records import fhir_files
from tests.rooms.records.fhir_files import HERE

_START, _END = datetime(2020, 5, 1, 9, tzinfo=UTC), datetime(2020, 5, 1, 11, tzinfo=UTC)
_OPEN = {"period": {"start": "2020-05-01T09:00:00Z"}}


def _encounter(**more: Any) -> CareRelationRecord | Skipped:
    return encounter(Resource("Encounter", fhir_files.encounter(**more), None, HERE), Directory(), Unresolved())


def _team(**more: Any) -> CareRelationRecord | Skipped:
    return care_team(Resource("CareTeam", fhir_files.care_team(**more), None, HERE), Directory(), Unresolved())


def _until(made: CareRelationRecord | Skipped) -> tuple[datetime, datetime | None]:
    assert isinstance(made, CareRelationRecord)
    (relation,) = made.relations
    assert relation.practitioner == "Practitioner/dr-1"
    return relation.starts_at, relation.ends_at


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (_encounter(status="cancelled"), SKIP_NOT_IN_FORCE),
        (_encounter(status="entered-in-error"), SKIP_NOT_IN_FORCE),
        (_encounter(status="planned", period=None), SKIP_NO_START),
        (_encounter(participant=[]), SKIP_NO_PRACTITIONER),
        (_encounter(participant=[{"individual": {"reference": "RelatedPerson/1"}}]), SKIP_NO_PRACTITIONER),
        (_encounter(subject={"reference": "Group/1"}), SKIP_NOT_A_PATIENT),
        (_team(status="proposed"), SKIP_NOT_IN_FORCE),
        (_team(status="suspended"), SKIP_NOT_IN_FORCE),
        (_team(status="entered-in-error"), SKIP_NOT_IN_FORCE),
        (_team(status="inactive"), SKIP_NO_PRACTITIONER),
        (_team(participant=[{"member": {"reference": "Patient/pat-1"}}]), SKIP_NO_PRACTITIONER),
        (_team(subject={"reference": "Group/1"}), SKIP_NOT_A_PATIENT),
    ],
)
def test_these_relate_nobody_and_take_back_what_they_said(made: CareRelationRecord | Skipped, reason: str) -> None:
    """A cancelled visit opens no record, and closes what it had opened."""
    assert made == Skipped(reason, retract=True)


@pytest.mark.parametrize(
    ("more", "until"),
    [
        ({}, _END + ENCOUNTER_GRACE),
        ({"status": "in-progress", **_OPEN}, None),
        ({"status": "planned", **_OPEN}, None),
        ({"status": "onleave", **_OPEN}, None),
        ({"status": "finished", **_OPEN}, _START + ENCOUNTER_GRACE),
        ({"status": "unknown", **_OPEN}, _START + ENCOUNTER_GRACE),
    ],
)
def test_an_encounter_relates_until_thirty_days_after_its_end(more: dict[str, Any], until: datetime | None) -> None:
    """An open one without an end; one that is over without saying when, from its start."""
    assert timedelta(days=30) == ENCOUNTER_GRACE
    assert _until(_encounter(**more)) == (_START, until)


def test_a_participant_with_times_of_her_own_relates_for_those() -> None:
    """She joined late and left early."""
    own = {"start": "2020-05-01T10:00:00Z", "end": "2020-05-01T10:30:00Z"}
    made = _encounter(participant=[{"individual": {"reference": "Practitioner/dr-1"}, "period": own}])
    begin = datetime(2020, 5, 1, 10, tzinfo=UTC)
    assert _until(made) == (begin, begin + timedelta(minutes=30) + ENCOUNTER_GRACE)


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({}, (datetime(2020, 1, 1, tzinfo=UTC), None)),
        ({"period": None}, (EPOCH, None)),
        ({"period": None, "meta": {"lastUpdated": "2020-05-01T09:00:00Z"}}, (_START, None)),
        (
            {
                "status": "inactive",
                "period": {"start": "2020-05-01T09:00:00Z", "end": "2020-05-01T11:00:00Z"},
            },
            (_START, _END),
        ),
    ],
)
def test_a_care_team_relates_for_its_period(more: dict[str, Any], expected: tuple[datetime, datetime | None]) -> None:
    """Without any grace; an inactive one needs an end."""
    assert _until(_team(**more)) == expected


def test_an_unknown_practitioner_is_counted_and_the_others_relate() -> None:
    """By a reason that holds nothing of the reference."""
    unresolved = Unresolved()
    members = ["urn:uuid:nobody", "PractitionerRole/far", "Practitioner/dr-2", "Organization/o"]
    content = fhir_files.care_team(participant=[{"member": {"reference": m}} for m in members])
    made = care_team(Resource("CareTeam", content, None, HERE), Directory(), unresolved)
    assert isinstance(made, CareRelationRecord)
    start = datetime(2020, 1, 1, tzinfo=UTC)
    assert made.relations == (CareRelation("Practitioner/dr-2", CareSource.CARE_TEAM, start, None),)
    assert unresolved.counts == {
        "a practitioner reference leads to nobody in these files": 1,
        "a PractitionerRole is not in these files": 1,
    }
