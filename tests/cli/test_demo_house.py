"""The synthetic hospital that the demonstration and the bench stand on."""

import pytest

from phiward.cli.demo_house import House, mrn_of
from phiward.domain.errors import ConfigurationError


def test_a_patient_without_a_number_is_told_so() -> None:
    """Not a StopIteration."""
    with pytest.raises(ConfigurationError):
        mrn_of({"identifier": [{"type": {"coding": [{"code": "SS"}]}, "value": "1"}]})


def test_the_house_knows_whom_to_ask_about_and_whom_not() -> None:
    """Before anything is started; its folder goes with it."""
    house = House()
    try:
        assert house.patient_name == "Margaret Okafor"
        assert house.patient_mrn in house.identifiers()
        assert house.stranger_mrn != house.patient_mrn
        assert set(house.environment()) >= {"PHIWARD_DATA_DIR", "PHIWARD_SECRETS_DIR"}
    finally:
        house.close()
    assert not house.folder.exists()
