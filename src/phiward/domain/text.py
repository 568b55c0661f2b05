"""Text that is PHI and text that went through the Safe Harbor transformation are different types.

`IdentifiedText` may go only to a destination that may hold PHI; `DeidentifiedText` is what the
deid room makes. Neither prints its content. Source: 45 CFR 164.514(b)(2), promise 2.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, repr=False)
class _HiddenText:
    value: str = field(repr=False)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({len(self.value)} characters)"

    __str__ = __repr__

    def __len__(self) -> int:
        return len(self.value)


class IdentifiedText(_HiddenText):
    """Text that identifies a patient, or might."""

    __slots__ = ()


class DeidentifiedText(_HiddenText):
    """Text to which the Safe Harbor transformation was applied. A machine may have missed something."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A credential or key in memory: compares, but never prints."""

    value: str = field(repr=False)

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__
