"""The order of one request, and what happens when any step says no."""

import json
import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from phiward.deid.deidentifier import Deidentifier
from phiward.deid.rules.catalogue import rule_detectors
from phiward.domain.access import NO_STANDING
from phiward.domain.chat import ChatRequest, Finished, Message, TextDelta, UpstreamEvent
from phiward.domain.documents import Document
from phiward.domain.errors import (
    AuditUnavailableError,
    InvalidRequestError,
    ModelNotFoundError,
    NoBaaError,
    NotAuthenticatedError,
    NotPermittedError,
    PatientNotFoundError,
    PhiwardError,
    StorageError,
    UnsafeContentError,
    UpstreamError,
)
from phiward.domain.passages import RetrievalAsk
from phiward.domain.patients import KnownPatient
from phiward.domain.people import Caller, Role
from phiward.domain.text import Secret
from phiward.domain.tools import ToolBook
from phiward.domain.vendors import RiskAcceptance, VendorBook
from phiward.flow.citing import EvidenceRules
from phiward.flow.journey import Answer, Flow
from phiward.flow.record import Recorder
from phiward.flow.retrieving import Bounds, Retriever
from phiward.guard.index import KnownIndex
from phiward.guard.passage import PassageCheck
from phiward.guard.tripwire import Tripwire
from phiward.policy.decide import Policy
from tests.flow.charts import ChartTwin, CorporaTwin, EmbedderTwin, document
from tests.flow.fakes import (
    NOW,
    POLICY,
    AdmissionTwin,
    ClientTwin,
    LogTwin,
    OpenedTwin,
    PeopleTwin,
    SealerTwin,
    VendorsTwin,
    WatchTwin,
    caller,
    destination,
    patient,
    treats,
)
from tests.flow.indexes import index_of

MARGARET = patient()
OTHER = patient("Zelda Quagmire", "40019999")


class House:
    """One flow with in-memory twins; each test changes the part it is about."""

    def __init__(self) -> None:
        self.log = LogTwin()
        self.people = PeopleTwin(OpenedTwin(caller(), MARGARET, treats()))
        self.vendors = VendorsTwin(VendorBook(1, (destination(),)))
        self.admission = AdmissionTwin()
        self.watch = WatchTwin()
        self.chart = ChartTwin()
        self.embedder = EmbedderTwin()
        self.corpora = CorporaTwin()
        self.evidence = EvidenceRules()
        self.tools = ToolBook()
        self.bounds = Bounds(12, 10_000)
        self.client = ClientTwin(log=self.log)
        self.uncovered = ClientTwin(log=self.log)
        self.now = NOW
        self.deidentifier = Deidentifier()
        self.index: KnownIndex | Exception = index_of(MARGARET, OTHER)

    async def _index(self, who: Caller, version: int) -> KnownIndex:
        if isinstance(self.index, Exception):
            raise self.index
        return self.index

    def retriever(self) -> Retriever:
        """Over the twins of the chart and of the models."""
        parts = self.chart, self.embedder, self.corpora, Policy.load(), self.deidentifier, lambda: self.now
        return Retriever(*parts, self.bounds)

    def flow(self) -> Flow:
        """Composed anew, so that a test may change any part."""
        house = self

        class Known:
            async def index(self, who: Caller, version: int) -> KnownIndex:
                return await house._index(who, version)

        return Flow(
            people=self.people,
            admission=self.admission,
            watch=self.watch,
            retriever=self.retriever(),
            chart=self.chart,
            vendors=self.vendors,
            known=Known(),
            policy=Policy.load(),
            deidentifier=house.deidentifier,
            tripwire=Tripwire(),
            recorder=Recorder(self.log, SealerTwin(), lambda: self.now, uuid4, POLICY),
            covered=self.client,
            uncovered=self.uncovered,
            clock=lambda: self.now,
            evidence=self.evidence,
            tools=self.tools,
        )

    async def ask(self, text: str, **more: object) -> Answer:
        """Ask about Margaret for treatment."""
        asked = ChatRequest("m", (Message("user", text),), patient="40017723", purpose="TREAT")
        return await self.flow().chat(uuid4(), Secret("phw_test"), replace(asked, **more))  # type: ignore[arg-type]

    async def answer(self, text: str, **more: object) -> str:
        """Ask and read to the end."""
        answer = await self.ask(text, **more)
        return words_of([event async for event in answer.events])


def words_of(events: Sequence[UpstreamEvent]) -> str:
    """The text of an answer."""
    return "".join(event.text for event in events if isinstance(event, TextDelta))


def no_patient(house: House) -> None:
    """The reference names nobody whom this person may see."""
    house.people.opened = OpenedTwin(caller(), None, NO_STANDING)


def no_credential(house: House) -> None:
    """An unknown, expired or revoked key."""
    house.people.opened = None


def wrong_role(house: House) -> None:
    """A role that never sees PHI."""
    house.people.opened = OpenedTwin(caller(Role.ADMINISTRATOR), MARGARET, treats())


def no_agreement(house: House) -> None:
    """A destination that is neither ours nor under an agreement."""
    house.vendors.held = VendorBook(1, (destination(self_hosted=False),))


def no_model(house: House) -> None:
    """Nobody serves what was asked for."""
    house.vendors.held = VendorBook(1)


def index_down(house: House) -> None:
    """The identifiers of all patients cannot be read."""
    house.index = StorageError("down")


REFUSALS = [
    (no_credential, NotAuthenticatedError, [], "nobody to name: not in the log"),
    (no_patient, PatientNotFoundError, ["refusal"], "no care relation"),
    (wrong_role, NotPermittedError, ["refusal"], "a role alone sees nobody"),
    (no_agreement, NoBaaError, ["refusal"], "promise 2"),
    (no_model, ModelNotFoundError, ["refusal"], "nowhere to send it"),
    (index_down, StorageError, ["refusal"], "a check that cannot run refuses"),
]


@pytest.mark.parametrize(("change", "error", "recorded", "reason"), REFUSALS, ids=[row[3] for row in REFUSALS])
async def test_a_refused_request_sends_nothing_and_stands_on_record(
    change: object, error: type[PhiwardError], recorded: list[str], reason: str
) -> None:
    """Each step that says no ends the request before the wire."""
    house = House()
    change(house)  # type: ignore[operator]
    with pytest.raises(error):
        await house.answer("What is her dose?")
    assert house.log.kinds() == recorded
    assert house.client.sent == house.uncovered.sent == []


async def test_a_missing_purpose_is_refused_by_name() -> None:
    """Nobody looks at a patient without saying why."""
    house = House()
    with pytest.raises(InvalidRequestError) as caught:
        await house.answer("What is her dose?", purpose=None)
    assert "purpose" in (caught.value.param or "").lower()
    assert house.client.sent == []


async def test_an_identifier_of_another_patient_in_the_question_trips_the_wire() -> None:
    """A detector that misses the name is not the last thing before the wire; the tripwire does not say so."""
    house = House()
    house.deidentifier = Deidentifier(rule_detectors())
    with pytest.raises(UnsafeContentError) as caught:
        await house.answer("Is she related to Zelda Quagmire?")
    assert "Zelda" not in str(caught.value)
    assert house.log.kinds() == ["refusal"]
    assert house.client.sent == []


async def test_a_check_of_the_placeholders_that_fails_is_a_refusal_on_record(monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the wire: what an answer will go by is made ready first."""

    def fails(*_: object, **__: object) -> None:
        raise MemoryError

    house = House()
    monkeypatch.setattr(PassageCheck, "broken", fails)
    with pytest.raises(UnsafeContentError):
        await house.answer("Dr. Amy Test asks for her dose.")
    assert house.log.kinds() == ["refusal"]
    assert house.client.sent == []


async def test_if_the_intent_cannot_be_recorded_nothing_is_sent() -> None:
    """Promise 1: no record, no release."""
    house = House()
    house.log.refuse = {"intent"}
    with pytest.raises(AuditUnavailableError):
        await house.answer("What is her dose?")
    assert house.client.sent == []


async def test_if_a_refusal_cannot_be_recorded_the_caller_learns_that_instead() -> None:
    """A log that cannot be written is the greater fault."""
    house = House()
    no_agreement(house)
    house.log.refuse = {"refusal"}
    with pytest.raises(AuditUnavailableError):
        await house.answer("What is her dose?")


async def test_if_the_outcome_cannot_be_recorded_the_answer_never_completes() -> None:
    """Without `Finished` the caller knows that it is not whole."""
    house = House()
    house.log.refuse = {"outcome"}
    seen: list[UpstreamEvent] = []
    answer = await house.ask("What is her dose?")
    with pytest.raises(AuditUnavailableError):
        async for event in answer.events:
            seen.append(event)
    assert not any(isinstance(event, Finished) for event in seen)


async def test_the_intent_is_durable_before_the_first_byte_leaves() -> None:
    """At the moment of sending, the log already holds it; the outcome comes after."""
    house = House()
    await house.answer("What is her dose?")
    assert house.client.kinds_at_send == ["intent"]
    assert house.log.kinds() == ["intent", "outcome"]


async def test_the_model_sees_no_identifier_and_the_caller_gets_hers_back() -> None:
    """The whole point."""
    house = House()
    house.client.answer = (TextDelta(0, "[PATI"), TextDelta(0, "ENT_1] takes 5 mg."), Finished(0, "stop"))
    got = await house.answer("Margaret Okafor, MRN 40017723, phone 312-555-0142: dose?")
    assert got == "Margaret Okafor takes 5 mg."
    for identifier in ("Margaret", "Okafor", "40017723", "555-0142"):
        assert identifier not in house.client.sent[0]
    assert house.log.entries[0].facts["identifier_classes"]


async def test_notes_of_the_patient_go_along_only_when_asked_for() -> None:
    """Minimum necessary: retrieval is a choice of the request."""
    house = House()
    house.chart.documents_held = [note(MARGARET, "Margaret takes lisinopril 10 mg."), note(OTHER, "secret")]
    await house.answer("dose?")
    await house.answer("dose?", retrieval=RetrievalAsk())
    assert "lisinopril" not in house.client.sent[0]
    assert "lisinopril" in house.client.sent[1]
    assert "secret" not in house.client.sent[1]
    assert house.log.entries[2].facts["documents"] == [str(house.chart.documents_held[0].id)]


async def test_text_goes_without_an_agreement_only_where_a_named_person_accepted_the_risk() -> None:
    """And then by the client that takes nothing but transformed text."""
    house = House()
    away = destination(self_hosted=False)
    who = house.people.opened.caller.person if house.people.opened else None
    assert who is not None
    accepted = RiskAcceptance(uuid4(), away.id, who, "pilot", NOW - timedelta(days=1), NOW + timedelta(days=1))
    house.vendors.held = VendorBook(1, (away,), (), (accepted,))
    await house.answer("dose?")
    assert house.client.sent == []
    assert len(house.uncovered.sent) == 1
    assert house.log.entries[0].facts["risk_acceptance"] == str(accepted.id)
    assert house.log.entries[0].facts["admitted_by"] == "risk_accepted"


STRUCTURED = json.dumps({"resourceType": "Patient", "gender": "female", "name": [{"family": "Quagmire"}]})


async def test_a_structured_resource_may_go_without_an_accepted_risk() -> None:
    """Rules handle all of it; the record says so."""
    house = House()
    house.vendors.held = VendorBook(1, (destination(self_hosted=False),), (), ())
    await house.answer(STRUCTURED)
    (sent,) = house.uncovered.sent
    assert "Quagmire" not in sent
    assert house.log.entries[0].facts["admitted_by"] == "no_free_text"


async def test_prose_beside_a_structured_resource_needs_the_accepted_risk() -> None:
    """One word of prose makes it free text."""
    house = House()
    house.vendors.held = VendorBook(1, (destination(self_hosted=False),), (), ())
    with pytest.raises(NoBaaError):
        await house.answer(STRUCTURED[:-1] + ', "note": [{"text": "seen"}]}')
    assert house.uncovered.sent == []


async def test_an_upstream_that_breaks_off_is_an_error_and_an_outcome() -> None:
    """A cut answer is never passed off as whole."""
    house = House()
    house.client.answer = (TextDelta(0, "half "), UpstreamError("broke off"))
    answer = await house.ask("dose?")
    with pytest.raises(UpstreamError):
        _ = [event async for event in answer.events]
    assert house.log.entries[-1].facts["outcome"] == "upstream_failed"


async def test_a_client_that_hangs_up_closes_the_call_and_is_recorded() -> None:
    """Nothing goes on in the background."""
    house = House()
    house.client.answer = (TextDelta(0, "It is one.\n"), TextDelta(0, "It is two.\n"), Finished(0, "stop"))
    answer = await house.ask("dose?")
    await anext(answer.events)
    await answer.events.aclose()  # type: ignore[attr-defined]
    assert house.client.closed == 1
    assert house.log.entries[-1].facts["outcome"] == "client_gone"


async def test_a_credential_that_expires_in_mid_stream_stops_the_release() -> None:
    """Promise 6."""
    house = House()
    house.client.answer = (TextDelta(0, "It is one.\n"), TextDelta(0, "It is two.\n"), Finished(0, "stop"))
    answer = await house.ask("dose?")
    await anext(answer.events)
    house.now = NOW + timedelta(hours=2)
    with pytest.raises(NotPermittedError):
        _ = [event async for event in answer.events]
    assert house.log.entries[-1].facts["outcome"] == "refused"


async def test_another_patients_identifier_in_the_answer_is_withheld_and_recorded() -> None:
    """Whatever the model remembers."""
    house = House()
    house.client.answer = (TextDelta(0, "Ask Zelda Qua"), TextDelta(0, "gmire about it."), Finished(0, "stop"))
    got = await house.answer("dose?")
    assert "Zelda" not in got
    assert "Quagmire" not in got
    assert house.log.entries[-1].facts["outcome"] == "withheld"


async def test_nothing_in_a_leaf_is_phi() -> None:
    """The leaf must outlive the patient's key, so it may hold only opaque facts."""
    house = House()
    house.client.answer = (TextDelta(0, "[PATIENT_1] is fine"), Finished(0, "stop"))
    await house.answer("Margaret Okafor, MRN 40017723?")
    leaves = repr([entry.facts for entry in house.log.entries])
    assert "Margaret" not in leaves
    assert "40017723" not in leaves
    assert str(MARGARET.patient) in leaves


def note(who: KnownPatient, text: str) -> Document:
    """A document of an invented patient; its id is the same in every run."""
    return document(who.patient, text, key=UUID(int=zlib.crc32(f"{who.patient} {text}".encode())))
