"""Where a Binary stands, and its content again."""

import json
from pathlib import Path
from typing import Any

import pytest

from phiward.domain.errors import ImportFailedError
from phiward.records.fhir.binaries import Binaries
from phiward.records.fhir.references import source_id
from phiward.records.reading import read, sources
from tests.rooms.records.fhir_files import b64, bundle, patient, write


def _binary(key: str) -> dict[str, Any]:
    return {"resourceType": "Binary", "id": key, "contentType": "text/plain", "data": b64(f"Bytes of {key} ä")}


def _known(folder: Path) -> Binaries:
    binaries = Binaries()
    for source in sources(folder):
        for resource in read(source):
            if resource.type == "Binary":
                binaries.places[source_id(resource)] = resource.place
    return binaries


def _lines(*resources: dict[str, Any]) -> str:
    return "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in resources)


def test_a_binary_that_is_not_there_is_none(tmp_path: Path) -> None:
    """Whoever refers to it says so."""
    write(tmp_path, patient())
    assert _known(tmp_path).find("Binary/1") is None


@pytest.mark.parametrize("name", ["file.json", "file.ndjson"])
def test_a_file_that_changes_while_the_import_runs_is_refused(tmp_path: Path, name: str) -> None:
    """Else another resource's bytes would be read as these."""
    write(tmp_path, _lines(_binary("1")), name)
    binaries = _known(tmp_path)
    write(tmp_path, _lines(patient()), name)
    with pytest.raises(ImportFailedError, match="has changed"):
        binaries.find("Binary/1")
    (tmp_path / name).unlink()
    with pytest.raises(ImportFailedError, match=r"cannot be read|has changed"):
        binaries.find("Binary/1")


def test_a_file_that_has_become_shorter_is_refused(tmp_path: Path) -> None:
    """The line is gone."""
    write(tmp_path, _lines(patient(), _binary("1")), "file.ndjson")
    binaries = _known(tmp_path)
    write(tmp_path, _lines(patient()), "file.ndjson")
    with pytest.raises(ImportFailedError, match=r"line 2: it has changed"):
        binaries.find("Binary/1")


def test_a_binary_is_found_in_a_bundle_and_on_a_line(tmp_path: Path) -> None:
    """However often, and whichever file was asked for before."""
    write(tmp_path, bundle(patient(), _binary("1"), _binary("2")), "a.json")
    write(tmp_path, _lines(patient(), _binary("3"), {"resourceType": "Basic"}, _binary("4")), "b.ndjson")
    write(tmp_path, bundle(_binary("5")), "c.json")
    binaries = _known(tmp_path)
    for key in ("4", "1", "5", "2", "3", "1"):
        found = binaries.find(f"Binary/{key}")
        assert found is not None
        assert found.need("data") == b64(f"Bytes of {key} ä")
