"""Promise 3 as a two-run property: nothing outside the grant changes what is sent.

Two runs of one request differ only in patients whom the caller may not see. The bytes sent upstream
are the same, or the request is refused, and the refusal reads the same whatever caused it.
"""

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.rules.catalogue import rule_detectors
from phiward.domain.access import NO_STANDING
from phiward.domain.errors import PatientNotFoundError, PhiwardError
from phiward.domain.passages import RetrievalAsk
from phiward.domain.patients import KnownPatient
from phiward.gateway.errors import error_body
from tests.flow.fakes import OpenedTwin, caller, patient
from tests.flow.indexes import index_of
from tests.flow.test_journey import MARGARET, House, note

NAMES = st.sampled_from(
    ["Zelda Quagmire", "Margaret Okafor", "Grace Young", "Will Brown", "Dose Daily", "Peter Okafor", "Ana Lima"]
)
NUMBERS = st.integers(10_000_000, 99_999_999).map(str)
OTHERS = st.lists(st.tuples(NAMES, NUMBERS), max_size=6)
QUESTIONS = st.one_of(
    st.sampled_from(
        [
            "What is her dose?",
            "Is Margaret Okafor well since 03/04/2024?",
            "Did Zelda Quagmire call?",
            "Grace Young is the daughter of Margaret.",
            "Her number is 40017723, not 40019999.",
        ]
    ),
    st.text(max_size=80),
)


@dataclass(frozen=True)
class Run:
    """What one run showed to the world."""

    sent: tuple[str, ...]
    refused: str | None


async def run(question: str, others: list[KnownPatient], *, tagger: bool = True) -> Run:
    """Ask about Margaret in a hospital that also holds `others`. Without the tagger names reach the tripwire."""
    house = House()
    if not tagger:
        house.deidentifier = Deidentifier(rule_detectors())
    house.people.opened = OpenedTwin(
        WHO, MARGARET, house.people.opened.standing if house.people.opened else NO_STANDING
    )
    house.index = index_of(MARGARET, *others)
    house.chart.documents_held = [note(MARGARET, "Margaret takes lisinopril 10 mg daily.")] + [
        note(other, "Something about somebody else.") for other in others
    ]
    try:
        await house.answer(question, retrieval=RetrievalAsk())
    except PhiwardError as error:
        return Run(tuple(house.client.sent), str(error_body(error)))
    return Run(tuple(house.client.sent), None)


WHO = caller()


@settings(max_examples=60, deadline=None)
@given(QUESTIONS, OTHERS, OTHERS, st.booleans())
async def test_what_lies_outside_the_grant_changes_no_byte_that_is_sent(
    question: str, first: list[tuple[str, str]], second: list[tuple[str, str]], tagger: bool
) -> None:
    """Change, add or delete other patients: the same bytes, or nothing."""
    one = await run(question, [patient(*who) for who in first], tagger=tagger)
    two = await run(question, [patient(*who) for who in second], tagger=tagger)
    if one.refused is None and two.refused is None:
        assert one.sent == two.sent
    for each in (one, two):
        if each.refused is not None:
            assert each.sent == ()
    if one.refused is not None and two.refused is not None:
        assert one.refused == two.refused


@settings(max_examples=30, deadline=None)
@given(OTHERS)
async def test_a_refusal_does_not_tell_whether_the_name_is_a_patients(others: list[tuple[str, str]]) -> None:
    """A known stranger and a number with a valid check digit read the same."""
    known = await run("Did Zelda Quagmire call?", [patient("Zelda Quagmire", "40019999")], tagger=False)
    anything = [await run("Did Zelda Quagmire call?", [patient(*who) for who in others], tagger=False)]
    assert known.refused is not None
    for each in anything:
        assert each.refused in (None, known.refused)


async def test_a_patient_outside_the_care_is_refused_like_nobody() -> None:
    """The same class, the same words."""
    house = House()
    house.people.opened = OpenedTwin(caller(), None, ())
    with pytest.raises(PatientNotFoundError) as caught:
        await house.answer("dose?")
    assert error_body(caught.value) == error_body(PatientNotFoundError())
