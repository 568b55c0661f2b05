"""The invented hospital as the suite sees it: whose chart is asked about, and whose identifiers must not come."""

import base64
import json
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from phiward.records.synthetic import hospital

from .detector import Detector, Secret
from .kinds import Field

SEED = 7
PATIENTS = 12
CLINICIAN = "Practitioner/p0001"
"""Who asks. She treats every third patient."""

_KINDS = {"MR": Field.MRN, "SS": Field.SSN}


@dataclass(frozen=True)
class Person:
    """One patient: `number` in the hospital, the identifiers in their usual spelling, and every other spelling."""

    number: int
    bundle: dict[str, Any] = field(repr=False)

    @cached_property
    def resource(self) -> dict[str, Any]:
        """The Patient resource."""
        found: dict[str, Any] = next(
            one["resource"] for one in self.bundle["entry"] if one["resource"]["resourceType"] == "Patient"
        )
        return found

    @cached_property
    def usual(self) -> dict[Field, str]:
        """Each identifier as a form would show it."""
        official = self.resource["name"][0]
        found = {Field.NAME: f"{' '.join(official['given'][:1])} {official['family']}"}
        for one in self.resource["identifier"]:
            kind = _KINDS.get(one["type"]["coding"][0]["code"])
            if kind:
                found[kind] = one["value"]
        telecom = self.resource["telecom"]
        found[Field.PHONE] = next(one["value"] for one in telecom if one.get("use") == "mobile")
        found[Field.EMAIL] = next(one["value"] for one in telecom if one["system"] == "email")
        found[Field.STREET] = self.resource["address"][0]["line"][0]
        found[Field.BIRTH] = date.fromisoformat(self.resource["birthDate"]).strftime("%m/%d/%Y")
        return found

    @cached_property
    def secrets(self) -> tuple[Secret, ...]:
        """All spellings."""
        spelled = [(kind, value) for kind, value in self.usual.items()]
        for name in self.resource["name"]:
            given, family = name.get("given", []), name.get("family", self.resource["name"][0]["family"])
            spelled += [(Field.NAME, f"{one} {family}") for one in (*given[:1], " ".join(given))]
            spelled += [(Field.NAME, f"{family} {given[0]}")] if given else []
        spelled += [(Field.PHONE, one["value"]) for one in self.resource["telecom"] if one["system"] == "phone"]
        born = date.fromisoformat(self.resource["birthDate"])
        forms = ("%Y-%m-%d", "%B %d %Y", "%d %B %Y", "%d-%b-%Y")
        spelled += [(Field.BIRTH, born.strftime(form)) for form in forms]
        return tuple(Secret(self.number, kind, value) for kind, value in dict.fromkeys(spelled))

    @cached_property
    def record(self) -> str:
        """Everything that the chart says, its notes in clear."""
        said = [json.dumps(self.bundle, ensure_ascii=False)]
        for one in self.bundle["entry"]:
            for part in one["resource"].get("content", []):
                said.append(base64.b64decode(part["attachment"]["data"]).decode())
        return "\n".join(said)

    def treated_by(self, practitioner: str) -> bool:
        """Whether she is of the care team."""
        return practitioner.partition("/")[2] in json.dumps(self.bundle)


@dataclass(frozen=True)
class World:
    """All patients; those whom the clinician treats, and the others."""

    people: tuple[Person, ...]

    @cached_property
    def own(self) -> tuple[Person, ...]:
        """Treated by the clinician."""
        return tuple(one for one in self.people if one.treated_by(CLINICIAN))

    @cached_property
    def others(self) -> tuple[Person, ...]:
        """Those whom she does not treat."""
        return tuple(one for one in self.people if not one.treated_by(CLINICIAN))

    @cached_property
    def _foreign(self) -> dict[int, tuple[Secret, ...]]:
        found = {}
        for person in self.own:
            every = [secret for other in self.others for secret in other.secrets]
            shared = {one.value for one in Detector(every).anyhow(person.record)}
            found[person.number] = tuple(one for one in every if one.value not in shared)
        return found

    def foreign(self, person: Person) -> tuple[Secret, ...]:
        """What must not come while `person` is asked about.

        Less what his own chart says: a husband's name, the telephone of the household.
        """
        return self._foreign[person.number]


def world() -> World:
    """The same at each call."""
    made = hospital(SEED, PATIENTS)
    return World(tuple(Person(number, bundle) for number, bundle in enumerate(made.bundles)))
