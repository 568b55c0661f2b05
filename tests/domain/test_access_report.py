"""The access report in one sentence."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from phiward.domain.access import RelationSource
from phiward.domain.access_report import BY_POLICY, summary_of_patient, summary_of_person
from phiward.domain.administration import AccessRow

AT = datetime(2026, 11, 24, tzinfo=UTC)


def row(person: int, source: str, *, closed: bool = False, patient: int = 1) -> AccessRow:
    """One reason."""
    return AccessRow(
        UUID(int=person), f"p{person}", ("nurse",), UUID(int=patient), source, AT, None, None, None, None, (),
        closed, closed,
    )  # fmt: skip


TOLD: list[Any] = [
    pytest.param([], "0 people may see the patient now", id="nobody"),
    pytest.param([row(1, "CareTeam")], "1 person may see the patient now: 1 by care team", id="one"),
    pytest.param(
        [row(1, "CareTeam"), row(1, "CareTeam"), row(1, "Panel"), row(2, "Panel")],
        "2 people may see the patient now: 2 by panel, 1 by care team",
        id="two reasons of one person are counted under each, the same one twice is one",
    ),
    pytest.param(
        [row(1, "CareTeam"), row(1, "Panel", closed=True), row(2, "Panel", closed=True)],
        "1 person may see the patient now: 1 by care team; the flag on a record shuts out 1 more",
        id="who has no other reason is shut out by the flag",
    ),
    pytest.param([row(1, "novel")], "1 person may see the patient now: 1 by novel", id="a source of a later version"),
]


@pytest.mark.parametrize(("rows", "told"), TOLD)
def test_the_sentence_says_how_many_and_why(rows: list[AccessRow], told: str) -> None:
    """And what it does not say."""
    assert summary_of_patient(rows) == f"{told}. {BY_POLICY}"


def test_the_sentence_of_a_person_counts_patients() -> None:
    """Each once."""
    rows = [row(1, "CareTeam", patient=1), row(1, "Cover", patient=1), row(1, "CareTeam", patient=2)]
    assert summary_of_person(rows).startswith("The person may see 2 patients now: 2 by care team, 1 by cover.")


def test_every_source_has_words() -> None:
    """For a privacy officer."""
    for source in RelationSource:
        assert f"by {source.value}." not in summary_of_patient([row(1, source)]) or source in {"proxy", "emergency"}
