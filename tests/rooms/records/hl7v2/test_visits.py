"""Visits to care relations."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.domain.patients import CareRelation, CareSource
from phiward.records.hl7v2.visits import NO_CLINICIAN_ID, NO_NUMBER, visit
from phiward.records.results import CareRelationRecord

from .feeds import PV1, msh, nothing, parsed, pv1


def stated(event: str, segment: str, *before: str, unresolved: Counter[str] | None = None) -> CareRelationRecord | None:
    """What a message of this event says of the visit."""
    return visit(
        parsed(msh(f"ADT^{event}"), *before, segment),
        "urn:hl7v2:HOSP:M",
        nothing() if unresolved is None else unresolved,
    )


def relations(event: str, segment: str, *before: str) -> tuple[CareRelation, ...]:
    """Its relations."""
    found = stated(event, segment, *before)
    assert found is not None
    return found.relations


def test_a_visit_that_ends_before_it_starts_is_refused() -> None:
    """At PV1-45."""
    with pytest.raises(ImportFailedError, match="PV1-45: this is before the start"):
        stated("A03", pv1("20240102", "20240101"))


def test_a_visit_without_a_number_relates_nobody() -> None:
    """It could never be ended; it is counted."""
    count = nothing()
    assert stated("A01", PV1.replace("VISIT-9", ""), unresolved=count) is None
    assert count[NO_NUMBER] == 1


def test_a_clinician_without_a_usable_id_relates_nobody() -> None:
    """A name alone is nobody's key."""
    count = nothing()
    found = stated("A01", PV1.replace("D-1", "").replace("D-2", "has blank"), unresolved=count)
    assert found is not None
    assert found.relations == ()
    assert count[NO_CLINICIAN_ID] == 2


def test_a_message_without_a_visit_states_none() -> None:
    """A28 and A31 about a person."""
    assert visit(parsed(msh()), "p", nothing()) is None
    assert stated("A31", "PV1|1|N|||||D-1") is None


def test_an_open_visit_relates_without_an_end() -> None:
    """Attending, referring, consulting and admitting doctors, each once."""
    fields = pv1("202401011000-0500").split("|")
    fields[9], fields[17] = "D-3^CONSULT~D-1^AGAIN", "D-4"
    found = stated("A01", "|".join(fields))
    assert found is not None
    assert found.source_id == "urn:hl7v2:visit:HOSP:VISIT-9"
    start = datetime(2024, 1, 1, 15, tzinfo=UTC)
    assert found.relations == tuple(
        CareRelation(f"Practitioner/D-{n}", CareSource.ENCOUNTER, start, None) for n in (1, 2, 3, 4)
    )


def test_a_discharge_ends_the_relation_after_thirty_days() -> None:
    """So that letters can be written; without PV1-45 from when it happened."""
    end = datetime(2024, 1, 2, 12, 0, 0, 999999, tzinfo=UTC) + timedelta(days=30)
    assert {one.ends_at for one in relations("A03", pv1("20240101", "20240102120000"))} == {end}
    happened = relations("A03", pv1("20240101"), "EVN|A03|20240103||||20240102120000")
    assert {one.ends_at for one in happened} == {datetime(2024, 2, 1, 12, tzinfo=UTC)}


def test_cancelling_a_discharge_opens_the_visit_again() -> None:
    """Whatever PV1-45 still says: the patient is in the house."""
    assert {one.ends_at for one in relations("A13", pv1("20240101", "20240102"))} == {None}


def test_cancelling_an_admission_leaves_no_relation() -> None:
    """The reader takes the visit back."""
    assert relations("A11", pv1("20240101")) == ()


def test_without_an_admission_the_relation_starts_when_it_was_told() -> None:
    """Later rather than earlier."""
    assert {one.starts_at for one in relations("A04", PV1)} == {datetime(2024, 1, 1, 12, tzinfo=UTC)}
