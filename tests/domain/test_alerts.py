"""What an alert may say: opaque ids and codes."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.domain.alerts import LEFT_OUT, Alert, AlertChannel, opaque_facts

AN_ID = "0b0e7a46-6a1e-4a5e-8a38-3f1f6c0a9d11"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | st.uuids(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("Zora Testcase", "a name"),
        ("Testcase", "a name of one word"),
        ("zora testcase", "words"),
        ("zora@mail.example", "an address"),
        ("1949-07-22", "a date of birth"),
        ("1949-07-22T00:00:00", "an instant without a zone"),
        ("123-45-6789", "a number of hers"),
        ("mrn0012345", "a record number"),
        ("mrn-0012345", "a record number with a hyphen"),
        (12345678, "a record number as a number"),
        (98.6, "a measurement"),
        (AN_ID.upper(), "an id in another spelling"),
        ("a" * 65, "too long for a code"),
        ("", "empty"),
        ("threat_to_life\n", "a line break at the end"),
        ("é", "a letter of no code of ours"),
        ({"name": "x"}, "a mapping inside"),
    ],
)
def test_what_may_be_phi_is_left_out(value: Any, reason: str) -> None:
    """Alone and in a list, while its name stays."""
    assert opaque_facts({"told": value}) == {"told": LEFT_OUT}, reason
    assert opaque_facts({"told": [value, AN_ID]}) == {"told": [LEFT_OUT, AN_ID]}, reason


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (AN_ID, AN_ID),
        (UUID(AN_ID), AN_ID),
        ("threat_to_life", "threat_to_life"),
        ("emergency.review_overdue", "emergency.review_overdue"),
        ("phiward:offline", "phiward:offline"),
        ("part2", "part2"),
        ("ETREAT", "ETREAT"),
        ("2026-11-26T23:04:05+00:00", "2026-11-26T23:04:05+00:00"),
        (datetime(2026, 11, 26, tzinfo=UTC), "2026-11-26T00:00:00+00:00"),
        (True, True),
        (None, None),
        (12, 12),
        ([], []),
    ],
)
def test_ids_codes_instants_and_counts_are_told(value: Any, told: Any) -> None:
    """As they are."""
    assert opaque_facts({"told": value}) == {"told": told}


def test_a_key_that_is_no_code_goes_with_its_value() -> None:
    """A mapping by name would be a list of names."""
    assert opaque_facts({"Zora Testcase": True, "ok": True}) == {"ok": True}


@given(st.dictionaries(st.text(), JSON))
def test_once_is_enough(facts: dict[str, Any]) -> None:
    """What is left is JSON, and stays as it is."""
    left = opaque_facts(facts)
    assert opaque_facts(left) == left
    assert json.loads(json.dumps(left)) == left


def test_an_alert_does_not_print_an_address() -> None:
    """It may get into a log."""
    alert = Alert(UUID(AN_ID), UUID(AN_ID), "tried", AlertChannel.MAIL, "who@where.example", {}, datetime.now(UTC), 1)
    assert "who@" not in repr(alert)
