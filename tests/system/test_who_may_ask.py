"""Each role, with and without care, of this organisation and another: one table of who may ask about whom.

On the served gateway, with a real key of each person; the model's server alone is scripted.
"""

import httpx2
import pytest

from phiward.domain.people import Role
from tests.system.harness import Hospital

ASKS = ("TREAT", "HPAYMT", "HOPERAT", "HRESCH", "ETREAT", "PATRQT")
CLINICAL = {Role.PHYSICIAN, Role.NURSE, Role.PHARMACIST}
ALLOWED = {(role, purpose) for role in CLINICAL for purpose in ("TREAT", "HOPERAT")} | {(Role.BILLING, "HPAYMT")}
"""Who may ask about a patient in her care. Everybody else, and everything else, is refused."""


def ask(hospital: Hospital, key: str, patient: str, purpose: str) -> httpx2.Response:
    """One question."""
    headers = {"authorization": f"Bearer {key}", "X-Phiward-Patient": patient, "X-Phiward-Purpose": purpose}
    body = {"model": "stub", "messages": [{"role": "user", "content": "What is her dose?"}]}
    return httpx2.post(f"{hospital.url}/chat/completions", json=body, headers=headers, timeout=60)


@pytest.fixture(scope="module")
def keys(served: Hospital) -> dict[Role, str]:
    """Somebody of each role who treats the patient, as the record says."""
    made = {}
    for role in Role:
        login = f"asks-{role.replace('_', '-')}"
        served.command("user", "add", login, "--role", role, "--practitioner", served.treating)
        made[role] = served.new_key(login)[0]
    return made


@pytest.mark.parametrize("role", Role)
def test_each_role_asks_only_what_its_row_of_the_table_says(
    hospital: Hospital, keys: dict[Role, str], role: Role
) -> None:
    """200 or 403 for a patient in care; one 404, word for word, for a stranger, nobody and nonsense."""
    for purpose in ASKS:
        own = ask(hospital, keys[role], hospital.patient, purpose)
        assert own.status_code == (200 if (role, purpose) in ALLOWED else 403), (role, purpose, own.text)
        others = [
            ask(hospital, keys[role], patient, purpose)
            for patient in (hospital.foreign_patient, "nobody", "' OR 1=1 --")
        ]
        assert {one.status_code for one in others} == {404}, (role, purpose)
        assert len({one.content for one in others}) == 1, (role, purpose)


def test_another_organisations_people_see_nobody_here(hospital: Hospital) -> None:
    """Although the record calls them by the same id, and the patient by the same number."""
    elsewhere = {"PHIWARD_ORGANISATION": "elsewhere"}
    hospital.environment.update(elsewhere)
    try:
        hospital.command("user", "add", "physician-b", "--role", "physician", "--practitioner", hospital.treating)
        key = hospital.new_key("physician-b")[0]
    finally:
        del hospital.environment["PHIWARD_ORGANISATION"]
    answers = [ask(hospital, key, patient, "TREAT") for patient in (hospital.patient, "nobody")]
    assert [one.status_code for one in answers] == [404, 404]
    assert answers[0].content == answers[1].content
