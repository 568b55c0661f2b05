"""The floor plan: imports go downwards only, and rooms know neither each other nor a framework."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.places import PACKAGE, ROOT, SRC

BREAKS = [
    pytest.param("deid/spans.py", "import phiward.audit.merkle", id="a room imports another room"),
    pytest.param("vault/hkdf.py", "import phiward.audit.merkle", id="the vault imports a room"),
    pytest.param("domain/words.py", "import phiward.logs as _; import phiward.vault.hkdf", id="domain looks up"),
    pytest.param("policy/decide.py", "import psycopg", id="a room imports a driver"),
    pytest.param("flow/record.py", "import starlette.requests", id="the flow imports a framework"),
    pytest.param("gateway/errors.py", "import psycopg", id="the gateway imports SQL"),
    pytest.param("gateway/errors.py", "import cryptography.hazmat", id="the gateway imports cryptography"),
    pytest.param("gateway/errors.py", "import phiward.vault.vault", id="the gateway imports the vault"),
    pytest.param("adapters/keystore.py", "import phiward.gateway.app", id="an adapter imports the gateway"),
]


def lint(source: Path, config: Path) -> subprocess.CompletedProcess[str]:
    """import-linter over the package under `source`."""
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(sys.argv[1], no_cache=True))"
    return subprocess.run(
        [sys.executable, "-c", script, str(config)],
        cwd=source,
        env={"PYTHONPATH": str(source), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("module", "line"), BREAKS)
def test_a_forbidden_import_breaks_a_contract(tmp_path: Path, module: str, line: str) -> None:
    """The contracts are not empty words."""
    shutil.copytree(PACKAGE, tmp_path / "phiward", ignore=shutil.ignore_patterns("__pycache__"))
    broken = tmp_path / "phiward" / module
    with broken.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint(tmp_path, ROOT / "pyproject.toml")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "BROKEN" in done.stdout


def test_every_contract_is_kept() -> None:
    """As `make lint` says."""
    done = lint(SRC, ROOT / "pyproject.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 broken" in done.stdout
