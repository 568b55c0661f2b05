"""Access inside the flow: tokens that are not let in, documents that are closed, streams that are cut, emergencies."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from phiward.domain.access import DataClass, DocumentKind, Relation, RelationSource, Standing
from phiward.domain.chat import Finished, TextDelta
from phiward.domain.documents import Document
from phiward.domain.errors import NotAuthenticatedError, NotPermittedError
from phiward.domain.passages import RetrievalAsk
from phiward.domain.people import CredentialKind, Role
from phiward.domain.vendors import VendorBook
from phiward.policy import decide as policy_module
from tests.flow.charts import document
from tests.flow.fakes import NOW, OpenedTwin, caller, destination, treats
from tests.flow.test_journey import MARGARET, House

GRANT = UUID(int=77)
CLINICIAN = replace(caller(), kind=CredentialKind.BROWSER)


def note(text: str, kind: DocumentKind = DocumentKind.CLINICAL_NOTE, *classes: DataClass) -> Document:
    """A document of Margaret's."""
    return document(MARGARET.patient, text, kind, *classes)


def glass(ends: timedelta = timedelta(minutes=40)) -> Standing:
    """Emergency access in force."""
    return Standing((Relation(RelationSource.EMERGENCY, NOW - timedelta(minutes=20), NOW + ends, GRANT),))


async def test_a_token_that_is_not_let_in_reaches_nothing() -> None:
    """Not the database, not the log: there is no person to name."""
    house = House()
    house.admission.refusal = NotAuthenticatedError("refused")
    with pytest.raises(NotAuthenticatedError):
        await house.answer("dose?")
    assert house.log.kinds() == []
    assert house.client.sent == []


async def test_a_service_alone_gets_nothing() -> None:
    """It may act only on behalf of a person."""
    house = House()
    house.admission.refusal = NotPermittedError("A service alone.", rule="service_alone")
    with pytest.raises(NotPermittedError):
        await house.answer("dose?")
    assert house.client.sent == []


@pytest.mark.parametrize(
    ("kind", "classes", "reason"),
    [
        (DocumentKind.CLINICAL_NOTE, (DataClass.PSYCHOTHERAPY,), "psychotherapy needs the patient's authorisation"),
        (DocumentKind.CLINICAL_NOTE, (DataClass.PART2,), "substance use needs consent"),
        (DocumentKind.RESULT, (DataClass.HIV, DataClass.GENETIC), "every class must be opened"),
    ],
)
async def test_a_closed_document_does_not_reach_the_model(
    kind: DocumentKind, classes: tuple[DataClass, ...], reason: str
) -> None:
    """Nor its existence: the same bytes leave as without it. That something is not shown is said to the caller."""
    house = House()
    house.chart.documents_held = [note("takes lisinopril 10 mg daily")]
    await house.answer("dose?", retrieval=RetrievalAsk())
    house.chart.documents_held = [*house.chart.documents_held, note("closed contents about the dose", kind, *classes)]
    answer = await house.ask("dose?", retrieval=RetrievalAsk())
    assert [event async for event in answer.events]
    assert house.client.sent[0] == house.client.sent[1], reason
    assert answer.interaction.retrieved.not_shown == 1
    assert house.log.entries[2].facts["documents_not_shown"] == 1


async def test_billing_sees_that_a_note_exists_and_not_what_it_says() -> None:
    """Minimum necessary by field: 45 CFR 164.502(b)."""
    house = House()
    house.people.opened = OpenedTwin(caller(Role.BILLING), MARGARET, treats())
    house.chart.documents_held = [note("the secret course"), note("charges 99213", DocumentKind.BILLING)]
    await house.answer("charges?", retrieval=RetrievalAsk(), purpose="HPAYMT")
    assert "secret course" not in house.client.sent[0]
    assert "99213" in house.client.sent[0]


async def test_if_documents_cannot_be_decided_none_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question goes on without notes; none slips through."""
    house = House()
    house.chart.documents_held = [note("takes lisinopril")]

    def fails(*_: object) -> None:
        raise RuntimeError("the engine fell over")

    monkeypatch.setattr(policy_module, "readings", fails)
    answer = await house.ask("dose?", retrieval=RetrievalAsk())
    assert [event async for event in answer.events]
    assert "lisinopril" not in house.client.sent[0]
    assert answer.interaction.retrieved.not_shown == 1


@pytest.mark.parametrize("rule", ["credential_revoked", "person_deactivated", "grant_revoked", "cannot_tell"])
async def test_what_ends_in_mid_stream_cuts_it(rule: str) -> None:
    """Nothing more is released, and the log says why."""
    house = House()
    house.client.answer = (TextDelta(0, "It is one.\n"), TextDelta(0, "It is two.\n"), Finished(0, "stop"))
    answer = await house.ask("dose?")
    await anext(answer.events)
    house.watch.lease.ended = rule
    with pytest.raises(NotPermittedError) as caught:
        _ = [event async for event in answer.events]
    assert caught.value.rule == rule
    assert house.log.entries[-1].facts["outcome"] == "refused"
    assert house.client.closed == 1


@pytest.mark.parametrize(
    ("idle", "ends", "reason"),
    [
        (900, None, "streaming is no activity: the session grew idle"),
        (None, timedelta(minutes=15), "the relation is over"),
    ],
)
async def test_a_limit_that_is_reached_in_mid_stream_cuts_it(
    idle: int | None, ends: timedelta | None, reason: str
) -> None:
    """At its very instant."""
    house = House()
    relation = Relation(RelationSource.CARE_TEAM, NOW - timedelta(days=1), None if ends is None else NOW + ends)
    house.people.opened = OpenedTwin(replace(caller(), idle_seconds=idle), MARGARET, Standing((relation,)))
    house.client.answer = (
        TextDelta(0, "It is one.\n"),
        TextDelta(0, "It is two.\n"),
        TextDelta(0, "It is three.\n"),
        Finished(0, "stop"),
    )
    answer = await house.ask("dose?")
    await anext(answer.events)
    house.now = NOW + timedelta(minutes=15) - timedelta(microseconds=1)
    await anext(answer.events)
    house.now = NOW + timedelta(minutes=15)
    with pytest.raises(NotPermittedError, match="ended"):
        await anext(answer.events)


async def test_the_lease_is_for_credential_patient_and_grant() -> None:
    """Whichever of them ends."""
    house = House()
    house.people.opened = OpenedTwin(CLINICIAN, MARGARET, glass())
    await house.answer("dose?", purpose="ETREAT")
    assert house.watch.held == [(CLINICIAN.credential_id, MARGARET.patient, frozenset([GRANT]))]


async def test_an_emergency_is_named_on_record_and_in_the_answer() -> None:
    """So that the review finds everything that was seen."""
    house = House()
    house.people.opened = OpenedTwin(CLINICIAN, MARGARET, glass())
    answer = await house.ask("dose?", purpose="ETREAT")
    assert [event async for event in answer.events]
    assert answer.interaction.emergency is not None
    assert house.log.entries[0].facts["emergency"] == str(GRANT)
    assert house.log.entries[0].facts["credential_kind"] == "browser"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"standing": glass(timedelta(0))}, "the grant is over at its very instant"),
        ({"standing": Standing()}, "no grant"),
        ({"standing": treats()}, "care is no emergency"),
        ({"caller": replace(CLINICIAN, roles=frozenset({Role.BILLING}))}, "not for this role"),
        ({"caller": replace(CLINICIAN, service=uuid4(), kind=CredentialKind.DELEGATED)}, "never for a service"),
        ({"caller": replace(CLINICIAN, roles=frozenset({Role.AI_SYSTEM}))}, "never for a machine"),
    ],
)
async def test_an_emergency_opens_nothing_else(change: dict[str, object], reason: str) -> None:
    """Refused, and on record."""
    house = House()
    opened = {"caller": CLINICIAN, "patient": MARGARET, "standing": glass(), **change}
    house.people.opened = OpenedTwin(**opened)  # type: ignore[arg-type]
    with pytest.raises(NotPermittedError):
        await house.answer("dose?", purpose="ETREAT")
    assert house.client.sent == [], reason
    assert house.log.kinds() == ["refusal"]


async def test_an_emergency_never_opens_a_vendor_without_an_agreement() -> None:
    """It widens who sees this patient, and nothing else."""
    house = House()
    house.people.opened = OpenedTwin(CLINICIAN, MARGARET, glass())
    house.vendors.held = VendorBook(1, (destination(self_hosted=False),))
    with pytest.raises(NotPermittedError):
        await house.answer("dose?", purpose="ETREAT")
    assert house.uncovered.sent == []


async def test_an_emergency_is_transformed_like_everything_else() -> None:
    """De-identification stays on."""
    house = House()
    house.people.opened = OpenedTwin(CLINICIAN, MARGARET, glass())
    await house.answer("Margaret Okafor, MRN 40017723: dose?", purpose="ETREAT")
    assert "Okafor" not in house.client.sent[0]
    assert "40017723" not in house.client.sent[0]
