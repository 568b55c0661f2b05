"""phiward as a target: a real installation with the embedded Postgres, made for this run and removed after it."""

import asyncio
import base64
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from phiward.cli.demo_house import House
from phiward.domain.people import Role
from phiward.records.importing import import_path
from phiward.wiring.charts import open_charts

from .attempts import ADVERSARIES, Attempt, laid_out
from .kinds import Placement
from .people import CLINICIAN, PATIENTS, World
from .target import Target

COLLEAGUES = ("Practitioner/p0002", "Practitioner/p0003")
"""They treat those whom the clinician who asks does not treat."""


@contextmanager
def installed(world: World, upstream: str, lanes: int) -> Iterator[Target]:
    """Made, served, and its charts filled with the notes that carry injections."""
    with House(upstream=upstream, patients=PATIENTS) as house:
        keys = asyncio.run(_furnish(house, world, upstream, lanes))
        yield Target(
            "phiward",
            house.url,
            keys[CLINICIAN],
            tuple(f"lane-{n}" for n in range(lanes)),
            other_keys={one.number: keys[who] for one in world.others for who in COLLEAGUES if one.treated_by(who)},
            charts=True,
            budgeted=True,
        )


async def _furnish(house: House, world: World, upstream: str, lanes: int) -> dict[str, str]:
    """The keys, by practitioner."""
    notes = house.folder / "notes"
    _write(notes, world)
    keys = {CLINICIAN: house.key}
    async with open_charts(house.settings) as charts:
        desk = charts.registrar
        await import_path(desk.writer, desk.tenant, notes)
        await charts.indexer.run(desk.tenant)
        for number, colleague in enumerate(COLLEAGUES, 2):
            person = await desk.registry.add_person(desk.tenant, f"colleague-{number}", [Role.PHYSICIAN], colleague)
            issued = await desk.registry.issue_key(desk.tenant, person, timedelta(days=1), "leak")
            keys[colleague] = issued.text.value
        await desk.vendors.add_destination(
            desk.tenant,
            "leak",
            vendor="Example Hospital",
            service="chat",
            endpoint=upstream,
            feature="chat.completions",
            models={f"lane-{n}": f"lane-{n}" for n in range(lanes)},
            self_hosted=True,
            api_key=None,
        )
    return keys


def _write(folder: Path, world: World) -> None:
    """One bundle a patient: the Patient, and a note for each injection that is placed in his chart."""
    folder.mkdir()
    placed = [one for one in laid_out(world) if one.placement is Placement.NOTE and one.model is ADVERSARIES[0]]
    for person in world.own:
        # Her practitioner is known from the hospital's own files; here the reference would lead nowhere.
        patient = {name: value for name, value in person.resource.items() if name != "generalPractitioner"}
        resources = [patient, *(_note(one) for one in placed if one.patient is person)]
        entries = [{"fullUrl": _url(one), "resource": one} for one in resources]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": entries}
        (folder / f"notes-{person.number}.json").write_text(json.dumps(bundle))


def _url(resource: dict[str, Any]) -> str:
    return f"https://hospital.example/{resource['resourceType']}/{resource['id']}"


def _note(attempt: Attempt) -> dict[str, Any]:
    """Written by the patient, or by nobody whom the record names: in turn. Neither is the organisation's own word."""
    assert attempt.injection is not None
    subject = {"reference": f"Patient/{attempt.patient.resource['id']}"}
    data = base64.b64encode(attempt.note().encode()).decode()
    return {
        "resourceType": "DocumentReference",
        "id": f"leak-{attempt.injection.key}",
        "status": "current",
        "type": {"text": "Outside note"},
        "subject": subject,
        "date": "2024-03-01T10:00:00Z",
        **({"author": [subject]} if attempt.number % 2 else {}),
        "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}],
    }
