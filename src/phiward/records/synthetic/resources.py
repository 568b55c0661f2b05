"""One patient's FHIR R4 resources. Source: https://hl7.org/fhir/R4/resourcelist.html."""

import base64
from datetime import date
from typing import Any

from phiward.records.synthetic.staff import Clinician
from phiward.records.synthetic.story import Story

Resource = dict[str, Any]
MRN_SYSTEM = "urn:oid:2.16.840.1.113883.19.5"
"""An example arc of HL7: it belongs to no hospital."""

_V2_0203 = "http://terminology.hl7.org/CodeSystem/v2-0203"
_SSN_SYSTEM = "http://hl7.org/fhir/sid/us-ssn"
_TITLES = {
    "clinic": ("Clinic note", "34109-9"),
    "change": ("Clinic note", "34109-9"),
    "review": ("Clinic note", "34109-9"),
    "radiology": ("Radiology report", "18748-4"),
    "admission": ("History and physical", "34117-2"),
    "nursing": ("Nursing note", "34746-8"),
    "discharge": ("Discharge summary", "18842-5"),
    "telephone": ("Telephone encounter", "34748-4"),
}


def coded(system: str, code: str, text: str) -> Resource:
    """A CodeableConcept."""
    return {"coding": [{"system": system, "code": code, "display": text}], "text": text}


def snomed(code: str, text: str) -> Resource:
    """A CodeableConcept of SNOMED CT."""
    return coded("http://snomed.info/sct", code, text)


def patient(s: Story, key: str) -> Resource:
    """The Patient, with every number, name and address that the notes mention."""
    c, name = s.contact, s.name
    given = [part for part in (name.given, name.middle) if part]
    names: list[Resource] = [{"use": "official", "family": name.family, "given": given, "prefix": [name.title]}]
    if name.nickname:
        names.append({"use": "nickname", "given": [name.nickname]})
    numbers = [
        _number("MR", "Medical record number", MRN_SYSTEM, c.mrn),
        _number("SS", "Social security number", _SSN_SYSTEM, c.ssn),
        _number("AN", "Account number", f"{MRN_SYSTEM}.2", c.account),
        _number("MB", "Member number", f"{MRN_SYSTEM}.3", c.plan),
    ]
    if c.license:
        numbers.append(_number("DL", "Driver's license number", f"{MRN_SYSTEM}.4", c.license))
    return {
        "resourceType": "Patient",
        "id": key,
        "meta": {"lastUpdated": f"{s.days['clinic'].isoformat()}T08:00:00Z"},
        "identifier": numbers,
        "active": True,
        "name": names,
        "telecom": [
            {"system": "phone", "use": "home", "value": c.home},
            {"system": "phone", "use": "mobile", "value": c.mobile},
            {"system": "email", "value": c.email},
        ],
        "gender": s.who.sex,
        "birthDate": s.who.birth.isoformat(),
        "address": [{"use": "home", "line": [c.street], "city": c.city, "state": "IL", "postalCode": c.zip_code}],
        "contact": _contacts(s),
        "generalPractitioner": [{"reference": s.team.primary.reference}],
    }


def _number(code: str, text: str, system: str, value: str) -> Resource:
    return {"type": coded(_V2_0203, code, text), "system": system, "value": value}


def _contacts(s: Story) -> list[Resource]:
    """Relatives; the first can be called."""
    found: list[Resource] = []
    for place, kin in enumerate(s.who.relatives):
        one: Resource = {"relationship": [{"text": kin.relation}], "name": {"family": kin.family, "given": [kin.given]}}
        if place == 0:
            one["telecom"] = [{"system": "phone", "value": s.contact.relative_phone}]
        found.append(one)
    return found


def practitioner(who: Clinician) -> Resource:
    """A Practitioner; her id is the same in every bundle."""
    return {
        "resourceType": "Practitioner",
        "id": who.reference.partition("/")[2],
        "active": True,
        "name": [{"use": "official", "family": who.family, "given": [who.given], "suffix": [who.suffix]}],
    }


def care_team(s: Story, key: str, subject: Resource) -> Resource:
    """The team, open-ended since the first visit."""
    return {
        "resourceType": "CareTeam",
        "id": key,
        "status": "active",
        "subject": subject,
        "period": {"start": s.days["clinic"].isoformat()},
        "participant": [{"member": {"reference": one.reference}} for one in s.team.treating],
    }


def encounter(s: Story, key: str, subject: Resource, kind: str) -> Resource:
    """The visit, call or stay that a note was written for."""
    inpatient = kind in ("admission", "nursing", "discharge")
    start = s.days["admission"] if inpatient else s.days[kind]
    end = s.days["discharge"] if inpatient else s.days[kind]
    code = "IMP" if inpatient else "VR" if kind == "telephone" else "AMB"
    author = {"radiology": s.team.radiologist, "nursing": s.team.nurse, "telephone": s.team.nurse}
    who = author.get(kind, s.team.primary)
    return {
        "resourceType": "Encounter",
        "id": key,
        "status": "finished",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code},
        "subject": subject,
        "participant": [{"individual": {"reference": who.reference}}],
        "period": {"start": f"{start.isoformat()}T09:00:00Z", "end": f"{end.isoformat()}T17:00:00Z"},
    }


def document(s: Story, key: str, subject: Resource, kind: str, text: str, visit: str) -> Resource:
    """The note, as base64 of UTF-8."""
    title, loinc = _TITLES[kind]
    return {
        "resourceType": "DocumentReference",
        "id": key,
        "status": "current",
        "type": coded("http://loinc.org", loinc, title),
        "subject": subject,
        "date": f"{s.days[kind].isoformat()}T{15 if kind == 'nursing' else 12}:00:00Z",
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "data": base64.b64encode(text.encode()).decode(),
                }
            }
        ],
        "context": {"encounter": [{"reference": f"Encounter/{visit}"}]},
    }


def condition(s: Story, key: str, subject: Resource) -> Resource:
    """The diagnosis."""
    return {
        "resourceType": "Condition",
        "id": key,
        "clinicalStatus": coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active"),
        "code": snomed(s.track.snomed, s.track.diagnosis),
        "subject": subject,
        "onsetDateTime": s.days["clinic"].isoformat(),
    }


def medication(s: Story, key: str, subject: Resource, place: int) -> Resource:
    """The prescription before (0) and after (1) the change of dose."""
    day = s.days["clinic"] if place == 0 else s.days["change"]
    return {
        "resourceType": "MedicationRequest",
        "id": key,
        "status": "active" if place == 1 or "change" not in s.kinds else "stopped",
        "intent": "order",
        "medicationCodeableConcept": coded("http://www.nlm.nih.gov/research/umls/rxnorm", s.track.rxnorm, s.track.drug),
        "subject": subject,
        "authoredOn": day.isoformat(),
        "requester": {"reference": s.team.primary.reference},
        "dosageInstruction": [{"text": f"{s.track.doses[place]} {s.track.how_often}"}],
    }


def observation(key: str, subject: Resource, concept: Resource, value: str, unit: str, day: date) -> Resource:
    """One laboratory value, drawn and reported on `day`."""
    return {
        "resourceType": "Observation",
        "id": key,
        "status": "final",
        "code": concept,
        "subject": subject,
        "effectiveDateTime": f"{day.isoformat()}T07:00:00Z",
        "issued": f"{day.isoformat()}T11:00:00Z",
        "valueQuantity": {"value": float(value), "unit": unit},
    }


def allergy(s: Story, key: str, subject: Resource) -> Resource:
    """The allergy."""
    substance, reaction, code = s.allergy
    return {
        "resourceType": "AllergyIntolerance",
        "id": key,
        "clinicalStatus": coded(
            "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical", "active", "Active"
        ),
        "code": snomed(code, f"Allergy to {substance}"),
        "patient": subject,
        "reaction": [{"manifestation": [{"text": reaction}]}],
    }
