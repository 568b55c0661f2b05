"""A hospital whose charts a test fills itself: one physician, one treated patient, everything served and indexed."""

import json
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2

from phiward.settings import Settings
from phiward.wiring.charts import ChartDesk, open_charts
from tests.rooms.records.fhir_files import bundle, care_team, patient, write
from tests.system.harness import Hospital

MRN = "MRN-pat-1-0001"
PROSE = [
    "Invented stone analysis found a struvite core.",
    "He walks two kilometers every morning with a stick.",
    "The invented wound on the left heel is dry and closed.",
    "Sleep is better since the new mattress arrived.",
]


class ChartHospital(Hospital):
    """Patient `pat-1` is in the care of `dr-1`, whose key asks; the commands run beside the served gateway."""

    def __init__(self, **environment: str) -> None:
        super().__init__(environment=environment, patients=0)

    def _set_up(self) -> None:
        self.command("migrate")
        self.start()
        self.command("user", "add", "physician-a", "--role", "physician", "--practitioner", "Practitioner/dr-1")
        self.physician, self.physician_key_id = self.new_key("physician-a")
        self.add_destination("here", "stub", "--self-hosted")
        self.patient = MRN

    def write(self, name: str, *resources: dict[str, Any]) -> Path:
        """A Bundle of these resources, beside the data. Numbers given as text with an at sign stay as written."""
        text = json.dumps(bundle(*resources))
        return write(self.folder / "records", text.replace('"@', "").replace('@"', ""), name)

    def take_in(self, name: str, *resources: dict[str, Any]) -> Any:
        """Import them with the treated patient, and index."""
        return self.command("import", str(self.write(name, patient(), care_team(), *resources)))

    def search(self, query: str, **more: Any) -> httpx2.Response:
        """The endpoint, about the treated patient."""
        headers = {"authorization": f"Bearer {self.physician}", **self.context()}
        body = {"query": query, **more}
        return httpx2.post(f"{self.url}/vector_stores/chart/search", json=body, headers=headers, timeout=30)

    def texts(self, query: str, **more: Any) -> list[str]:
        """What the endpoint found, the best first."""
        found = self.search(query, **more)
        assert found.status_code == 200, found.text
        return [one["content"][0]["text"] for one in found.json()["data"]]

    def states(self, interaction: str) -> dict[str, str]:
        """What became of each source of an answer, by its id."""
        headers = {"authorization": f"Bearer {self.physician}"}
        found = httpx2.get(f"{self.url}/interactions/{interaction}/citations", headers=headers, timeout=30)
        assert found.status_code == 200, found.text
        return {one["source"]: one["state"] for one in found.json()["data"]}

    @property
    def settings(self) -> Settings:
        """For what a test does in its own process."""
        return Settings(
            data_dir=self.folder / "data", secrets_dir=self.folder / "secrets", anchor_dir=self.folder / "anchors"
        )

    @asynccontextmanager
    async def desk(self, **more: Any) -> AsyncIterator[ChartDesk]:
        """What the commands work with, in this process, on the running database."""
        async with open_charts(self.settings.model_copy(update=more)) as desk:
            yield desk

    def close(self) -> None:
        """Stop everything, and leave no database behind."""
        super().close()
        limit = time.monotonic() + 10
        while self.folder.exists() and time.monotonic() < limit:
            shutil.rmtree(self.folder, ignore_errors=True)


def observation(key: str, written: str, day: str, label: str = "Creatinine", unit: str = "mg/dL") -> dict[str, Any]:
    """A result of pat-1 whose value stands in the file exactly as `written`."""
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "subject": {"reference": "Patient/pat-1"},
        "category": [{"coding": [{"code": "laboratory"}]}],
        "code": {"text": label},
        "effectiveDateTime": day,
        "valueQuantity": {"value": f"@{written}@", "unit": unit},
    }


def medication(key: str, label: str, dosage: str) -> dict[str, Any]:
    """A prescription of pat-1."""
    return {
        "resourceType": "MedicationRequest",
        "id": key,
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/pat-1"},
        "medicationCodeableConcept": {"text": label},
        "authoredOn": "2024-01-05",
        "dosageInstruction": [{"text": dosage}],
    }
