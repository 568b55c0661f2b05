"""The illnesses: complete, and with doses that really change."""

import pytest

from phiward.records.synthetic.tracks import ALLERGIES, TRACKS, Track


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: track.diagnosis)
def test_a_dose_changes_and_every_value_is_a_number(track: Track) -> None:
    """What the notes and the resources rely on."""
    assert track.doses[0] != track.doses[1]
    assert all(float(value) > 0 for value in track.values)
    assert track.values[2] != track.values[1]
    for name in Track.__dataclass_fields__:
        assert getattr(track, name)


def test_codes_and_allergies_are_distinct() -> None:
    """One code, one meaning."""
    for name in ("diagnosis", "snomed", "rxnorm", "loinc", "drug"):
        assert len({getattr(track, name) for track in TRACKS}) == len(TRACKS), name
    assert len({code for _, _, code in ALLERGIES}) == len(ALLERGIES)
