"""The document of the admin API (OpenAPI 3.1.0), made from the table and the models: it cannot say anything else.

Source: https://spec.openapis.org/oas/v3.1.0
"""

import re
from collections.abc import Sequence
from typing import Any

from pydantic.json_schema import JsonSchemaMode, models_json_schema

from phiward import __version__
from phiward.gateway.admin.models import Model, Problem
from phiward.gateway.admin.paging import DEFAULT_LIMIT, MOST
from phiward.gateway.admin.problems import MEDIA_TYPE
from phiward.gateway.admin.routes import PREFIX, AdminRoute

_ID = re.compile(r"\{(\w+)\}")
_PAGING = [
    {
        "name": "limit",
        "in": "query",
        "description": "Most rows of the page.",
        "schema": {"type": "integer", "minimum": 1, "maximum": MOST, "default": DEFAULT_LIMIT},
    },
    {"name": "cursor", "in": "query", "description": "The `next` of the page before.", "schema": {"type": "string"}},
]


def document(routes: Sequence[AdminRoute]) -> dict[str, Any]:
    """The whole document."""
    refs, schemas = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(PREFIX + route.path, {})[route.method.lower()] = _operation(route, refs)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "phiward admin API",
            "version": __version__,
            "description": "People, access and its report. Every act is on record with before and after.",
        },
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"credential": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"credential": []}],
    }


def _schemas(routes: Sequence[AdminRoute]) -> tuple[dict[type[Model], dict[str, Any]], dict[str, Any]]:
    wanted: dict[type[Model], JsonSchemaMode] = {Problem: "serialization"}
    wanted.update({route.request: "validation" for route in routes if route.request})
    wanted.update({route.response: "serialization" for route in routes if route.response})
    found, made = models_json_schema(list(wanted.items()), ref_template="#/components/schemas/{model}")
    return {model: schema for (model, _), schema in found.items()}, made["$defs"]  # type: ignore[misc]


def _operation(route: AdminRoute, refs: dict[type[Model], dict[str, Any]]) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"}}
        for name in _ID.findall(route.path)
    ]
    told: dict[str, Any] = {
        "operationId": route.handler.__name__,
        "summary": (route.handler.__doc__ or "").strip(),
        "x-phiward-act": str(route.act),
        "parameters": parameters + (_PAGING if route.paged else []),
        "responses": {
            str(route.status): {"description": "Done."},
            "default": {"description": "Refused or failed.", "content": {MEDIA_TYPE: {"schema": refs[Problem]}}},
        },
    }
    if route.request is not None:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": refs[route.request]}}}
    if route.response is not None:
        content = {"application/json": {"schema": refs[route.response]}}
        told["responses"][str(route.status)] = {"description": "Done.", "content": content}
    return told
