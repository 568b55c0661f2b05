"""Rebuilding an interaction: what is not the recorded text is never shown as it, and a destroyed key is told."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from phiward.audit.leaf import encode_leaf
from phiward.domain.access import Relation, RelationSource, Standing
from phiward.domain.audit import Circumstances, Entry, Outcome, StoredEntry
from phiward.domain.chat import ChatRequest, Message, TextDelta
from phiward.domain.errors import AuditIntegrityError
from phiward.domain.patients import PatientRef
from phiward.domain.people import Caller, CredentialKind, PersonId, PurposeOfUse, Role
from phiward.domain.text import DeidentifiedText
from phiward.domain.trace import Did, Stage
from phiward.domain.verdict import Permit
from phiward.flow.checks import Checks
from phiward.flow.inbound import Inbound
from phiward.flow.outbound import Outbound
from phiward.flow.reconstruct import Reconstruction, Record, State, may_read, reconstruct, record_of
from phiward.flow.record import ChatInteraction, Recorder
from phiward.policy.decide import Policy
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault
from tests.flow.fakes import NOW, POLICY, LogTwin, caller, patient, treats
from tests.flow.indexes import index_of
from tests.rooms.vault.twins import MemoryKeyStore

SENT = '{"messages":[{"content":"What does [PATIENT_1] take?"}]}'
RULES = Policy.load()


class House:
    """One recorded interaction, under real keys."""

    def __init__(self) -> None:
        self.vault, self.log = Vault(RootKey(bytes(range(32))), MemoryKeyStore()), LogTwin()
        self.one = ChatInteraction(
            *(uuid4(), caller(), patient()),
            asked=ChatRequest("m", (Message("user", "x"),)),
            circumstances=Circumstances("203.0.113.9", "Invented/1.0"),
        )
        self.one.purpose = PurposeOfUse.TREAT
        self.one.outbound = Outbound(DeidentifiedText(SENT), {"[PATIENT_1]": "Margaret Okafor"}, {})
        self.one.trace.add(Stage.AUTHORISE, Did.PASSED, "treatment_in_care")

    async def recorded(self) -> list[StoredEntry]:
        """As the log has it: intent and outcome."""
        recorder = Recorder(self.log, self.vault, lambda: NOW, uuid4, POLICY)
        await recorder.intent(self.one)
        inbound = Inbound(Checks({}, index_of(), frozenset()))
        list(inbound.pass_on(TextDelta(0, "[PATIENT_1] takes furosemide. ")))
        await recorder.outcome(self.one, Outcome.RELEASED, inbound, None)
        return [stored(one) for one in self.log.entries]


def stored(one: Entry) -> StoredEntry:
    """A row."""
    leaf = encode_leaf(one, UUID(int=1))
    return StoredEntry(one.id, one.interaction, str(one.kind), leaf, 0, one.addenda, one.tenant)


def changed(entries: Sequence[StoredEntry], name: str, ciphertext: bytes | None) -> list[StoredEntry]:
    """With one addendum exchanged, or taken away."""
    made = []
    for entry in entries:
        kept = [one for one in entry.addenda if one.name != name or ciphertext is not None]
        addenda = tuple(replace(one, ciphertext=ciphertext) if one.name == name and ciphertext else one for one in kept)
        made.append(replace(entry, addenda=addenda))
    return made


def states(rebuilt: Reconstruction) -> dict[str, State]:
    """By the name of the text."""
    return {one.name: one.state for one in rebuilt.pieces}


async def test_an_exchanged_text_is_told_and_not_shown() -> None:
    """The digest in the leaf is held against it before it is opened."""
    house = House()
    entries = await house.recorded()
    rebuilt = reconstruct(changed(entries, "sent", b"another"), house.vault)
    assert states(rebuilt)["sent"] is State.ALTERED
    assert (rebuilt.sent, rebuilt.holds) == (None, False)


async def test_a_missing_text_is_told() -> None:
    """The leaf names it."""
    house = House()
    rebuilt = reconstruct(changed(await house.recorded(), "grounds", None), house.vault)
    assert states(rebuilt)["grounds"] is State.MISSING
    assert (rebuilt.grounds, rebuilt.holds) == ({}, False)


async def test_after_the_key_is_destroyed_the_leaf_speaks_and_the_circumstances_open() -> None:
    """Address and device are under the organisation's key; the texts can never be opened again, and that is told."""
    house = House()
    entries = await house.recorded()
    assert house.one.subject is not None
    house.vault.destroy(house.one.caller.tenant, house.one.subject)
    rebuilt = reconstruct(entries, house.vault)
    assert {name: state for name, state in states(rebuilt).items() if name != "circumstances"} == {
        "sent": State.DESTROYED, "grounds": State.DESTROYED, "received": State.DESTROYED,
    }  # fmt: skip
    assert (rebuilt.destroyed, rebuilt.holds, rebuilt.sent) == (True, True, None)
    assert rebuilt.circumstances == {"address": "203.0.113.9", "device": "Invented/1.0"}
    assert rebuilt.leaves[0]["facts"]["patients"] == [str(house.one.subject)]


async def test_under_another_root_key_nothing_is_called_destroyed() -> None:
    """It may well open where its own root is."""
    house = House()
    other = Vault(RootKey(bytes(32)), MemoryKeyStore())
    rebuilt = reconstruct(await house.recorded(), other)
    assert set(states(rebuilt).values()) == {State.CLOSED}
    assert not rebuilt.destroyed


async def test_the_exact_bytes_and_their_grounds_come_back_with_the_reason_of_each_decision() -> None:
    """What left, what came, what was replaced, from where, and why."""
    house = House()
    rebuilt = reconstruct(await house.recorded(), house.vault)
    assert rebuilt.sent == SENT.encode()
    assert rebuilt.received == b"[PATIENT_1] takes furosemide. "
    assert rebuilt.grounds["replaced"][0] == {
        "placeholder": "[PATIENT_1]", "original": "Margaret Okafor", "class": "PATIENT",
    }  # fmt: skip
    (line,) = rebuilt.trace({"treatment_in_care": "She treats him."})
    assert line.endswith("ms, authorise: passed by treatment_in_care: She treats him.")
    assert "Okafor" not in repr(rebuilt)
    assert set(states(rebuilt).values()) == {State.OPENED}


@pytest.mark.parametrize("leaf", [b"", b"{}", b'{"facts": 1, "addenda": []}', b'{"facts": {}}'])
def test_an_unreadable_leaf_is_told(leaf: bytes) -> None:
    """And nothing is made up of it."""
    with pytest.raises(AuditIntegrityError):
        reconstruct([StoredEntry(uuid4(), uuid4(), "intent", leaf, 0)], Vault(RootKey(bytes(32)), MemoryKeyStore()))


async def test_whose_it_was_about_whom_and_why_stands_in_the_leaves() -> None:
    """What the decision goes by."""
    house = House()
    assert record_of(await house.recorded()) == Record(
        house.one.caller.person,
        (house.one.subject,),
        PurposeOfUse.TREAT,  # type: ignore[arg-type]
    )
    act = Entry(uuid4(), house.one.caller.tenant, uuid4(), "log", NOW, {"action": "log.gateway_stopped", "entries": 3})  # type: ignore[arg-type]
    assert record_of([stored(act)]).person is None


def reading(reader: Caller, record: Record, standing: Standing | None = None) -> str:
    """The rule that decides, with `!` before one that refuses."""
    standings = dict.fromkeys(record.patients, standing) if standing else {}
    verdict = may_read(RULES, reader, record, standings, NOW)
    return verdict.rule if isinstance(verdict, Permit) else f"!{verdict.rule}"


def test_nobody_reads_another_persons_interaction_but_a_privacy_officer() -> None:
    """Not even who treats the patient as well, nor an administrator; and a machine never does."""
    about = PatientRef(uuid4())
    record = Record(PersonId(uuid4()), (about,), PurposeOfUse.TREAT)
    assert reading(caller(), record, treats()) == "!default_deny"
    assert reading(caller(Role.ADMINISTRATOR), record) == "!default_deny"
    assert reading(caller(Role.PRIVACY_OFFICER), record) == "privacy_officer_acts"
    assert reading(caller(Role.PRIVACY_OFFICER, Role.AI_SYSTEM), record) == "!act_by_ai_system"


def test_who_asked_reads_it_again_only_while_she_may_see_the_patient() -> None:
    """With one word of the policies; a relation that is over closes it."""
    me, about = caller(), PatientRef(uuid4())
    record = Record(me.person, (about,), PurposeOfUse.TREAT)
    assert reading(me, record, treats()) == "own_interaction"
    assert reading(me, record) == "!default_deny"
    over = Standing((Relation(RelationSource.CARE_TEAM, NOW - timedelta(days=9), NOW),))
    assert reading(me, record, over) == "!default_deny"
    assert reading(me, replace(record, purpose=PurposeOfUse.ETREAT), treats()) == "!default_deny"
    assert reading(me, replace(record, patients=())) == "own_interaction"
    acting = replace(me, service=uuid4(), kind=CredentialKind.DELEGATED)
    assert reading(acting, record, treats()) == "!act_by_service"
