"""FHIR R4 resources, field by field: what a field holds is known from its place, so nothing has to be guessed.

| fields | treatment |
|---|---|
| resourceType, status, system, code, unit, use, gender, profile, … | stay: codes of the standard or of a terminology |
| family, given, name.text, authorString, name of a person, an organisation or a location, alias | NAME |
| prefix, suffix of a name | stay where they are titles, else NAME |
| display of a reference to a person, an organisation or a location | NAME; of other references and of codings: text |
| line, city, district, postalCode; address.text; latitude, longitude | ADDRESS, CITY, ZIP; state and country stay |
| telecom.value | PHONE, FAX, EMAIL, URL by its system |
| identifier.value | MRN, SSN, LICENSE, PLAN, ACCOUNT by its type or system, else ID |
| subscriberId, class.value, preAuthRef; altId, hash, valueUuid | PLAN; ID |
| id, fullUrl, reference, request.url | the id becomes ID, one everywhere, so that references meet; its server URL |
| date, dateTime, instant, Period | DATE down to the day; a bare year is read as text, the time of day stays |
| serialNumber, UDI, lotNumber of a device | DEVICE |
| attachment data and url, Binary.data, Signature.data | PHOTO or ID, URL: cannot be read here, so they go whole |
| attachment title | ID where it is the name of a file, else text |
| the values of an extension | as a field that has the last word of its url for a name |
| display, text, div, note, everything not listed | text: read by every detector |

Source: https://hl7.org/fhir/R4/datatypes.html, https://hl7.org/fhir/R4/references.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from phiward.deid.words import TITLES
from phiward.domain.placeholders import Category

_CODED = """
resourceType status system code unit use gender mode intent priority severity rank version linkId profile versionId
active deceasedBoolean multipleBirthBoolean comparator currency language contentType type mediaType valueCode
valueBoolean
"""
CODED = frozenset(_CODED.split())
"""Fields that stay where they hold a code; a value with blanks is prose and is read as text."""

_CODE = re.compile(r"[A-Za-z0-9/%(\[{][A-Za-z0-9./:|_%()\[\]{}*+#'^-]*")
_DATE = re.compile(r"(\d{4}-\d{2}(?:-\d{2})?)(T\d{2}:\d{2}[0-9:.+Z-]*)?")
_REFERENCE = re.compile(
    r"(?:(?P<base>https?://[^\s|]+)(?=/))?(?P<before>/?(?P<type>[A-Z][A-Za-z]+)/|urn:(?:uuid|oid):|#)(?P<id>[^/|\s?]+)"
    r"(?:(?P<history>/_history/)(?P<version>[^/|\s]+))?"
)
_FILE_NAME = re.compile(r"\S*[_\\/]\S*|.*\.[A-Za-z0-9]{2,5}", re.DOTALL)
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|md|do|rn|np|phd|pa-c|dds|dmd|pharmd|mph|facs|facc|esq)", re.IGNORECASE)

_PERSONS = frozenset(["Patient", "Practitioner", "RelatedPerson", "Person"])
_NAMED = _PERSONS | {
    "Organization",
    "Location",
    "HealthcareService",
    "CareTeam",
    "Group",
    "Endpoint",
    "PractitionerRole",
}
_CONTACTS = frozenset(["contact", "author", "editor", "reviewer", "endorser", "agent"])
_REFERRING = frozenset(
    [
        "actor",
        "assigner",
        "asserter",
        "attester",
        "author",
        "beneficiary",
        "collector",
        "custodian",
        "enterer",
        "entity",
        "facility",
        "generalPractitioner",
        "individual",
        "informant",
        "insurer",
        "interpreter",
        "location",
        "managingOrganization",
        "member",
        "organization",
        "owner",
        "participant",
        "party",
        "patient",
        "payee",
        "payor",
        "performer",
        "policyHolder",
        "practitioner",
        "provider",
        "recipient",
        "recorder",
        "requester",
        "responsible",
        "resultsInterpreter",
        "sender",
        "serviceProvider",
        "subject",
        "subscriber",
        "supervisor",
        "target",
        "verifier",
        "who",
        "witness",
        "onBehalfOf",
    ]
)
"""Fields whose reference is to somebody, or to a place, when the reference itself does not say."""

_WHOLE = {
    "family": Category.NAME,
    "given": Category.NAME,
    "authorString": Category.NAME,
    "line": Category.ADDRESS,
    "latitude": Category.ADDRESS,
    "longitude": Category.ADDRESS,
    "city": Category.CITY,
    "district": Category.CITY,
    "postalCode": Category.ZIP,
    "serialNumber": Category.DEVICE,
    "distinctIdentifier": Category.DEVICE,
    "deviceIdentifier": Category.DEVICE,
    "carrierHRF": Category.DEVICE,
    "carrierAIDC": Category.DEVICE,
    "subscriberId": Category.PLAN,
    "preAuthRef": Category.PLAN,
    "altId": Category.ID,
    "hash": Category.ID,
    "valueUuid": Category.ID,
    "valueBase64Binary": Category.ID,
}
_TELECOM = {"phone": Category.PHONE, "sms": Category.PHONE, "pager": Category.PHONE, "fax": Category.FAX}
_TELECOM |= {"email": Category.EMAIL, "url": Category.URL}
_IDENTIFIERS = {"MR": Category.MRN, "SS": Category.SSN, "SB": Category.SSN, "DL": Category.LICENSE}
_IDENTIFIERS |= {"NPI": Category.LICENSE, "MD": Category.LICENSE, "MB": Category.PLAN, "AN": Category.ACCOUNT}
_IDENTIFIERS |= {"MA": Category.PLAN, "MC": Category.PLAN, "SNO": Category.DEVICE, "UDI": Category.DEVICE}
_SYSTEMS = {"us-ssn": Category.SSN, "us-npi": Category.LICENSE, "us-mbi": Category.PLAN, "mrn": Category.MRN}
_YEARS = frozenset(["a", "y", "yr", "yrs", "year", "years"])


class Treatment(Enum):
    """What happens to a string that is not replaced whole."""

    KEEP = "keep"
    TEXT = "text"
    REFERENCE = "reference"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: the resource's type, the field above, the object that holds it, what labels that."""

    resource: str
    above: str
    holder: Mapping[str, Any]
    label: str = ""


def treatment(field: str, value: str, place: Place) -> Treatment | Category:
    """What becomes of the string `value` in `field`: a category where it goes whole."""
    if field.startswith("value") and (word := _extension(place)):
        return _extended(field, word, value, place)
    if field in _WHOLE:
        return _WHOLE[field]
    if field in ("id", "fullUrl", "reference") or (field, place.above) in (
        ("url", "request"),
        ("location", "response"),
    ):
        return Treatment.REFERENCE
    special = _by_type(field, value, place)
    if special is not None:
        return special
    if field in CODED and _CODE.fullmatch(value):
        return Treatment.KEEP
    if field in ("state", "country"):
        return Treatment.TEXT if any(letter.isdigit() for letter in value) else Treatment.KEEP
    return Treatment.DATE if _DATE.fullmatch(value) else Treatment.TEXT


def parts(field: str, value: str, place: Place) -> list[tuple[str, Category | None]] | None:
    """`value` in pieces, each with the category that it goes as, or None where it stays; None: read it as text."""
    what = treatment(field, value, place)
    if what is Treatment.TEXT:
        return None
    if isinstance(what, Category):
        return [(value, what)]
    if what is Treatment.KEEP:
        return [(value, None)]
    if what is Treatment.REFERENCE:
        return _referred(value)
    match = _DATE.fullmatch(value)
    return [(match[1], Category.DATE), (match[2] or "", None)] if match else None


def label_of(field: str, place: Place) -> str:
    """What says what the value of `field` is: the question for an answer, the last word of its url for an extension."""
    if field == "answer":
        return str(place.holder.get("text") or "")
    if not field.startswith("value"):
        return field
    if place.above == "answer":
        return place.label
    if place.above in ("parameter", "part"):
        return str(place.holder.get("name") or "")
    return _extension(place) or field


def is_old_age(value: float, holder: Mapping[str, Any]) -> bool:
    """Whether a number is an age of 90 or more: a quantity in years."""
    unit = str(holder.get("code") or holder.get("unit") or "").lower()
    return value >= 90 and unit in _YEARS


def is_measured(holder: Mapping[str, Any]) -> bool:
    """Whether `holder` is a quantity, so that its number cannot be a code."""
    return "unit" in holder or "code" in holder or "comparator" in holder


def _extension(place: Place) -> str:
    if place.above not in ("extension", "modifierExtension"):
        return ""
    return re.split(r"[/\-#:]", str(place.holder.get("url") or ""))[-1]


def _extended(field: str, word: str, value: str, place: Place) -> Treatment | Category:
    if word.lower().endswith("name"):
        return Category.NAME
    named = _WHOLE.get(word) or _WHOLE.get(field)
    if named:
        return named
    if field in CODED and _CODE.fullmatch(value):
        return Treatment.KEEP
    return Treatment.DATE if _DATE.fullmatch(value) else Treatment.TEXT


def _by_type(field: str, value: str, place: Place) -> Treatment | Category | None:
    """The fields whose meaning rests on the object that holds them."""
    above = place.above.lower()
    match field:
        case "value":
            return _value(value, place)
        case "name" | "alias":
            return _plain_name(place)
        case "text" if above.endswith("name"):
            return Category.NAME
        case "text" if above.endswith("address"):
            return Category.ADDRESS
        case "prefix" | "suffix":
            low = value.rstrip(". ").lower()
            return Treatment.KEEP if low in TITLES or _SUFFIX.fullmatch(low.replace(".", "")) else Category.NAME
        case "display":
            return _display(place)
        case "address":
            return {"network": Category.IP}.get(
                above, Category.URL if place.resource == "Endpoint" else Category.ADDRESS
            )
        case "lotNumber":
            return Category.DEVICE if place.resource == "Device" else None
        case "url":
            kept = ("extension", "modifierextension", "meta")
            return Treatment.KEEP if above in kept else Category.URL
        case "data" | "title":
            return _attached(field, value, place)
    return None


def _value(value: str, place: Place) -> Category | None:
    holder, above = place.holder, place.above.lower()
    system = holder.get("system")
    if str(system) in _TELECOM or above in ("telecom", "valuecontactpoint"):
        return Category.EMAIL if "@" in value else _TELECOM.get(str(system), Category.ID)
    if above == "class":
        return Category.PLAN
    if above.endswith("identifier") or (not is_measured(holder) and ("system" in holder or "assigner" in holder)):
        return _identifier(holder)
    return None


def _plain_name(place: Place) -> Category | None:
    if place.above in ("extension", "modifierExtension"):
        return None
    whole = place.resource in _NAMED and place.above in ("", "resource", "contained", "parameter", "outcome")
    return Category.NAME if whole or place.above in _CONTACTS else None


def _display(place: Place) -> Category | None:
    if "coding" in place.above.lower() or "system" in place.holder or "code" in place.holder:
        return None
    match = _REFERENCE.match(str(place.holder.get("reference") or ""))
    kind = str(place.holder.get("type") or (match["type"] if match else "") or "")
    named = kind in _NAMED if kind else place.above in _REFERRING
    return Category.NAME if named else None


def _attached(field: str, value: str, place: Place) -> Category | None:
    holder = place.holder
    kind = str(holder.get("contentType") or "")
    if field == "data":
        sampled = "origin" in holder or "dimensions" in holder
        return None if sampled else Category.PHOTO if kind.startswith("image") else Category.ID
    attached = bool(kind) or place.above.lower().endswith(("attachment", "photo"))
    return Category.ID if attached and _FILE_NAME.fullmatch(value.strip()) else None


def _referred(value: str) -> list[tuple[str, Category | None]]:
    match = _REFERENCE.fullmatch(value)
    if match is None:
        return [(value, Category.URL if value.startswith("http") else Category.ID)]
    version = match["version"] or ""
    return [
        (match["base"] or "", Category.URL),
        (match["before"], None),
        (match["id"], Category.ID),
        (match["history"] or "", None),
        (version, None if version.isdigit() else Category.ID),
    ]


def _identifier(holder: Mapping[str, Any]) -> Category:
    kind = holder.get("type")
    codings = kind.get("coding") if isinstance(kind, dict) else None
    for coding in codings if isinstance(codings, list) else ():
        if isinstance(coding, dict) and str(coding.get("code")) in _IDENTIFIERS:
            return _IDENTIFIERS[str(coding["code"])]
    return _SYSTEMS.get(re.split(r"[/:]", str(holder.get("system") or ""))[-1].lower(), Category.ID)
