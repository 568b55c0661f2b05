"""(P) and (Q)."""

import pytest

from phiward.deid.rules.files import Files
from tests.rooms.deid.helpers import found


@pytest.mark.parametrize("text", ["report.pdf", "see fig. 2", "raw data", ".jpg"])
def test_other_files_stay(text):
    """A document's name is left to the known names."""
    assert found(Files(), text) == []


@pytest.mark.parametrize(
    ("text", "category", "value"),
    [
        ("see IMG_2231.HEIC.", "PHOTO", "IMG_2231.HEIC"),
        ("scans/okafor_ct.dcm", "PHOTO", "scans/okafor_ct.dcm"),
        ("left_fingerprint.png", "BIOMETRIC", "left_fingerprint.png"),
        ("voice-01.wav", "BIOMETRIC", "voice-01.wav"),
    ],
)
def test_pictures_and_recordings_go(text, category, value):
    """A face in a picture is a biometric; every other picture a photograph."""
    assert found(Files(), text) == [(category, value)]
