"""What fills charts is used in tests/cli and tests/system; here, what a machine without the programs reads."""

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.results import Place
from phiward.wiring import charts
from tests.adapters.extraction.test_pictures import DOT, png


def test_where_tesseract_is_not_installed_a_scan_is_refused_and_a_text_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Document by document, with the name of what is missing."""
    monkeypatch.setattr(charts.shutil, "which", lambda name: None)
    extractor, place = charts.extractor(), Place(1, 1, "invented")
    with pytest.raises(ImportFailedError, match="needs tesseract"):
        extractor.extract(png(*DOT), "image/png", place)
    assert extractor.extract(b"Takes lisinopril.", "text/plain", place).text == "Takes lisinopril."
