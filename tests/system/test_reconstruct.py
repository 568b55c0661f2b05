"""`phiward audit show --reconstruct` on a served house: the bytes that left, for whoever may see them."""

from typing import Any

import pytest

from tests.system.harness import Hospital, name_of

REFUSED = ["physician-b", "admin-b"]


def asked(hospital: Hospital) -> tuple[str, bytes]:
    """A question from the chart: its interaction, and the bytes that the model's server got."""
    hospital.upstream.forget()
    given, family = name_of(hospital.made.bundles[0])
    answer = hospital.post(f"Which medication does {given} {family} take?", metadata={"retrieve": "true"})
    assert answer.status_code == 200, answer.text
    return answer.json()["phiward"]["interaction"], hospital.upstream.received[-1]


def rebuilt(hospital: Hospital, interaction: str, reader: str) -> Any:
    """By the command."""
    return hospital.command("audit", "show", interaction, "--reconstruct", "--as", reader)


def actions(hospital: Hospital) -> list[str]:
    """What is on record."""
    return [leaf["facts"].get("action", kind) for kind, _, leaf in hospital.entries()]


def test_whoever_may_not_see_it_gets_nothing_and_that_is_on_record(hospital: Hospital) -> None:
    """A colleague who does not treat him, and an administrator."""
    interaction, _ = asked(hospital)
    for login, role in zip(REFUSED, ("physician", "administrator"), strict=True):
        hospital.command("user", "add", login, "--role", role, check=False)
        words = ("audit", "show", interaction, "--reconstruct", "--as", login)
        assert hospital.command(*words, check=False) is None
        assert actions(hospital)[-1] == "act.refused"


@pytest.mark.parametrize("reader", ["officer", "physician-a"])
def test_the_exact_bytes_and_their_grounds_come_back(hospital: Hospital, reader: str) -> None:
    """For the privacy officer, and for her who asked; the reading is on record, with whose eyes."""
    interaction, sent = asked(hospital)
    told = rebuilt(hospital, interaction, reader)
    assert told["sent"].encode() == sent
    assert told["holds"]
    family = name_of(hospital.made.bundles[0])[1]
    assert any(family in one["original"] for one in told["replaced"])
    assert all(one["placeholder"] not in one["original"] for one in told["replaced"])
    assert told["retrieved"]
    assert all(len(one["text"]) == one["end"] - one["start"] for one in told["retrieved"])
    assert told["circumstances"]["address"] == "127.0.0.1"
    assert any("authorise: passed by treatment_in_care: " in line for line in told["trace"])
    last = hospital.entries()[-1][2]["facts"]
    assert (last["action"], last["interaction"]) == ("audit.reconstructed", interaction)
