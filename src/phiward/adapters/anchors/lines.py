"""An append-only file of JSON objects, one a line, on disk when an append returns; several processes may append.

A line that a crash tore has no end and is passed over: the next append begins on a line of its own.
"""

import fcntl
import os
from pathlib import Path
from typing import Any

import orjson


def append_line(file: Path, record: dict[str, str]) -> None:
    """Add a record. Raises OSError."""
    line = orjson.dumps(record) + b"\n"
    descriptor = os.open(file, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        size = os.fstat(descriptor).st_size
        if size == 0:
            _sync(file.parent)
        elif os.pread(descriptor, 1, size - 1) != b"\n":  # torn by a crash
            line = b"\n" + line
        if os.write(descriptor, line) != len(line):
            raise OSError("a record was not written whole")
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read_lines(file: Path) -> tuple[list[dict[str, Any]], int]:
    """Every record, oldest first, and how many lines are none. No file is no record. Raises OSError."""
    try:
        lines = file.read_bytes().split(b"\n")
    except FileNotFoundError:
        return [], 0
    records, strange = [], 0
    for line in lines:
        try:
            record = orjson.loads(line)
        except ValueError:
            record = None
        if isinstance(record, dict):
            records.append(record)
        else:
            strange += bool(line)
    return records, strange


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
