"""A patient and some people in the installation of the tests of access."""

import json
import tempfile
from pathlib import Path

from phiward.records.synthetic import hospital
from tests.cli.conftest import Installation


def patient_of(installation: Installation) -> str:
    """A reference to an imported patient. The same every time."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        file = hospital(17, 1).write(Path(folder) / "fhir")[0]
        installation.json("import", str(file))
        entries = json.loads(file.read_text())["entry"]
    (patient,) = (one["resource"]["id"] for one in entries if one["resource"]["resourceType"] == "Patient")
    return f"Patient/{patient}"


def person(installation: Installation, login: str, role: str, *more: str) -> str:
    """Somebody new; returns the login."""
    installation.json("user", "add", login, "--role", role, *more)
    return login
