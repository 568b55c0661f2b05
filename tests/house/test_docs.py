"""The documents: complete, and pointing at what exists."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup

from tests.house.places import PACKAGE, ROOT, python_files, short, text_files

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_NAMED = re.compile(r"`((?:src|tests|docs|requirements|bench|tools|\.ci)/[^`\s]*)`")
_GLOB = re.compile(r"[*<>{}…]")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def undocumented(source: str) -> Iterator[str]:
    """Names of public things without a docstring."""
    tree = ast.parse(source)
    if not ast.get_docstring(tree):
        yield "the module"
    yield from _undocumented(tree)


def _undocumented(tree: ast.Module | ast.ClassDef) -> Iterator[str]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            if not ast.get_docstring(node):
                yield node.name
            if isinstance(node, ast.ClassDef):
                yield from _undocumented(node)


def anchors(text: str) -> set[str]:
    """The anchors that a Markdown page's headings make."""
    heads = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).strip().replace(" ", "-") for head in heads}


def broken(page: Path) -> list[str]:
    """Local links and paths of a page that lead nowhere."""
    text = page.read_text(encoding="utf-8")
    found = []
    for target in _LINK.findall(_FENCE.sub("", text)):
        place, _, anchor = target.partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        there = page.parent / place if place else page
        if not there.exists() or (anchor and there.suffix == ".md" and anchor not in anchors(there.read_text())):
            found.append(target)
    for name in _NAMED.findall(text):
        place = name.partition("::")[0].rstrip("/")
        if not _GLOB.search(place) and not (ROOT / place).exists():
            found.append(name)
        found += [name for test in name.split("::")[1:2] if not _has_test(ROOT / place, test)]
    return found


def _has_test(path: Path, name: str) -> bool:
    return path.is_file() and re.search(rf"def {re.escape(name)}\b", path.read_text(encoding="utf-8")) is not None


def commands(group: TyperGroup, prefix: str) -> Iterator[str]:
    """Every command that can be typed, as "phiward vendor add"."""
    for name, command in sorted(group.commands.items()):
        if isinstance(command, TyperGroup):
            yield from commands(command, f"{prefix} {name}")
        else:
            yield f"{prefix} {name}"


def test_what_is_undocumented_or_broken_is_found(tmp_path: Path) -> None:
    """The rules themselves."""
    assert list(undocumented('"""Doc."""\nclass A:\n    def b(self): ...\n    def _c(self): ...')) == ["A", "b"]
    page = tmp_path / "page.md"
    page.write_text("# A head\n[x](gone.md) [y](#a-head) [z](#none) `src/phiward/gone.py` `src/phiward/*.py`")
    assert broken(page) == ["gone.md", "#none", "src/phiward/gone.py"]


def test_everything_public_has_a_docstring() -> None:
    """Modules, classes, functions and methods."""
    files = [path for path in python_files("src") if path.read_text(encoding="utf-8").strip()]
    found = {short(path): list(undocumented(path.read_text(encoding="utf-8"))) for path in files}
    assert {path: names for path, names in found.items() if names} == {}


@pytest.mark.parametrize("page", text_files(".md"), ids=short)
def test_every_link_path_and_test_that_a_page_names_exists(page: Path) -> None:
    """Local ones; the network is not asked."""
    assert broken(page) == []


def test_every_command_appears_in_the_documents() -> None:
    """As it is typed."""
    from phiward.cli.main import program

    root = typer.main.get_command(program())
    assert isinstance(root, TyperGroup)
    told = "\n".join(page.read_text(encoding="utf-8") for page in text_files(".md"))
    typed = list(commands(root, "phiward"))
    assert "phiward audit verify" in typed
    assert [command for command in typed if not re.search(rf"{re.escape(command)}\b", told)] == []


def test_every_setting_appears_in_the_documents() -> None:
    """By the name of its variable."""
    from phiward.settings import Settings

    told = "\n".join(page.read_text(encoding="utf-8") for page in text_files(".md"))
    names = [f"PHIWARD_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in names if name not in told] == []


def test_the_house_has_its_papers() -> None:
    """What a visitor looks for first."""
    for name in ("README", "ARCHITECTURE", "SECURITY", "CONTRIBUTING", "CHANGELOG"):
        assert (ROOT / f"{name}.md").is_file()
    assert "Apache License" in (ROOT / "LICENSE").read_text(encoding="ascii")
    assert (PACKAGE / "py.typed").exists()
