"""Broken files: what is wrong, where the message must point, and what of the message it must say.

Each holds the canary in its content, so that a message that repeats input is found out. Used by the
tests of parsing (nothing comes out) and of storing (nothing goes in).
"""

import json
from typing import Any

import pytest

from .fhir_files import CANARY, bundle, document, encounter, patient


def _with(*resources: dict[str, Any]) -> str:
    return json.dumps(bundle(patient(), *resources))


def _without(resource: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in resource.items() if key != name}


_GOOD = json.dumps(bundle(patient(), document()), indent=1)
_DEEP = '{"resourceType": "Patient", "id": "x", "name": ' + "[" * 5000 + f'"{CANARY}"' + "]" * 5000 + "}"
_SHALLOW_DEEP = '{"resourceType": "Patient", "id": "x", "name": ' + "[" * 80 + f'"{CANARY}"' + "]" * 80 + "}"
_DATA = {"attachment": {"contentType": "text/plain", "data": f"{CANARY}!"}}

BROKEN = [
    pytest.param(f'{{"name": "{CANARY}",\n oops}}', "line 2, column 2", "not JSON", id="bad JSON"),
    pytest.param(_GOOD[: len(_GOOD) // 2], "line ", "not JSON", id="truncated"),
    pytest.param("", "line 1, column 1", "not JSON", id="empty"),
    pytest.param(json.dumps([CANARY]), "File 1 of 1", "must be an object", id="an array"),
    pytest.param(json.dumps({"name": CANARY}), "resourceType", "not a resource type", id="no resourceType"),
    pytest.param(
        _with({"resourceType": CANARY, "id": "x"}),
        "entry[1].resource.resourceType",
        "not a resource type",
        id="wrong resourceType",
    ),
    pytest.param(
        json.dumps({**bundle(patient()), "type": "history"}),
        "type",
        "not read",
        id="a bundle of deletions",
    ),
    pytest.param(
        json.dumps({"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "DELETE"}}]}),
        "entry[0].request.url",
        "must be a text",
        id="a deletion of nothing",
    ),
    pytest.param(_with(_without(document(), "subject")), "entry[1].resource.subject", "missing", id="no subject"),
    pytest.param(
        _with(document(subject={"reference": f"urn:uuid:{CANARY}"})),
        "entry[1].resource.subject",
        "leads to nobody",
        id="unknown reference",
    ),
    pytest.param(
        _with(document(content=[_DATA])),
        "entry[1].resource.content[0].attachment.data",
        "not base64",
        id="bad base64",
    ),
    pytest.param(
        _with(document(date=f"May {CANARY}")),
        "entry[1].resource.date",
        "not a date",
        id="bad date",
    ),
    pytest.param(_with(document(date="2020-02-30")), "entry[1].resource.date", "not a date", id="30 February"),
    pytest.param(
        json.dumps(bundle(patient(birthDate=CANARY))),
        "entry[0].resource.birthDate",
        "not a date",
        id="bad birth date",
    ),
    pytest.param(
        _with(encounter(period={"start": "2020-05-02", "end": "2020-05-01"})),
        "entry[1].resource.period.end",
        "before the start",
        id="ends before it starts",
    ),
    pytest.param(
        json.dumps(bundle(patient(name=CANARY))),
        "entry[0].resource.name",
        "must be a list",
        id="wrong kind",
    ),
    pytest.param(
        json.dumps(bundle(patient(name=[{"given": [CANARY, 7]}]))),
        "entry[0].resource.name[0].given[1]",
        "must be a text",
        id="a number among names",
    ),
    pytest.param(json.dumps(bundle(patient(CANARY + " x"))), "entry[0].resource.id", "not an id", id="bad id"),
    pytest.param(
        json.dumps(bundle(_without(patient(), "id"))),
        "entry[0].resource.id",
        "missing",
        id="no id",
    ),
    pytest.param(
        f'{{"resourceType": "Patient",\n"id": "x", "name": "{CANARY}", "weight": NaN}}',
        "line 2, column 47",
        "not a finite number",
        id="NaN",
    ),
    pytest.param('{"resourceType": "Patient", "x": 1e999}', "File 1 of 1", "not a finite", id="beyond a double"),
    pytest.param(
        f'{{"resourceType": "Patient",\n "{CANARY}": 1,\n "{CANARY}": 2}}',
        "line 3, column 2",
        "stands twice",
        id="duplicate key",
    ),
    pytest.param(_DEEP, "line 1, column ", "nested too deeply", id="nested beyond the parser"),
    pytest.param(_SHALLOW_DEEP, "line 1, column ", "nested too deeply", id="nested beyond the limit"),
    pytest.param(
        b'{"resourceType": "Patient",\n "name": "' + CANARY.encode() + b'\xe9"}',
        "line 2, column 24",
        "not UTF-8",
        id="Latin-1",
    ),
    pytest.param(json.dumps({"resourceType": "Patient"}).encode("utf-16"), "line 1", "not UTF-8", id="UTF-16"),
    pytest.param(
        '{"resourceType": "Patient", "id": "\\ud800"}',
        "File 1 of 1",
        "surrogate",
        id="half a surrogate pair",
    ),
    pytest.param("[" + "9" * 5000 + "]", "File 1 of 1", "too long", id="a number of 5,000 digits"),
]
