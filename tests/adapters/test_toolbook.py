"""The operator's file of tools: read whole, or refused with the place named and nothing repeated."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from phiward.adapters.toolbook import MAX_BYTES, MAX_TOOLS, parse_toolbook, read_toolbook
from phiward.domain.errors import ConfigurationError
from phiward.domain.people import PurposeOfUse, Role
from phiward.domain.tools import ToolEffect, ToolRule

PAGE = Path(__file__).parents[2] / "docs/how-to/tools.md"


def refused(data: bytes | dict[str, Any]) -> str:
    """Why a file is refused."""
    with pytest.raises(ConfigurationError) as caught:
        parse_toolbook(data if isinstance(data, bytes) else json.dumps(data).encode())
    return str(caught.value)


WRONG: list[tuple[Any, str, str]] = [
    ({"name": "a", "secret": 1}, "tools[0] has a field that phiward does not know", "a field of another program"),
    ({"effect": "read"}, "tools[0].name is missing", "no name"),
    ({"name": "secret tool"}, "tools[0].name has a value", "a name that no tool can have"),
    ({"name": "secret\n"}, "tools[0].name has a value", "a line end in a name"),
    ({"name": "a", "effect": "secret"}, "tools[0].effect has a value", "an effect that is none"),
    ({"name": "a", "effect": "READ"}, "tools[0].effect has a value", "another spelling"),
    ({"name": "a", "identified": "yes"}, "tools[0].identified has a value", "a word for a truth value"),
    ({"name": "a", "returns_trusted": 1}, "tools[0].returns_trusted has a value", "a number for a truth value"),
    ({"name": "a", "patient_parameter": "secret.id"}, "tools[0].patient_parameter has a value", "a path"),
    ({"name": "a", "patient_parameter": ""}, "tools[0].patient_parameter has a value", "an empty name"),
    (
        {"name": "a", "identified": True, "roles": ["nurse", "secret"]},
        "tools[0].roles[1] has a value",
        "a role that nobody has",
    ),
    (
        {"name": "a", "identified": True, "purposes": ["secret"]},
        "tools[0].purposes[0] has a value",
        "a purpose that is none",
    ),
    ({"name": "a", "roles": "nurse"}, "tools[0].roles has a value", "a word for a list"),
    ({"name": "a", "roles": ["nurse"]}, "tools[0] has roles or purposes", "roles that would decide nothing"),
    ({"name": "a", "purposes": ["TREAT"]}, "tools[0] has roles or purposes", "purposes that would decide nothing"),
    ("secret", "tools[0] has a value", "no object"),
]


@pytest.mark.parametrize(("tool", "place", "reason"), WRONG)
def test_a_registration_that_is_odd_refuses_the_file(tool: Any, place: str, reason: str) -> None:
    """The place is named, the value is not."""
    said = refused({"tools": [tool]})
    assert place in said, reason
    assert "secret" not in said


BROKEN: list[tuple[bytes, str, str]] = [
    (b"", "not JSON", "nothing"),
    (b"{", "not JSON", "not closed"),
    (b"\xff\xfe", "not JSON", "no text"),
    (b"[" * 100_000, "not JSON", "nested beyond all"),
    (b'{"tools": [], "tools": []}', "names a field twice", "a list twice"),
    (b'{"tools": [{"name": "a", "effect": "send", "effect": "read"}]}', "names a field twice", "an effect twice"),
    (b"[]", "it has a value", "a list"),
    (b"{}", "tools is missing", "no tools"),
    (b'{"tools": [], "secret": 1}', "it has a field that phiward does not know", "another field"),
    (
        json.dumps({"tools": [{"name": f"t{n}"} for n in range(MAX_TOOLS + 1)]}).encode(),
        "tools has a value",
        "too many",
    ),
]


@pytest.mark.parametrize(("data", "what", "reason"), BROKEN, ids=[reason for *_, reason in BROKEN])
def test_a_file_that_cannot_be_read_is_refused(data: bytes, what: str, reason: str) -> None:
    """What the first of two fields says must not be lost silently."""
    assert what in refused(data), reason


def test_a_tool_is_registered_once() -> None:
    """The second registration is named by its place."""
    assert "tools[1].name is registered before" in refused({"tools": [{"name": "a"}, {"name": "a"}]})


def test_a_file_that_is_not_there_or_too_large_is_refused(tmp_path: Path) -> None:
    """The setting is named."""
    with pytest.raises(ConfigurationError, match="PHIWARD_TOOLS_FILE"):
        read_toolbook(tmp_path / "gone.json")
    large = tmp_path / "large.json"
    large.write_bytes(b'{"tools": []}' + b" " * MAX_BYTES)
    with pytest.raises(ConfigurationError, match="larger"):
        read_toolbook(large)


def test_a_tool_of_which_only_the_name_is_said_sends_and_gets_nothing() -> None:
    """As one that nobody registered."""
    book = parse_toolbook(b'{"tools": [{"name": "a"}]}')
    assert book.rules == {"a": ToolRule("a")}
    assert book.rule("a").effect is ToolEffect.SEND
    assert parse_toolbook(b'{"tools": []}').rules == {}


def test_everything_that_can_be_registered_is_read(tmp_path: Path) -> None:
    """All fields."""
    file = tmp_path / "tools.json"
    given = {
        "name": "find_slots",
        "effect": "read",
        "patient_parameter": "patient_id",
        "identified": True,
        "roles": ["nurse", "physician"],
        "purposes": ["TREAT"],
        "returns_trusted": True,
    }
    file.write_text(json.dumps({"tools": [given]}), encoding="utf-8")
    assert read_toolbook(file).rule("find_slots") == ToolRule(
        "find_slots",
        ToolEffect.READ,
        "patient_id",
        True,
        frozenset({Role.NURSE, Role.PHYSICIAN}),
        frozenset({PurposeOfUse.TREAT}),
        True,
    )


def test_the_file_that_the_documents_show_can_be_used() -> None:
    """As it stands there."""
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert set(parse_toolbook(shown.encode()).rules) == {"find_slots", "draft_letter", "send_message"}
