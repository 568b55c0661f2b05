"""CPU seconds and memory of process trees, from /proc. Linux only."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path


def tree(pid: int) -> list[int]:
    """The process and all its descendants that live now."""
    found = [pid]
    try:
        for task in os.listdir(f"/proc/{pid}/task"):
            for child in Path(f"/proc/{pid}/task/{task}/children").read_text().split():
                found += tree(int(child))
    except OSError:
        return found
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of these processes, their ended children included."""
    total = 0.0
    for pid in set(pids):
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        total += sum(int(fields[place]) for place in (11, 12, 13, 14)) / os.sysconf("SC_CLK_TCK")
    return total


def resident_mb(pid: int) -> float:
    """Resident memory of one process, in megabytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def named(pids: Iterable[int], word: str) -> list[int]:
    """Those whose program name holds `word`."""
    found = []
    for pid in pids:
        try:
            name = Path(f"/proc/{pid}/comm").read_text()
        except OSError:
            continue
        if word in name:
            found.append(pid)
    return found


class Postgres(list[int]):
    """This program's database servers, looked up at each look: connections come and go."""

    def __iter__(self) -> Iterator[int]:
        return iter(named(tree(os.getpid()), "postgres"))
