"""Reading a question that was written down."""

import pytest

from phiward.domain.access import Consent, DataClass, DocumentKind, RelationSource
from phiward.domain.acts import AdministrativeAct
from phiward.domain.errors import InvalidRequestError
from phiward.domain.people import CredentialKind, PurposeOfUse, Role
from phiward.domain.vendors import DestinationClass
from phiward.policy.cases import read_case
from tests.rooms.policy.people import NOW

BROKEN = [
    ([], "case", "no object"),
    ({"rolls": ["nurse"]}, "case", "a misspelt key would be left out silently"),
    ({"roles": ["janitor"]}, "roles", "a role that nobody has"),
    ({"roles": "nurse"}, "roles", "a word where a list is"),
    ({"relations": ["friend"]}, "relations", "a source that does not exist"),
    ({"relations": [{"source": "manual", "state": "soon"}]}, "relations", "a state that does not exist"),
    ({"relations": [{"source": "manual", "clases": []}]}, "case", "a misspelt key of a relation"),
    ({"relations": [7]}, "case", "a number"),
    ({"purpose": "TREET"}, "purpose", "a purpose that does not exist"),
    ({"destination": "moon"}, "destination", "a destination that does not exist"),
    ({"restricted": "no"}, "restricted", "a word that is true in Python"),
    ({"document": {"kind": "letter"}}, "document", "a kind that does not exist"),
    ({"document": {"kind": "result", "classes": ["x"]}}, "document", "a class that does not exist"),
    ({"document": {"kind": "result"}, "patient": False}, "document", "a document of nobody"),
    ({"consents": [{"class": "hiv", "purpose": "x"}]}, "consents", "a consent to nothing"),
    ({"act": "manage_weather"}, "act", "an act that does not exist"),
]


@pytest.mark.parametrize(("given", "param", "reason"), BROKEN)
def test_what_is_not_understood_is_refused_by_its_place(given, param, reason):
    """And never repeated."""
    with pytest.raises(InvalidRequestError) as refused:
        read_case(given, NOW)
    assert refused.value.param == param, reason
    assert "janitor" not in str(refused.value)


def test_a_case_with_everything():
    """Each word lands in its place."""
    case = read_case(
        {
            "roles": ["nurse", "proxy"],
            "relations": ["CareTeam", {"source": "proxy", "classes": ["hiv"], "state": "ended"}],
            "consents": [{"class": "part2", "purpose": "TREAT"}],
            "restricted": True,
            "purpose": "PATRQT",
            "destination": "no_baa",
            "credential": "access_token",
            "service": True,
            "scopes": ["patient/*.rs"],
            "bound": True,
            "fresh": True,
            "document": {"kind": "result", "classes": ["genetic"]},
            "own": True,
        },
        NOW,
    )
    assert case.caller.roles == {Role.NURSE, Role.PROXY}
    assert (case.caller.kind, case.caller.scopes) == (CredentialKind.ACCESS_TOKEN, {"patient/*.rs"})
    assert case.caller.service is not None
    assert case.caller.bound_patient == case.patient
    assert (case.caller.auth_time, bool(case.caller.acr)) == (NOW, True)
    assert [one.source for one in case.standing.in_force(NOW)] == [RelationSource.CARE_TEAM]
    assert case.standing.relations[1].classes == {DataClass.HIV}
    assert case.standing.consents == (Consent(DataClass.PART2, "TREAT"),)
    assert case.standing.restricted
    assert (case.purpose, case.destination_class) == (PurposeOfUse.PATRQT, DestinationClass.NO_BAA)
    assert case.document == (DocumentKind.RESULT, frozenset({DataClass.GENETIC}))
    assert case.own


def test_an_act_has_no_patient():
    """It is the organisation's."""
    case = read_case({"roles": ["administrator"], "act": "manage_keys"}, NOW)
    assert (case.act, case.patient) == (AdministrativeAct.MANAGE_KEYS, None)
