"""What belongs to whom its referrer belongs to: Medication, Device, Binary. What nothing refers to is nobody's.

Source: https://hl7.org/fhir/R4/compartmentdefinition-patient.html, which leaves these types out.
"""

from phiward.records.fhir.compartment import COMPARTMENT
from phiward.records.fhir.fields import walk
from phiward.records.fhir.references import Directory
from phiward.records.reading import Resource

INHERITING = ("Medication/", "Device/", "Binary/")
_REFERRING = COMPARTMENT.keys() | {"Medication", "Device"}


class Referrals:
    """Collects what the resources of one file refer to; a `urn:uuid` has its meaning within its file only."""

    def __init__(self) -> None:
        """None yet."""
        self._texts: set[str] = set()

    def add(self, resource: Resource) -> None:
        """Every reference and every URL of an attachment, wherever it stands."""
        if resource.type not in _REFERRING:
            return
        for here in walk(resource.content):
            for name in ("reference", "url"):
                if isinstance(text := here.get(name), str):
                    self._texts.add(text)

    def settle(self, directory: Directory) -> None:
        """At the end of the file: note in the directory which of them mean something that inherits."""
        for text in self._texts:
            found = directory.by_text(text)
            if found is not None and found.startswith(INHERITING):
                directory.wanted.add(found)
