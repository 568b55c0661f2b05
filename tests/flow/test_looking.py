"""Retrieval for applications: the door and rules of a question to a model; on record before anything is given."""

from uuid import uuid4

import pytest

from phiward.domain.access import NO_STANDING
from phiward.domain.audit import EntryKind
from phiward.domain.chart import Citation, CitationState
from phiward.domain.errors import (
    AuditUnavailableError,
    InvalidRequestError,
    NotAuthenticatedError,
    NotPermittedError,
    PatientNotFoundError,
)
from phiward.domain.passages import Origin, RetrievalAsk
from phiward.domain.people import Role
from phiward.domain.text import Secret
from phiward.flow.looking import Looking
from phiward.flow.record import Interaction, Recorder
from phiward.policy.decide import Policy
from tests.flow.charts import document
from tests.flow.fakes import NOW, POLICY, OpenedTwin, SealerTwin, caller, treats
from tests.flow.test_journey import MARGARET, House


def looking(house: House) -> Looking:
    """Over the same twins as the flow."""
    recorder = Recorder(house.log, SealerTwin(), lambda: NOW, uuid4, POLICY)
    parts = house.people, house.admission, house.chart, Policy.load(), house.retriever(), recorder
    return Looking(*parts, lambda: NOW)


async def find(house: House, question: str = "dose?", purpose: str | None = "TREAT") -> Interaction:
    """Look into Margaret's chart."""
    return await looking(house).find(uuid4(), Secret("phw_test"), "40017723", purpose, question, RetrievalAsk())


@pytest.mark.parametrize(
    ("opened", "purpose", "error", "reason"),
    [
        (None, "TREAT", NotAuthenticatedError, "no credential in force"),
        (OpenedTwin(caller(), None, NO_STANDING), "TREAT", PatientNotFoundError, "not her patient, or nobody"),
        (OpenedTwin(caller(), MARGARET, treats()), None, InvalidRequestError, "no purpose"),
        (OpenedTwin(caller(), MARGARET, NO_STANDING), "TREAT", NotPermittedError, "no relation in force"),
        (
            OpenedTwin(caller(Role.RESEARCHER), MARGARET, treats()),
            "TREAT",
            NotPermittedError,
            "a role that treats nobody",
        ),
    ],
)
async def test_whoever_may_not_ask_gets_nothing(
    opened: OpenedTwin | None, purpose: str | None, error: type[Exception], reason: str
) -> None:
    """And the refusal of someone known is on record."""
    house = House()
    house.people.opened = opened
    house.chart.documents_held = [document(MARGARET.patient, "dose")]
    with pytest.raises(error):
        await find(house, purpose=purpose)
    assert house.log.kinds() == (["refusal"] if opened else []), reason


async def test_no_record_no_release() -> None:
    """Promise 1, for what an application gets."""
    house = House()
    house.chart.documents_held = [document(MARGARET.patient, "dose")]
    house.log.refuse = {EntryKind.RETRIEVAL}
    with pytest.raises(AuditUnavailableError):
        await find(house)


async def test_what_was_given_is_on_record_with_documents_and_patient_and_without_a_word_of_it() -> None:
    """Opaque ids; the text stays out of the leaf."""
    house = House()
    note = document(MARGARET.patient, "Takes lisinopril, a secret dose.")
    house.chart.documents_held = [note]
    found = await find(house, "lisinopril?")
    assert [one.text for one in found.retrieved.passages] == ["Takes lisinopril, a secret dose."]
    (entry,) = house.log.entries
    assert entry.kind is EntryKind.RETRIEVAL
    assert (entry.facts["patients"], entry.facts["documents"]) == ([str(MARGARET.patient)], [str(note.id)])
    assert "secret" not in repr(entry)


async def test_citations_are_asked_by_someone_known() -> None:
    """What the database shows of them is row-level security's."""
    house, interaction = House(), uuid4()
    house.chart.cited[interaction] = [Citation(1, Origin.CHART, uuid4(), 1, 0, 4, True)]
    (one,) = await looking(house).citations(Secret("phw_test"), interaction)
    assert one.state is CitationState.CURRENT
    house.people.opened = None
    with pytest.raises(NotAuthenticatedError):
        await looking(house).citations(Secret("phw_test"), interaction)
