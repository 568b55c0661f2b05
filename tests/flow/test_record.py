"""What the log says of a request: opaque facts in clear, texts sealed under the patient's key."""

from uuid import uuid4

import pytest

from phiward.domain.audit import Outcome
from phiward.domain.chat import ChatRequest, Message, TextDelta
from phiward.domain.errors import NoBaaError
from phiward.domain.text import DeidentifiedText
from phiward.flow.checks import Checks
from phiward.flow.inbound import Inbound
from phiward.flow.outbound import Outbound
from phiward.flow.record import ChatInteraction, Recorder
from tests.flow.fakes import NOW, POLICY, LogTwin, SealerTwin, caller, patient
from tests.flow.indexes import index_of

CANARY = "Zelda Quagmire"


def recorder(log: LogTwin) -> Recorder:
    """Over twins."""
    return Recorder(log, SealerTwin(), lambda: NOW, uuid4, POLICY)


def interaction(*, with_patient: bool = True) -> ChatInteraction:
    """A request that is about to leave."""
    asked = ChatRequest("m", (Message("user", CANARY),))
    one = ChatInteraction(uuid4(), caller(), patient() if with_patient else None, asked=asked)
    one.outbound = Outbound(DeidentifiedText("[PATIENT_1]"), {"[PATIENT_1]": CANARY}, {})
    return one


async def test_an_intent_without_a_text_to_send_is_a_defect() -> None:
    """It must never be recorded as if something left."""
    log, one = LogTwin(), interaction()
    one.outbound = None
    with pytest.raises(AssertionError):
        await recorder(log).intent(one)
    assert log.entries == []


@pytest.mark.parametrize("with_patient", [True, False])
async def test_what_was_sent_is_sealed_under_the_patient_or_the_organisation(with_patient: bool) -> None:
    """And stands beside the entry, not in it."""
    log, one = LogTwin(), interaction(with_patient=with_patient)
    await recorder(log).intent(one)
    (entry,) = log.entries
    owner = one.patient.patient if one.patient else one.caller.tenant
    assert entry.addenda[0].name == "sent"
    assert str(owner) in entry.addenda[0].ciphertext.decode()
    assert CANARY not in repr(entry.facts)
    assert entry.interaction == one.id


async def test_the_outcome_shares_the_interaction_and_says_what_was_done() -> None:
    """Counts and a code; the received text sealed."""
    log, one = LogTwin(), interaction()
    inbound = Inbound(Checks({}, index_of(), frozenset()))
    list(inbound.pass_on(TextDelta(0, "fine ")))
    await recorder(log).outcome(one, Outcome.REFUSED, inbound, NoBaaError("x"))
    (entry,) = log.entries
    assert entry.interaction == one.id
    assert entry.facts["outcome"] == "refused"
    assert entry.facts["code"] == "no_baa"
    assert entry.addenda[0].name == "received"


async def test_a_refusal_names_code_and_rule_and_holds_no_text() -> None:
    """Nothing left, so nothing is sealed."""
    log, one = LogTwin(), interaction()
    one.outbound = None
    await recorder(log).refusal(one, NoBaaError("x", rule="no_baa"))
    (entry,) = log.entries
    assert entry.facts["code"] == "no_baa"
    assert entry.facts["refused_by"] == "no_baa"
    assert entry.addenda == ()
