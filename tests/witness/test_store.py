"""What a witness remembers: whole, by one at a time, and not at all when it cannot be kept."""

import multiprocessing
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from threading import Thread

import pytest

from phiward.audit.witness import Remembered
from phiward.domain.errors import StorageError
from phiward.witness.store import FILE, WitnessStore

ONE = Remembered(1, b"a" * 32)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    """Here a file stands in its place."""
    (tmp_path / "file").touch()
    with pytest.raises(StorageError):
        WitnessStore(tmp_path / "file" / "state")


def test_a_file_that_is_no_memory_is_said(tmp_path: Path) -> None:
    """It is not replaced by an empty one."""
    (tmp_path / FILE).write_bytes(b"x" * 4096)
    with pytest.raises(StorageError):
        WitnessStore(tmp_path)
    assert (tmp_path / FILE).read_bytes() == b"x" * 4096


def test_a_memory_that_cannot_be_written_is_said_and_unchanged(tmp_path: Path) -> None:
    """Here another holds it."""
    store = WitnessStore(tmp_path)
    store.update("log", lambda _: ONE)
    store._base.execute("PRAGMA busy_timeout = 10")
    other = sqlite3.connect(tmp_path / FILE, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StorageError):
        store.update("log", lambda _: Remembered(2, b"b" * 32))
    other.execute("ROLLBACK")
    assert store.remembered() == {"log": ONE}
    other.close()
    store.close()


def test_a_judgement_that_fails_changes_nothing(tmp_path: Path) -> None:
    """And the next one is heard."""
    store = WitnessStore(tmp_path)
    with pytest.raises(ZeroDivisionError):
        store.update("log", lambda _: Remembered(1 // 0, b""))
    assert store.update("log", lambda _: ONE) == ONE
    store.close()


def _more(remembered: Mapping[str, Remembered]) -> Remembered:
    return Remembered(remembered.get("log", Remembered()).size + 1, b"r" * 32)


def _count(folder: Path) -> None:
    store = WitnessStore(folder)
    for _ in range(20):
        store.update("log", _more)
    store.close()


def test_processes_and_threads_at_once_lose_no_step(tmp_path: Path) -> None:
    """Reading, judging and writing are one."""
    WitnessStore(tmp_path).close()
    start = multiprocessing.get_context("spawn")
    others = [start.Process(target=_count, args=(tmp_path,)) for _ in range(2)]
    for process in others:
        process.start()
    store = WitnessStore(tmp_path)
    threads = [Thread(target=lambda: [store.update("log", _more) for _ in range(10)]) for _ in range(2)]
    for thread in threads:
        thread.start()
    for one in (*threads, *others):
        one.join()
    assert store.remembered()["log"].size == 60
    store.close()


def test_what_is_remembered_survives_and_a_refusal_is_not(tmp_path: Path) -> None:
    """The file is its owner's alone."""
    store = WitnessStore(tmp_path / "state")
    assert store.update("log/2026", lambda _: ONE) == ONE
    assert store.update("log/2027", lambda known: f"refused after {known['log/2026'].size}") == "refused after 1"
    store.close()
    again = WitnessStore(tmp_path / "state")
    assert again.remembered() == {"log/2026": ONE}
    again.close()
    assert (tmp_path / "state" / FILE).stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "state").stat().st_mode & 0o777 == 0o700
