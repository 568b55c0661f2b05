"""The decisions of the admin API: every route, who may use it, and a request that would be answered.

Everybody else gets 403 and nobody without a credential anything but 401. A route that is not here fails the build.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from phiward.domain.people import Role
from tests.flow.fakes import NOW
from tests.gateway.admin.twins import KNOWN, MADE, REFERENCE

ADMINISTRATOR, OFFICER = Role.ADMINISTRATOR, Role.PRIVACY_OFFICER
WHO, OTHER = str(KNOWN), str(MADE)
LATER = (NOW + timedelta(days=1)).isoformat()


@dataclass(frozen=True)
class Decision:
    """`expected`: role → status; a role that is not named gets 403. `reason`: why those."""

    expected: Mapping[Role, int]
    reason: str
    body: Any = None


def runs(status: int, body: Any = None) -> Decision:
    """The administrator's."""
    return Decision({ADMINISTRATOR: status}, "who runs the accounts", body)


def protects(status: int, body: Any = None) -> Decision:
    """The privacy officer's."""
    return Decision({OFFICER: status}, "who may see a patient is the privacy officer's to say", body)


DECISIONS: Mapping[tuple[str, str], Decision] = {
    ("GET", "/people"): runs(200),
    ("POST", "/people"): runs(201, {"login": "nurse.new", "roles": ["nurse"]}),
    ("DELETE", "/people/{person}"): runs(204),
    ("PUT", "/people/{person}/links"): runs(204, {"email": "nurse@clinic.test"}),
    ("PUT", "/people/{person}/roles"): runs(200, {"roles": ["nurse"]}),
    ("GET", "/people/{person}/keys"): runs(200),
    ("POST", "/people/{person}/keys"): runs(201, {"label": "laptop", "days": 1}),
    ("DELETE", "/people/{person}/keys/{key}"): runs(204),
    ("GET", "/people/{person}/sessions"): runs(200),
    ("DELETE", "/people/{person}/sessions"): runs(200),
    ("GET", "/relations"): protects(200),
    ("POST", "/relations"): protects(201, {"person": WHO, "patient": REFERENCE}),
    ("DELETE", "/relations/{relation}"): protects(204),
    ("GET", "/units"): protects(200),
    ("POST", "/units"): protects(201, {"name": "Ward 3", "kind": "department"}),
    ("GET", "/units/{unit}/members"): protects(200),
    ("POST", "/units/{unit}/members"): protects(201, {"person": WHO, "on_call": True, "ends_at": LATER}),
    ("DELETE", "/units/{unit}/members/{member}"): protects(204),
    ("GET", "/units/{unit}/patients"): protects(200),
    ("POST", "/units/{unit}/patients"): protects(201, {"patient": REFERENCE}),
    ("DELETE", "/units/{unit}/patients/{place}"): protects(204),
    ("GET", "/covers"): protects(200),
    ("POST", "/covers"): protects(201, {"person": WHO, "covers": OTHER, "ends_at": LATER}),
    ("DELETE", "/covers/{cover}"): protects(204),
    ("GET", "/grants"): protects(200),
    ("POST", "/grants"): protects(
        201,
        {
            "kind": "manual", "person": WHO, "patient": REFERENCE, "basis": "consult", "reason": "second opinion",
            "ends_at": LATER, "classes": ["hiv"],
        },
    ),
    ("DELETE", "/grants/{grant}"): protects(204),
    ("GET", "/consents"): protects(200),
    ("POST", "/consents"): protects(
        201, {"patient": REFERENCE, "data_class": "part2", "purpose": "TREAT", "ends_at": LATER}
    ),
    ("DELETE", "/consents/{consent}"): protects(204),
    ("PUT", "/restricted"): protects(200, {"patient": REFERENCE, "restricted": True}),
    ("GET", "/services"): runs(200),
    ("POST", "/services"): runs(201, {"client_id": "scribe", "name": "Scribe"}),
    ("DELETE", "/services/{service}"): runs(204),
    ("POST", "/access-report"): Decision(
        {OFFICER: 200, Role.PATIENT: 200, Role.PROXY: 200},
        "and the patient's own: for the record of herself, or of whom she is proxy",
        {"patient": REFERENCE},
    ),
    ("GET", "/policy"): Decision({ADMINISTRATOR: 200, OFFICER: 200}, "both answer for it"),
    ("GET", "/openapi.json"): Decision({ADMINISTRATOR: 200, OFFICER: 200}, "both use it"),
}  # fmt: skip
