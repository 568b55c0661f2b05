"""Modules and functions stay small enough to read at a glance."""

import ast
from pathlib import Path

import pytest

from tests.house.places import functions, python_files, short

MOST_LINES, USUAL_LINES, MOST_OF_A_FUNCTION = 400, 300, 60


def lengths(folders: tuple[str, ...]) -> dict[Path, int]:
    """Lines of each module."""
    return {path: len(path.read_text(encoding="utf-8").splitlines()) for path in python_files(*folders)}


def long_functions(source: str) -> list[str]:
    """Names of functions that do not fit on a screen."""
    found = functions(ast.parse(source))
    return [one.name for one in found if (one.end_lineno or one.lineno) - one.lineno + 1 > MOST_OF_A_FUNCTION]


def test_a_long_function_is_found() -> None:
    """Sixty lines pass, sixty-one do not."""
    body = "    x = 1\n"
    assert long_functions("def f():\n" + body * 59) == []
    assert long_functions("class C:\n  async def f():\n" + body * 60) == ["f"]


def test_no_module_has_more_than_400_lines() -> None:
    """Of the program, its tests, its bench and its tools."""
    found = lengths(("src", "tests", "bench", "tools"))
    assert {short(path): lines for path, lines in found.items() if lines > MOST_LINES} == {}


def test_nine_modules_in_ten_have_fewer_than_300_lines() -> None:
    """Of the program."""
    found = lengths(("src",))
    assert len(found) > 100
    assert sum(lines < USUAL_LINES for lines in found.values()) >= 0.9 * len(found)


@pytest.mark.parametrize("folder", ["src", "tests", "bench", "tools"])
def test_every_function_fits_on_a_screen(folder: str) -> None:
    """At most 60 lines."""
    found = {short(path): long_functions(path.read_text(encoding="utf-8")) for path in python_files(folder)}
    assert {path: names for path, names in found.items() if names} == {}
