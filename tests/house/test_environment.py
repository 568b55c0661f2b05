"""Only settings.py reads the environment."""

import ast

import pytest

from tests.house.places import PACKAGE, python_files, short

NAMES = frozenset({"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"})


def reads(source: str) -> list[int]:
    """Lines that touch the environment through `os`, under whatever name it was imported."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in NAMES:
            found.append(node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            found += [node.lineno for alias in node.names if alias.name in NAMES]
    return sorted(found)


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        pytest.param("import os\nos.environ['X']", [2], id="by subscript"),
        pytest.param("import os as o\no.getenv('X')", [2], id="under another name"),
        pytest.param("from os import environ", [1], id="imported by name"),
        pytest.param("house.environment()", [], id="a method of another name"),
    ],
)
def test_a_reader_of_the_environment_is_found(source: str, lines: list[int]) -> None:
    """The rule itself."""
    assert reads(source) == lines


def test_only_settings_reads_the_environment() -> None:
    """The command line neither."""
    found = {short(path): reads(path.read_text(encoding="utf-8")) for path in python_files("src")}
    allowed = short(PACKAGE / "settings.py")
    assert found.pop(allowed), "the rule would be empty"
    assert {path: lines for path, lines in found.items() if lines} == {}
