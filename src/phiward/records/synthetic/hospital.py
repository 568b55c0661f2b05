"""Puts it together: one FHIR R4 transaction bundle for each patient."""

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from phiward.records.synthetic import notes_clinic, notes_hospital, resources
from phiward.records.synthetic.cast import character
from phiward.records.synthetic.contact import contact
from phiward.records.synthetic.resources import Resource
from phiward.records.synthetic.staff import STAFF, Clinician, team_of
from phiward.records.synthetic.story import Story, story

_ORDER = (
    "Practitioner",
    "Patient",
    "Encounter",
    "CareTeam",
    "DocumentReference",
    "Condition",
    "MedicationRequest",
    "Observation",
    "AllergyIntolerance",
)
"""Of the entries of a bundle: nobody is referred to before she is there."""

_WRITERS: Mapping[str, Callable[[Story], str]] = {
    "clinic": notes_clinic.clinic,
    "radiology": notes_hospital.radiology,
    "admission": notes_hospital.admission,
    "nursing": notes_hospital.nursing,
    "discharge": notes_hospital.discharge,
    "telephone": notes_clinic.telephone,
    "change": notes_clinic.change,
    "review": notes_clinic.review,
}
_MEASURED = ("clinic", "admission", "change", "review")


@dataclass(frozen=True, slots=True)
class Hospital:
    """`bundles` has one transaction bundle a patient, in the order of their numbers."""

    bundles: tuple[Resource, ...] = field(repr=False)
    practitioners: tuple[Clinician, ...] = STAFF

    def write(self, folder: Path) -> list[Path]:
        """One JSON file a patient; makes the folder. The paths, in order. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for number, bundle in enumerate(self.bundles, 1):
            path = folder / f"patient-{number:03}.json"
            path.write_text(json.dumps(bundle, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            paths.append(path)
        return paths


def hospital(seed: int, patients: int = 24) -> Hospital:
    """An invented hospital. A patient is the same however many there are; other seeds, other details."""
    return Hospital(tuple(_bundle(seed, index) for index in range(patients)))


def _bundle(seed: int, index: int) -> Resource:
    who = character(seed, index)
    told = story(seed, index, who, contact(seed, index, who), team_of(index))
    found = list(_resources(told, random.Random(f"{seed}/ids/{index}")))  # noqa: S311 - ids of the invented
    found.sort(key=lambda one: _ORDER.index(one["resourceType"]))
    urls = {place: f"urn:uuid:{uuid5(NAMESPACE_URL, place)}" for place in map(_place, found)}
    return {"resourceType": "Bundle", "type": "transaction", "entry": [_entry(one, urls) for one in found]}


def _place(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _entry(resource: Resource, urls: Mapping[str, str]) -> Resource:
    place = _place(resource)
    request = {"method": "PUT", "url": place}
    return {"fullUrl": urls[place], "resource": _linked(resource, urls), "request": request}


def _linked(value: Any, urls: Mapping[str, str]) -> Any:
    """The same JSON with each reference written as the full URL of its entry. Raises KeyError for none."""
    if isinstance(value, dict):
        return {
            name: urls[one] if name == "reference" and isinstance(one, str) else _linked(one, urls)
            for name, one in value.items()
        }
    return [_linked(one, urls) for one in value] if isinstance(value, list) else value


def _resources(s: Story, rng: random.Random) -> Iterator[Resource]:
    def key() -> str:
        return str(UUID(int=rng.getrandbits(128), version=4))

    own = key()
    subject = {"reference": f"Patient/{own}"}
    for member in s.team.members if "radiology" in s.kinds else s.team.treating:
        yield resources.practitioner(member)
    yield resources.patient(s, own)
    yield resources.care_team(s, key(), subject)
    yield resources.condition(s, key(), subject)
    yield resources.allergy(s, key(), subject)
    for place in range(2 if "change" in s.kinds else 1):
        yield resources.medication(s, key(), subject, place)
    for kind in s.kinds:
        visit = resources.encounter(s, key(), subject, kind)
        yield visit
        yield resources.document(s, key(), subject, kind, _WRITERS[kind](s), visit["id"])
        if kind in _MEASURED:
            yield from _measurements(s, subject, kind, key)


def _measurements(s: Story, subject: Resource, kind: str, key: Callable[[], str]) -> Iterator[Resource]:
    place, day = _MEASURED.index(kind), s.days[kind]
    test = resources.coded("http://loinc.org", s.track.loinc, s.track.test)
    yield resources.observation(key(), subject, test, s.track.values[place], s.track.unit, day)
    creatinine = resources.coded("http://loinc.org", "2160-0", "Creatinine")
    yield resources.observation(key(), subject, creatinine, s.creatinine[place], "mg/dL", day)
