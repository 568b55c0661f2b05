"""A gateway that is told to stop stops its database too, and closes nothing as unknown."""

from pathlib import Path

from tests.system.harness import Hospital


def databases_of(hospital: Hospital) -> list[str]:
    """Running PostgreSQL servers on the data folder of this hospital."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            working = (process / "cwd").readlink()
        except OSError:
            continue
        if working.is_relative_to(hospital.folder / "data"):
            found.append(process.name)
    return found


def test_a_clean_stop_leaves_no_database_behind() -> None:
    """SIGTERM, as every service manager sends it; then it starts again at once."""
    hospital = Hospital(patients=3)
    try:
        hospital.start()
        assert hospital.post("dose?").status_code == 200
        assert databases_of(hospital)
        hospital.stop()
        assert databases_of(hospital) == []
        hospital.start()
        assert hospital.post("dose?").status_code == 200
        outcomes = [facts["facts"]["outcome"] for kind, _, facts in hospital.entries() if kind == "outcome"]
        assert outcomes == ["released", "released"]
    finally:
        hospital.close()
    assert databases_of(hospital) == []
