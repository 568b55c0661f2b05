"""The authorised patient's own record is never withheld: 5,000 patients, each asked about once.

Among them households with one surname and one telephone, siblings, namesakes, and names that are words: "Will Grace",
"May Day".
"""

from functools import cache
from itertools import pairwise

import pytest
from bench.guard_world import WORD_FAMILY, WORD_GIVEN, clean_notes, index_for, population

from phiward.domain.patients import IdentifierKind, KnownPatient
from phiward.guard.index import KnownIndex
from phiward.guard.output import OutputFilter
from phiward.guard.release import ReleaseGate
from phiward.guard.unseen import Context
from tests.flow.indexes import MacTwin
from tests.rooms.guard.encoded import fields

PATIENTS = 5_000


@cache
def world() -> tuple[list[KnownPatient], KnownIndex]:
    """The patients, and the index of all."""
    patients = list(population(PATIENTS))
    return patients, index_for(iter(patients), MacTwin())


def family(patient: KnownPatient) -> str:
    """The surname."""
    return next(one.value for one in patient.identifiers if one.kind is IdentifierKind.FAMILY)


def record(patient: KnownPatient, relatives: list[str]) -> str:
    """Demographics, and a note that names the relatives."""
    known, given = fields(patient), fields(patient)["name"].split(maxsplit=1)[0]
    return (
        f"Patient: {known['full name']} ({family(patient)}, {given})\n"
        f"MRN {known['record number']}, member {known['member number']}, SSN {known['social security number']}.\n"
        f"Phone {known['telephone']}, e-mail {known['e-mail']}.\n\n"
        f"{known['name']} was seen today with {', '.join(relatives) or 'nobody'}. "
        f"{known['full name'].upper()} is well. "
        f"{given} will return in May, and may take it as long as needed all day. Mr. {family(patient)} agrees. "
        f"Call {known['telephone']} on that day. {given} rose well and will call.\n"
    )


def withheld(patient: KnownPatient, relatives: list[str]) -> bool:
    """Whether anything of the patient's own record does not come through both gates."""
    text, granted = record(patient, relatives), frozenset({patient.patient})
    filtered = OutputFilter({}, world()[1], granted)
    gate = ReleaseGate(world()[1], granted, own=relatives, seen=Context([text]), canaries=["phw-canary-7f3a"])
    # the relatives were restored by the filter, which reads a restored value not again
    out = gate.feed(text) + gate.finish()
    alone = record(patient, [])
    return out != text or filtered.feed(alone) + filtered.finish() != alone


def test_no_patients_own_record_is_withheld() -> None:
    """Each of them, with the relatives of the household."""
    patients, _ = world()
    missed = []
    for place, patient in enumerate(patients):
        near = [one for one in patients[max(0, place - 3) : place + 4] if one is not patient]
        relatives = [fields(one)["full name"] for one in near if family(one) == family(patient)]
        if withheld(patient, relatives):
            missed.append(patient.patient.int)
    assert missed == []


def test_the_patients_are_as_hard_as_they_should_be() -> None:
    """Households, shared telephones, namesakes and words are among them."""
    patients, _ = world()
    known = [fields(one) for one in patients]
    names = [one["full name"] for one in known]
    words = [one for one in known if one["name"].split()[0] in WORD_GIVEN and one["name"].split()[-1] in WORD_FAMILY]
    assert len(names) - len(set(names)) > 20
    assert sum(one["telephone"] == other["telephone"] for one, other in pairwise(known)) > 1_000
    assert len(words) > 3


def test_clean_notes_are_not_withheld() -> None:
    """300 published notes; a person of a note whose name a patient has too is taken for that patient."""
    notes = clean_notes(300)
    if not notes:
        pytest.skip("shared/data is not beside this checkout")
    index = world()[1]
    for note in notes:
        gate = ReleaseGate(index, frozenset(), canaries=["phw-canary-7f3a"], seen=Context([note]))
        assert gate.feed(note) + gate.finish() == note
        assert not gate.withheld
