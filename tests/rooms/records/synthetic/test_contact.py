"""Numbers and addresses that belong to nobody, and to one patient only."""

import re

import pytest

from phiward.records.synthetic.cast import character
from phiward.records.synthetic.contact import Contact, contact

SEEDS = (0, 7, 11)


def all_of(seed: int, count: int = 60) -> list[Contact]:
    """The contacts of the first patients."""
    return [contact(seed, index, character(seed, index)) for index in range(count)]


@pytest.mark.parametrize("seed", SEEDS)
def test_numbers_stand_in_ranges_that_are_never_given_out(seed: int) -> None:
    """555-01xx for fiction; area 000 or 9xx with a group below 50 was never issued, not even as an ITIN."""
    for one in all_of(seed):
        for phone in (one.home, one.mobile, one.relative_phone):
            assert re.fullmatch(r"\([2-9]\d\d\) 555-01\d\d", phone)
        area, group, serial = one.ssn.split("-")
        assert area == "000" or area.startswith("9")
        assert 1 <= int(group) < 50
        assert len(serial) == 4
        assert one.email.endswith("@example.org")


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_patients_share_a_record_number_a_mobile_or_an_address_for_mail(seed: int) -> None:
    """Else one patient's text would hold another's identifier."""
    found = all_of(seed)
    for name in ("mrn", "ssn", "mobile", "relative_phone", "email", "account", "plan"):
        assert len({getattr(one, name) for one in found}) == len(found), name
    assert all(re.fullmatch(r"\d{8}", one.mrn) for one in found)


def test_some_have_a_driver_s_license_and_no_two_the_same() -> None:
    """In a form that no state gives out."""
    found = [one.license for one in all_of(7) if one.license]
    assert 0 < len(found) < 60
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"X000-\d{4}-\d{4}", number) for number in found)


def test_a_household_shares_its_address_and_its_home_telephone() -> None:
    """And nothing else."""
    found = all_of(7)
    family = [found[index] for index in (0, 1, 9)]
    assert len({(one.street, one.city, one.zip_code, one.home) for one in family}) == 1
    assert len({one.mobile for one in family}) == 3
    assert found[2].street != found[0].street


def test_the_patient_of_the_readme_keeps_her_record_number() -> None:
    """Whatever the seed."""
    assert {contact(seed, 0, character(seed, 0)).mrn for seed in SEEDS} == {"40017723"}
