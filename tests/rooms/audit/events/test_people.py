"""Persons, keys and services on record."""

from uuid import uuid4

from phiward.audit.catalogue import recordable


def test_an_address_is_recorded_by_its_digest_alone() -> None:
    """Never the address itself."""
    facts = {"action": "person.email_set", "person": str(uuid4()), "before": {"email": None}}
    assert recordable("administration", {**facts, "after": {"email": "0" * 16}})
    assert not recordable("administration", {**facts, "after": {"email": "jane@example.org"}})
