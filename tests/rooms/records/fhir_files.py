"""Invented FHIR files, and a stand-in for the vault, for the tests of this room and its adapters."""

import base64
import copy
import hashlib
import hmac
import json
import os
from os import environ
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from phiward.domain.patients import PatientRef
from phiward.records.parsing import parse_file, survey
from phiward.records.reading import Limits, sources
from phiward.records.results import ParsedFile, Place

CANARY = "Zzyzx-Canaria"
"""A name that no message may repeat."""

HERE = Place(1, 1, "invented.json")


def b64(text: str) -> str:
    """Base64 of UTF-8."""
    return base64.b64encode(text.encode()).decode()


def patient(key: str = "pat-1", **more: Any) -> dict[str, Any]:
    """An invented Patient with name, birth date and record number."""
    return {
        "resourceType": "Patient",
        "id": key,
        "name": [{"use": "official", "family": CANARY, "given": ["Quilla", "Testa"], "prefix": ["Ms."]}],
        "birthDate": "1970-01-31",
        "identifier": [{"type": {"coding": [{"code": "MR"}]}, "value": f"MRN-{key}-0001"}],
        **more,
    }


def document(key: str = "doc-1", text: str = "Invented note.", **more: Any) -> dict[str, Any]:
    """A note of pat-1, of 1 May 2020."""
    return {
        "resourceType": "DocumentReference",
        "id": key,
        "status": "current",
        "type": {"text": "Progress note"},
        "subject": {"reference": "Patient/pat-1"},
        "date": "2020-05-01T10:00:00Z",
        "content": [{"attachment": {"contentType": "text/plain", "data": b64(text)}}],
        **more,
    }


def encounter(key: str = "enc-1", **more: Any) -> dict[str, Any]:
    """A finished visit of pat-1 with dr-1."""
    return {
        "resourceType": "Encounter",
        "id": key,
        "status": "finished",
        "subject": {"reference": "Patient/pat-1"},
        "participant": [{"individual": {"reference": "Practitioner/dr-1"}}],
        "period": {"start": "2020-05-01T09:00:00Z", "end": "2020-05-01T11:00:00Z"},
        **more,
    }


def care_team(key: str = "team-1", **more: Any) -> dict[str, Any]:
    """An active team of pat-1 with dr-1, since 2020."""
    return {
        "resourceType": "CareTeam",
        "id": key,
        "status": "active",
        "subject": {"reference": "Patient/pat-1"},
        "participant": [{"member": {"reference": "Practitioner/dr-1"}}],
        "period": {"start": "2020-01-01"},
        **more,
    }


def practitioner(key: str = "dr-1", **more: Any) -> dict[str, Any]:
    """A clinician."""
    return {"resourceType": "Practitioner", "id": key, **more}


def bundle(*resources: dict[str, Any], kind: str = "collection") -> dict[str, Any]:
    """A Bundle of copies of the resources."""
    entries = [{"resource": copy.deepcopy(resource)} for resource in resources]
    return {"resourceType": "Bundle", "type": kind, "entry": entries}


def write(folder: Path, content: Any, name: str = "file.json") -> Path:
    """Write bytes, text, or a value as JSON; the path."""
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def parse(path: Path, limits: Limits | None = None) -> list[ParsedFile]:
    """All files under `path`, as an import would parse them."""
    found = sources(path, limits)
    directory, _ = survey(found, limits)
    return [parse_file(source, directory, limits) for source in found]


def parse_one(folder: Path, *resources: dict[str, Any]) -> ParsedFile:
    """One Bundle file of these resources, parsed."""
    (parsed,) = parse(write(folder, bundle(*resources)))
    return parsed


def published(*parts: str) -> Path:
    """A folder of the published test data; skips, saying so, where it is absent."""
    default = Path(__file__).resolve().parents[3].parent / "shared" / "data"
    folder = Path(environ.get("PHIWARD_TEST_DATA", default)).joinpath(*parts)
    if not folder.is_dir():
        pytest.skip(f"no published test data at ../shared/data/{'/'.join(parts)}")
    return folder


class PlainMac:
    """HMAC-SHA-256 under a fixed key: for tests alone."""

    def digest(self, tenant: UUID | None, label: str, value: str) -> bytes:
        """As records.ports.Mac."""
        return hmac.digest(b"only for tests", f"{tenant}|{label}|{value}".encode(), hashlib.sha256)


class BoundSealer:
    """Hides nothing and never seals twice alike, but opens only where it was sealed.

    Tenant, patient, record and name are checked.
    """

    def seal(self, tenant: UUID, patient: PatientRef, record: UUID, name: str, text: bytes) -> bytes:
        """As records.ports.Sealer."""
        nonce = os.urandom(8).hex()
        return f"{tenant}{patient}{record}{name}|{nonce}".encode() + text[::-1]

    def open(self, tenant: UUID, patient: PatientRef, record: UUID, name: str, blob: bytes) -> bytes:
        """As records.ports.Sealer, with a check of the place."""
        head = f"{tenant}{patient}{record}{name}|".encode()
        assert blob.startswith(head), "opened in another place than it was sealed"
        return blob[len(head) + 16 :][::-1]
