"""Each source module has a test file of its own, in the mirror place."""

from pathlib import Path

from tests.house.places import PACKAGE, ROOMS, ROOT, python_files

NO_CODE_OF_THEIR_OWN = {
    "__main__.py": "hands over to the command line",
    "domain/ports.py": "Protocols; every adapter's test exercises one",
    "adapters/postgres/migrations/env.py": "run by Alembic; test_migrate migrates with it",
    "adapters/postgres/migrations/versions/0001_first_form.py": "applies schema.sql; test_migrate runs it",
    "adapters/postgres/migrations/versions/0002_access.py": "applies access.sql; test_migrate runs it",
    "adapters/postgres/migrations/versions/0003_chart.py": "applies chart.sql; test_migrate runs it",
    "adapters/postgres/migrations/versions/0004_corpora.py": "applies corpora.sql; test_migrate runs it",
    "adapters/postgres/migrations/versions/0005_log.py": "applies log.sql; test_migrate runs it",
    "audit/ports.py": "Protocols; every adapter's test exercises one",
    "adapters/postgres/migrations/versions/0006_retention.py": "applies retention.sql; test_migrate runs it",
    "adapters/postgres/migrations/versions/0007_console.py": "applies console.sql; test_migrate runs it",
    "adapters/postgres/migrations/versions/0008_search.py": "applies search.sql; test_migrate runs it",
    "console/ports.py": "Protocols; tests/console/twins.py fills them",
    "adapters/postgres/indexing/pending.py": "read and locked by the indexer alone; test_indexer covers it",
    "adapters/postgres/intake/relations.py": "written by the writer alone; test_writer covers it",
}
"""Modules that another test covers, and why that is enough."""

OWED: frozenset[str] = frozenset()
"""Modules whose test file is still to be written. It only ever shrinks."""


def mirror(module: Path) -> Path:
    """src/phiward/deid/spans.py → tests/rooms/deid/test_spans.py."""
    place = module.relative_to(PACKAGE)
    top = ROOT / "tests" / "rooms" if place.parts[0] in ROOMS else ROOT / "tests"
    return top / place.parent / f"test_{place.name}"


def without_test() -> set[str]:
    """Modules without a test file, below the package."""
    modules = [path for path in python_files("src") if path.name != "__init__.py"]
    return {path.relative_to(PACKAGE).as_posix() for path in modules if not mirror(path).exists()}


def test_rooms_and_the_rest_have_their_mirror_places() -> None:
    """The rule itself."""
    assert mirror(PACKAGE / "deid" / "spans.py") == ROOT / "tests" / "rooms" / "deid" / "test_spans.py"
    assert mirror(PACKAGE / "cli" / "main.py") == ROOT / "tests" / "cli" / "test_main.py"
    assert mirror(PACKAGE / "settings.py") == ROOT / "tests" / "test_settings.py"


def test_each_module_has_its_test_file() -> None:
    """But for those named above, with the reason."""
    assert sorted(without_test() - NO_CODE_OF_THEIR_OWN.keys() - OWED) == []


def test_the_exceptions_are_still_needed() -> None:
    """An exception for a module that is gone, or has its test, is removed."""
    assert sorted((NO_CODE_OF_THEIR_OWN.keys() | OWED) - without_test()) == []
