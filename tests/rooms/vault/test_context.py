"""Additional data that no two different places share."""

from itertools import product
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from phiward.vault.classes import KeyClass
from phiward.vault.context import digest_context, key_context, length_prefixed, message_context
from phiward.vault.store import KeyName

fields = st.lists(st.binary(max_size=6), max_size=5)


@given(fields, fields)
def test_two_lists_of_fields_never_give_the_same_bytes(one: list[bytes], other: list[bytes]) -> None:
    """Moving a byte from one field to the next changes the result."""
    assert (length_prefixed(*one) == length_prefixed(*other)) == (one == other)


def test_every_part_of_a_message_context_counts() -> None:
    """All combinations of two values for each part are different."""
    one, two = UUID(int=1), UUID(int=2)
    contexts = {
        message_context(KeyName(tenant, key_class, subject, version), is_patient, record, name, form)
        for tenant, key_class, subject, version, is_patient, record, name, form in product(
            (one, two),
            (KeyClass.PHI, KeyClass.AUDIT),
            (one, two),
            (1, 2),
            (False, True),
            (one, two),
            "ab",
            (1, 2),
        )
    }
    assert len(contexts) == 2**8


def test_every_part_of_a_key_context_counts() -> None:
    """A wrapped key moved to another place does not unwrap."""
    one, two = UUID(int=1), UUID(int=2)
    contexts = {
        key_context(KeyName(tenant, key_class, subject, version), form)
        for tenant, key_class, subject, version, form in product(
            (one, two), (KeyClass.PHI, KeyClass.AUDIT), (None, one, two), (1, 2), (1, 2)
        )
    }
    assert len(contexts) == 2 * 2 * 3 * 2 * 2


def test_digest_contexts_differ_by_tenant_and_label() -> None:
    """No tenant is not the tenant zero."""
    zero = UUID(int=0)
    contexts = [digest_context(tenant, label) for tenant in (None, zero, UUID(int=1)) for label in ("a", "b")]
    assert len(set(contexts)) == len(contexts)
