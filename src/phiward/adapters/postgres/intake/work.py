"""What every part of an import works with: the transaction, the keys, who is who, and what was counted."""

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from phiward.adapters.postgres.database import Connection
from phiward.domain.errors import ImportFailedError
from phiward.domain.patients import PatientRef
from phiward.domain.ports import NewId
from phiward.records.handles import handle_text
from phiward.records.ports import Mac, Sealer
from phiward.records.results import Place

FORM = "3"
"""Goes into the content digests: a new form of storing makes every record count as changed once."""


_OF_URN = {"urn:cda:": "C-CDA", "urn:hl7v2:": "HL7 v2"}


def type_of(source_id: str) -> str:
    """What a report may call it: the resource's type, or the format. The rest of a source id may name a patient."""
    of_urn = next((name for prefix, name in _OF_URN.items() if source_id.startswith(prefix)), None)
    return of_urn or source_id.partition("/")[0]


@dataclass(slots=True)
class Work:
    """One file within its transaction. `patients` maps source ids to ours.

    `doubted` are source ids that may be another patient's: his date of birth is another. What they bring waits.
    """

    connection: Connection
    tenant: UUID
    sealer: Sealer
    mac: Mac
    new_id: NewId
    patients: dict[str, PatientRef] = field(default_factory=dict, repr=False)
    changed: dict[str, bool] = field(default_factory=dict, repr=False)
    doubted: set[str] = field(default_factory=set, repr=False)

    def known(self, source_id: str, place: Place) -> PatientRef:
        """The patient. Raises ImportFailedError at `place` when nobody is stored under this id."""
        patient = self.patients.get(source_id)
        if patient is None:
            where = place.at("subject")
            raise ImportFailedError(f"{where}: this patient is not known here.", param=place.name)
        return patient

    def count(self, source_id: str, changed: bool) -> None:
        """A resource with two parts (a Patient and his practitioners) changed if either did."""
        self.changed[source_id] = self.changed.get(source_id, False) or changed

    def tallied(self) -> tuple[Counter[str], Counter[str]]:
        """Changed and unchanged resources by type."""
        imported, unchanged = Counter[str](), Counter[str]()
        for source_id, changed in self.changed.items():
            (imported if changed else unchanged)[type_of(source_id)] += 1
        return imported, unchanged

    def source_digest(self, source_id: str) -> bytes:
        """Its own label, apart from what callers may say: a number can never take a patient's place."""
        return self.mac.digest(None, "source", handle_text(source_id))

    def origin(self, source_id: str) -> bytes:
        """Of the source's own id of a resource."""
        return self.mac.digest(self.tenant, "origin", source_id)

    def content_digest(self, label: str, *parts: str | bytes) -> bytes:
        """Equal for equal content, and for nothing else."""
        text = "".join(part if isinstance(part, str) else part.decode() for part in (FORM, *parts))
        return self.mac.digest(self.tenant, label, text)
