"""Invented charts for the measurements of search: FHIR files, and a database of its own with keys and roles.

A note is put together of sentences of the synthetic hospital, under headings of the usual kinds, so that one section
is one chunk. Patients have the names and numbers of another synthetic hospital than the sentences.
"""

import base64
import contextlib
import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg.conninfo import make_conninfo

from phiward.adapters.embedded.cluster import ADMINISTRATOR
from phiward.adapters.embedded.supervisor import DATABASE, EmbeddedPostgres
from phiward.adapters.keystore import SqliteKeyStore
from phiward.adapters.postgres.migrate import migrate
from phiward.adapters.postgres.roles import APP, REGISTRAR, Credentials, ensure_roles
from phiward.domain.people import TenantId
from phiward.domain.text import Secret
from phiward.records.synthetic import hospital
from phiward.retrieval.sentences import spans
from phiward.vault.root import RootKey
from phiward.vault.vault import Vault

TENANT = TenantId(UUID(int=1))
TITLES = ("Progress note", "Clinic note", "Discharge summary", "Nursing note", "Consultation note", "Radiology report")
HEADINGS = (
    "HISTORY OF PRESENT ILLNESS",
    "PAST MEDICAL HISTORY",
    "MEDICATIONS",
    "PHYSICAL EXAMINATION",
    "LABORATORY DATA",
    "HOSPITAL COURSE",
    "ASSESSMENT AND PLAN",
)
_FOREIGN = re.compile(r"@|\d{4}|555|\n|[A-Z]{4}")
"""Numbers and addresses of the hospital that the sentences are from, and headings within them."""

Resource = dict[str, Any]


@dataclass(frozen=True, slots=True)
class House:
    """A database with roles and keys, for one run. `admin`, `app`, `registrar`: libpq connection strings."""

    folder: Path
    admin: str
    app: str
    registrar: str
    vault: Vault


@contextlib.contextmanager
def house() -> Iterator[House]:
    """An embedded PostgreSQL, migrated, with one organisation; removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="phiward-bench-", dir="/tmp"))
    folder.chmod(0o711)
    supervisor = EmbeddedPostgres(folder / "data", folder / "secrets")
    try:
        with (
            supervisor.running(own=True) as server,
            contextlib.closing(SqliteKeyStore(folder / "secrets" / "keys.sqlite", data_dir=folder / "data")) as store,
        ):
            base = server.conninfo(ADMINISTRATOR, supervisor.password, DATABASE)
            credentials = Credentials.load_or_create(folder / "secrets" / "database.json")
            ensure_roles(base, credentials.passwords)
            migrate(base)
            admin = make_conninfo(base, options="-c search_path=phiward")
            with psycopg.connect(admin) as connection:
                connection.execute("INSERT INTO tenant (id, name) VALUES (%s, 'bench')", [TENANT])
            app, registrar = (credentials.conninfo(base, role) for role in (APP, REGISTRAR))
            yield House(folder, admin, app, registrar, Vault(RootKey(os.urandom(32)), store))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def physician(admin: str, practitioner: str) -> Secret:
    """A person with this id in the records, and her key."""
    person, key = uuid4(), Secret(f"bench-key-{uuid4()}")
    until, digest = datetime.now(UTC) + timedelta(hours=12), hashlib.sha256(key.value.encode()).digest()
    with psycopg.connect(admin) as connection:
        connection.execute(
            "INSERT INTO person (id, tenant, login, practitioner, roles) VALUES (%s, %s, %s, %s, '{physician}')",
            [person, TENANT, practitioner, practitioner],
        )
        connection.execute(
            "INSERT INTO personal_key (id, person, digest, label, expires_at) VALUES (%s, %s, %s, 'bench', %s)",
            [uuid4(), person, digest, until],
        )
    return key


@dataclass(frozen=True, slots=True)
class Chart:
    """How large a patient's chart is: how many sections each of his notes has, and characters of a section."""

    sections: tuple[int, ...]
    shortest: int
    longest: int


LARGE = Chart(tuple(7 - (note % 3 == 0) for note in range(150)), 420, 560)
"""150 notes, 1,000 chunks of about 490 characters."""

SMALL = Chart((7,) * 10 + (6,) * 5, 390, 520)
"""15 notes, 100 chunks of about 450 characters: a hundred tokens."""


def write_charts(folder: Path, charts: Iterable[Chart], practitioner: str, first: int = 0) -> None:
    """One FHIR file a patient, whom `practitioner` treats; patients are numbered from `first`."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, chart in enumerate(charts, first):
        entries = [{"resource": one} for one in _resources(number, chart, practitioner)]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        (folder / f"patient-{number:05}.json").write_text(json.dumps(bundle), encoding="utf-8")


def _resources(number: int, chart: Chart, practitioner: str) -> Iterator[Resource]:
    patient = _patients(number // 100)[number % 100]
    patient = {**patient, "id": f"pat-{number}", "generalPractitioner": [{"reference": practitioner}]}
    subject = {"reference": f"Patient/pat-{number}"}
    yield patient
    yield {
        "resourceType": "CareTeam",
        "id": f"team-{number}",
        "status": "active",
        "subject": subject,
        "period": {"start": "2020-01-01"},
        "participant": [{"member": {"reference": practitioner}}],
    }
    name = patient["name"][0]
    for note, sections in enumerate(chart.sections):
        rng = Random(f"{number}/{note}")  # noqa: S311 - invented data
        opening = f"Seen today: {name['given'][0]} {name['family']}."
        yield {
            "resourceType": "DocumentReference",
            "id": f"doc-{number}-{note}",
            "status": "current",
            "type": {"text": rng.choice(TITLES)},
            "subject": subject,
            "date": (datetime(2020, 1, 1, 9, tzinfo=UTC) + timedelta(days=7 * note)).isoformat(),
            "content": [
                {
                    "attachment": {
                        "contentType": "text/plain; charset=utf-8",
                        "data": base64.b64encode(_note(rng, opening, sections, chart).encode()).decode(),
                    }
                }
            ],
        }


def _note(rng: Random, opening: str, sections: int, chart: Chart) -> str:
    parts: list[str] = []
    for heading in sorted(rng.sample(HEADINGS, sections), key=HEADINGS.index):
        wanted, text = rng.randint(chart.shortest, chart.longest), "" if parts else opening
        while len(text) < wanted - 40:
            more = f"{text} {rng.choice(_sentences())}".strip()
            text = more if len(more) <= wanted else text
        parts.append(f"{heading}:\n{text}")
    return "\n\n".join(parts)


def questions(count: int) -> list[str]:
    """Different ones, each with some words of a sentence that may stand in a chart."""
    rng = Random("questions")  # noqa: S311 - invented data
    openings = ("What is known about", "When was it noted that", "Has anyone written that", "Why")
    found: dict[str, None] = {}
    while len(found) < count:
        words = rng.choice(_sentences()).rstrip(".").split()
        begin = rng.randrange(max(1, len(words) - 8))
        found[f"{rng.choice(openings)} {' '.join(words[begin : begin + rng.randint(3, 8)])}?"] = None
    return list(found)


@cache
def _sentences() -> tuple[str, ...]:
    """About two thousand different ones, of 30 to 240 characters."""
    found = {}
    for bundle in hospital(1, 80).bundles:
        for entry in bundle["entry"]:
            resource = entry["resource"]
            if resource["resourceType"] == "DocumentReference":
                text = base64.b64decode(resource["content"][0]["attachment"]["data"]).decode()
                found.update(dict.fromkeys(text[start:end] for start, end in spans(text)))
    return tuple(one for one in found if 30 <= len(one) <= 240 and not _FOREIGN.search(one))


@cache
def _patients(hundred: int) -> list[Resource]:
    """The Patient resources of a hospital of a hundred."""
    bundles = hospital(1000 + hundred, 100).bundles
    return [
        entry["resource"] for one in bundles for entry in one["entry"] if entry["resource"]["resourceType"] == "Patient"
    ]
