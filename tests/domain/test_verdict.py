"""Every verdict carries its reason."""

from phiward.domain.verdict import Deny, Permit


def test_a_permit_is_never_a_deny() -> None:
    """Two frozen types, told apart by isinstance."""
    assert not isinstance(Permit("r"), Deny)
    assert Deny("r", "because").reason == "because"
    assert Permit("r") == Permit("r")
