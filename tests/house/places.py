"""Where things stand in the repository, for the tests of the house itself."""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
PACKAGE = SRC / "phiward"
ROOMS = frozenset(
    {
        "identity",
        "policy",
        "records",
        "deid",
        "guard",
        "vendors",
        "retrieval",
        "clinical",
        "audit",
        "retention",
        "vault",
    }
)
_NOT_OURS = frozenset({"build", "dist", "node_modules"})


def python_files(*folders: str) -> list[Path]:
    """The Python files under these folders of the repository, sorted."""
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.py"))


def text_files(suffix: str) -> list[Path]:
    """All files with this suffix, sorted; hidden folders and environments apart."""
    found = []
    for folder, names, files in os.walk(ROOT):
        names[:] = [name for name in names if not name.startswith(".") and name not in _NOT_OURS]
        found += [Path(folder, name) for name in files if name.endswith(suffix)]
    return sorted(found)


def short(path: Path) -> str:
    """The path below the root, for messages."""
    return path.relative_to(ROOT).as_posix()


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
