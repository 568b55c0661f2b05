"""Destinations do not print their credential."""

from uuid import uuid4

from phiward.domain.text import Secret
from phiward.domain.vendors import Destination, DestinationClass, VendorBook


def test_a_destination_does_not_print_its_api_key() -> None:
    """Alone or in a book."""
    made = Destination(uuid4(), "n", "v", "s", "http://127.0.0.1/v1", "f", False, (), Secret("sk-secret"))
    assert "sk-secret" not in repr(made) + repr(VendorBook(1, (made,)))


def test_a_class_of_destination_keeps_its_word() -> None:
    """It stands in policies and in signed leaves."""
    assert {str(one) for one in DestinationClass} == {"self_hosted", "baa", "no_baa"}
