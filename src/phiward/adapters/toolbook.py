"""The operator's file of tools: JSON, read once when the service starts, and refused as a whole if anything is odd.

`{"tools": [{"name": "find_slots", "effect": "read", "patient_parameter": "patient", "identified": true,
"roles": ["nurse"], "purposes": ["TREAT"], "returns_trusted": true}]}`. Only `name` is needed; a tool without `effect`
sends. An error names the place, never a value.
"""

import json
from pathlib import Path
from typing import Annotated, Any, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from phiward.domain.errors import ConfigurationError
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.tools import ToolBook, ToolEffect, ToolRule

MAX_BYTES: Final = 1_048_576
MAX_TOOLS: Final = 1_000

_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}\z")]
_Parameter = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_-]{0,63}\z")]


class _Tool(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    name: _Name
    effect: ToolEffect = ToolEffect.SEND
    patient_parameter: _Parameter | None = None
    identified: bool = False
    roles: frozenset[Role] = frozenset()
    purposes: frozenset[PurposeOfUse] = frozenset()
    returns_trusted: bool = False


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    tools: Annotated[list[_Tool], Field(max_length=MAX_TOOLS)]


def read_toolbook(path: Path) -> ToolBook:
    """The registered tools of a file of at most MAX_BYTES bytes of UTF-8.

    Raises ConfigurationError: no such file, too large, no JSON, a field written twice or not known, a value that a
    field does not take, a tool registered twice, `roles` or `purposes` of a tool that is never given names.
    """
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigurationError("The file of tools (PHIWARD_TOOLS_FILE) cannot be read.") from error
    if len(data) > MAX_BYTES:
        raise ConfigurationError(f"The file of tools (PHIWARD_TOOLS_FILE) is larger than {MAX_BYTES} bytes.")
    return parse_toolbook(data)


def parse_toolbook(data: bytes) -> ToolBook:
    """As `read_toolbook`, of what stands in the file."""
    try:
        json.loads(data, object_pairs_hook=_once)
        file = _File.model_validate_json(data)
    except ValidationError as error:
        raise _wrong(_place(error)) from None
    except (ValueError, RecursionError):
        raise _wrong("it is not JSON, or names a field twice") from None
    rules: dict[str, ToolRule] = {}
    for number, tool in enumerate(file.tools):
        if tool.name in rules:
            raise _wrong(f"tools[{number}].name is registered before")
        if (tool.roles or tool.purposes) and not tool.identified:
            raise _wrong(f"tools[{number}] has roles or purposes, which count only where identified is true")
        rules[tool.name] = ToolRule(**dict(tool))
    return ToolBook(rules)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError
    return found


def _place(error: ValidationError) -> str:
    """The first problem: names of known fields and numbers only."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    known = {*_Tool.model_fields, *_File.model_fields}
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"] if _shown(part, known)]
    place = "".join(parts).lstrip(".") or "it"
    if first["type"] == "extra_forbidden":
        return f"{place} has a field that phiward does not know"
    return f"{place} is missing" if first["type"] == "missing" else f"{place} has a value that it cannot have"


def _shown(part: int | str, known: set[str]) -> bool:
    return isinstance(part, int) or part in known


def _wrong(what: str) -> ConfigurationError:
    return ConfigurationError(f"The file of tools (PHIWARD_TOOLS_FILE) cannot be used: {what}.")
