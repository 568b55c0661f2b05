"""Every field of 200 patients in every encoding, and the same at random: nothing is released (guard.md section 6).

A random search alone passed once while a sweep failed, so both run.
"""

from functools import cache

import pytest
from bench.guard_world import index_for, population
from hypothesis import given, settings
from hypothesis import strategies as st

from phiward.domain.patients import KnownPatient
from phiward.guard.index import KnownIndex
from phiward.guard.release import ReleaseGate
from tests.flow.indexes import MacTwin
from tests.rooms.guard.encoded import ENCODINGS, fields

PATIENTS = 203
AROUND = [
    ("in a sentence", "See {} now.\n"),
    ("alone", "{}"),
    ("in a list, behind words", "- code\n- {}\nShe is well."),
    ("beside the patient's own name", "{own}: {} as asked.\n"),
]


@cache
def world() -> tuple[list[KnownPatient], KnownIndex]:
    """The patients, and the index of all."""
    patients = list(population(PATIENTS))
    return patients, index_for(iter(patients), MacTwin())


def escaped(value: str, name: str, around: str) -> bool:
    """Whether the gate for an answer about the first patient let this through."""
    patients, index = world()
    one = ReleaseGate(index, frozenset({patients[0].patient}))
    code = ENCODINGS[name](value)
    own = fields(patients[0])["full name"]
    out = one.feed(around.replace("{own}", own).replace("{}", code)) + one.finish()
    return not one.withheld or code in out


def shares(patient: KnownPatient, field: str) -> bool:
    """Whether the first patient has this too: a household's telephone."""
    return fields(patient)[field] in fields(world()[0][0]).values()


@pytest.mark.parametrize("name", sorted(ENCODINGS))
def test_no_field_of_any_patient_is_released_in_an_encoding(name: str) -> None:
    """200 patients, eight fields each."""
    patients, _ = world()
    missed = [
        (patient.patient.int, field)
        for place, patient in enumerate(patients[3:])
        for field, value in fields(patient).items()
        if not shares(patient, field) and escaped(value, name, AROUND[place % len(AROUND)][1])
    ]
    assert missed == []


@given(st.integers(3, PATIENTS - 1), st.sampled_from(sorted(ENCODINGS)), st.integers(0, 7), st.sampled_from(AROUND))
@settings(max_examples=300, deadline=None)
def test_a_random_search_finds_none_either(place: int, name: str, field: int, around: tuple[str, str]) -> None:
    """Other patients, other surroundings."""
    patient = world()[0][place]
    kind, value = list(fields(patient).items())[field]
    assert shares(patient, kind) or not escaped(value, name, around[1])
