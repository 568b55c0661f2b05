"""Every resource that came in is accounted for: imported, unchanged, or skipped with a reason.

Reasons are fixed sentences of this package and hold nothing of the file.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class TypeCount:
    """What became of the resources of one type."""

    imported: int = 0
    unchanged: int = 0
    skipped: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many came in."""
        return self.imported + self.unchanged + sum(self.skipped.values())


@dataclass(frozen=True, slots=True)
class Account:
    """Counts by resource type. `unresolved` counts references, not resources: it is beside the sum."""

    types: Mapping[str, TypeCount] = field(default_factory=dict)
    unresolved: Mapping[str, int] = field(default_factory=dict)

    @property
    def total(self) -> int:
        """How many resources came in."""
        return sum(count.total for count in self.types.values())

    @property
    def imported(self) -> int:
        """How many resources changed what is stored."""
        return sum(count.imported for count in self.types.values())

    def __add__(self, other: "Account") -> "Account":
        """The account of both."""
        merged = {kind: _add(self.types.get(kind), other.types.get(kind)) for kind in _keys(self, other)}
        return Account(merged, dict(Counter(self.unresolved) + Counter(other.unresolved)))

    def rows(self) -> Iterator[tuple[str, int, int, int, int, str]]:
        """For a table: type, total, imported, unchanged, skipped, reasons; sorted by type."""
        for kind, count in sorted(self.types.items()):
            reasons = "; ".join(f"{n} {reason}" for reason, n in sorted(count.skipped.items()))
            yield kind, count.total, count.imported, count.unchanged, sum(count.skipped.values()), reasons


def tally(imported: Counter[str], unchanged: Counter[str], skipped: Mapping[tuple[str, str], int]) -> Account:
    """An account from counts by type, and of skips by (type, reason)."""
    kinds = imported.keys() | unchanged.keys() | {kind for kind, _ in skipped}
    return Account(
        {
            kind: TypeCount(
                imported[kind],
                unchanged[kind],
                {reason: n for (of, reason), n in skipped.items() if of == kind},
            )
            for kind in sorted(kinds)
        }
    )


def _keys(one: Account, other: Account) -> list[str]:
    return sorted(one.types.keys() | other.types.keys())


def _add(one: TypeCount | None, other: TypeCount | None) -> TypeCount:
    one, other = one or TypeCount(), other or TypeCount()
    skipped = dict(Counter(one.skipped) + Counter(other.skipped))
    return TypeCount(one.imported + other.imported, one.unchanged + other.unchanged, skipped)
