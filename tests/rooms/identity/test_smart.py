"""Scopes and launch context of SMART."""

import pytest

from phiward.domain.errors import NotPermittedError
from phiward.identity.smart import Launch, Level, ResourceScope, parse_launch, parse_scope

UNREADABLE = [
    ("patient/*.sr", "out of order"),
    ("patient/*.dus", "out of order, as the guide shows"),
    ("patient/*.rr", "twice the same"),
    ("patient/*.x", "an unknown interaction"),
    ("patient/*.", "no interaction"),
    ("patient/*", "no dot"),
    ("patient/.rs", "no type"),
    ("patient/observation.rs", "a type in small letters"),
    ("patient/Obser*.rs", "half a wildcard"),
    ("user/*.READ", "capitals"),
    ("user/*.reads", "nearly a word of version 1"),
    ("system/*.rs?", "an empty query"),
    ("patient//*.rs", "two slashes"),
    ("patient/Observation.rs/x", "more at the end"),
    ("patient/*.rs\n", "a line break"),
]


@pytest.mark.parametrize(("scope", "reason"), UNREADABLE, ids=[reason for _, reason in UNREADABLE])
def test_a_scope_that_cannot_be_read_is_refused_and_not_skipped(scope: str, reason: str) -> None:
    """Skipping a patient-level scope would drop the binding to the patient."""
    with pytest.raises(NotPermittedError) as error:
        parse_launch({scope, "user/*.rs"}, "pat-1")
    assert error.value.rule == "smart_launch"


@pytest.mark.parametrize("scopes", [{"patient/*.rs"}, {"patient/Observation.c"}, {"user/*.rs", "patient/*.read"},
                                    {"patient/Observation.rs?category=x", "launch/patient"}])  # fmt: skip
def test_a_patient_level_scope_without_a_patient_is_refused(scopes: set[str]) -> None:
    """The server SHALL provide the launch parameter; one that does not gives no access at all."""
    with pytest.raises(NotPermittedError) as error:
        parse_launch(scopes, None)
    assert error.value.rule == "smart_launch"
    assert parse_launch(scopes, "pat-1").bound


READ = [
    ("patient/*.rs", ResourceScope(Level.PATIENT, "*", "rs")),
    ("user/Observation.rs", ResourceScope(Level.USER, "Observation", "rs")),
    ("system/*.cruds", ResourceScope(Level.SYSTEM, "*", "cruds")),
    ("user/*.s", ResourceScope(Level.USER, "*", "s")),
    ("user/*.cud", ResourceScope(Level.USER, "*", "cud")),
    ("patient/*.read", ResourceScope(Level.PATIENT, "*", "rs")),
    ("user/Patient.write", ResourceScope(Level.USER, "Patient", "cud")),
    ("user/*.*", ResourceScope(Level.USER, "*", "cruds")),
    ("patient/Observation.rs?category=http://x|laboratory", ResourceScope(Level.PATIENT, "Observation", "rs", True)),
    ("openid", None),
    ("launch", None),
    ("launch/patient", None),
    ("patients/*.rs", None),
    ("https://x.example/patient/*.rs", None),
]


@pytest.mark.parametrize(("scope", "expected"), READ, ids=[scope for scope, _ in READ])
def test_a_scope_is_read(scope: str, expected: ResourceScope | None) -> None:
    """Version 2 as it is, version 1 by what it means; what does not speak of resources is none."""
    assert parse_scope(scope) == expected


LAUNCHES = [
    (set(), None, False, None, None, "no SMART at all: the scopes limit nothing"),
    ({"openid", "launch"}, None, False, None, None, "nothing about resources"),
    ({"openid"}, "pat-1", False, "pat-1", None, "a launch with a patient binds"),
    ({"patient/*.rs", "launch/patient"}, "pat-1", False, "pat-1", {"*"}, "all of one patient"),
    ({"user/Observation.rs"}, None, False, None, {"Observation"}, "one type"),
    ({"user/Observation.r", "user/Condition.rs"}, None, False, None, {"Observation", "Condition"}, "two types"),
    ({"user/*.rs"}, "pat-1", False, "pat-1", {"*"}, "user-level scopes in a launch: bound all the same"),
    ({"user/*.cud"}, None, False, None, set(), "writing only"),
    ({"user/*.s"}, None, False, None, set(), "searching without reading"),
    ({"user/*.rs?_tag=a"}, None, False, None, set(), "narrowed by what we cannot enforce"),
    ({"system/*.rs"}, None, False, None, set(), "a service's scope in a person's hand"),
    ({"system/*.rs"}, None, True, None, {"*"}, "a service's scope"),
    ({"user/*.rs", "system/Observation.cud"}, None, True, None, set(), "a person's scope in a service's hand"),
]


@pytest.mark.parametrize(
    ("scopes", "patient", "service", "bound", "readable", "reason"), LAUNCHES, ids=[reason for *_, reason in LAUNCHES]
)
def test_scopes_say_who_is_bound_and_what_is_read(
    scopes: set[str], patient: str | None, service: bool, bound: str | None, readable: set[str] | None, reason: str
) -> None:
    """They only ever narrow."""
    found = parse_launch(scopes, patient, of_service=service)
    assert found == Launch(bound, None if readable is None else frozenset(readable))
    assert found.bound == (bound is not None)
    assert found.may_read == (readable is None or bool(readable))


def test_one_type_is_asked_for() -> None:
    """By a wildcard, by its name, or where nothing is limited."""
    assert parse_launch({"user/*.rs"}, None).reads("DocumentReference")
    assert parse_launch(set(), None).reads("DocumentReference")
    assert parse_launch({"user/Observation.rs"}, None).reads("Observation")
    assert not parse_launch({"user/Observation.rs"}, None).reads("DocumentReference")


def test_a_launch_does_not_print_its_patient() -> None:
    """The id is PHI."""
    assert "pat-1" not in repr(parse_launch({"patient/*.rs"}, "pat-1"))
