"""Scopes narrow; none opens."""

from uuid import UUID

import pytest

from phiward.domain.access import DocumentKind
from phiward.domain.patients import PatientRef
from phiward.domain.people import CredentialKind
from phiward.policy.scopes import TYPES, may_read
from tests.rooms.policy.people import caller

K = DocumentKind
BOUND = PatientRef(UUID(int=7))


@pytest.mark.parametrize(
    ("scopes", "bound", "reads", "reason"),
    [
        (("user/*.rs",), None, True, "everything"),
        (("user/*.read",), None, True, "version 1"),
        (("user/*.*",), None, True, "version 1, all interactions"),
        (("user/Observation.r",), None, True, "one type"),
        (("patient/*.rs",), BOUND, True, "the bound patient"),
        (("patient/*.rs",), None, False, "a patient's scope without a patient"),
        (("user/*.s",), None, False, "searching is not reading"),
        (("user/*.cud",), None, False, "writing is not reading"),
        (("user/*.write",), None, False, "version 1, writing"),
        (("user/*.sr",), None, False, "interactions out of order are undefined"),
        (("user/*.",), None, False, "no interaction"),
        (("system/*.rs",), BOUND, False, "a service's own, never a person's"),
        (("user/Observation.rs?category=laboratory",), None, False, "narrower than can be enforced"),
        (("openid", "fhirUser", "launch/patient"), BOUND, False, "none that speaks of records"),
        (("xuser/*.rs", "user/*.rs ", "user/observation.rs"), None, False, "words that only look like scopes"),
        (("openid", "user/*.rs"), None, True, "one of several is enough"),
    ],
)
def test_a_credential_with_scopes_reads_what_they_say(scopes, bound, reads, reason):
    """Of any kind, a personal key included."""
    for kind in CredentialKind:
        who = caller(kind=kind, scopes=frozenset(scopes), bound_patient=bound)
        assert may_read(who) == reads, reason


@pytest.mark.parametrize("kind", CredentialKind)
def test_without_scopes_only_our_own_credentials_read(kind):
    """A provider's token without scopes was given nothing."""
    assert may_read(caller(kind=kind)) == (kind not in (CredentialKind.ACCESS_TOKEN, CredentialKind.DELEGATED))


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        ("user/*.rs", set(K)),
        ("user/DocumentReference.rs", set(K)),
        ("user/DiagnosticReport.rs", {K.RESULT}),
        ("user/MedicationRequest.rs", {K.MEDICATION}),
        ("user/Claim.rs", {K.BILLING}),
        ("user/Patient.rs", set()),
    ],
)
def test_a_scope_of_one_type_reads_documents_of_that_type(scope, kinds):
    """And no letters through a scope for laboratory reports."""
    who = caller(kind=CredentialKind.ACCESS_TOKEN, scopes=frozenset({scope}))
    assert {kind for kind in K if may_read(who, kind)} == kinds
    assert TYPES.keys() == set(K)
