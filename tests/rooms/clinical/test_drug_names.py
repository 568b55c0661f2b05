"""The list of drug names: its form."""

from phiward.clinical.drug_names import NAMES


def test_each_name_stands_once_and_in_small_letters() -> None:
    """A name in two rows would be two drugs."""
    names = NAMES.replace(":", " ").split()
    assert len(names) > 450
    assert sorted(names) == sorted(set(names))
    assert all(name.isascii() and name.isalpha() and name.islower() for name in names)
