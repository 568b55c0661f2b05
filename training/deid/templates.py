"""Templates: parsed once, filled many times into pieces of text with a label each."""

import re
from dataclasses import dataclass
from pathlib import Path
from random import Random

from training.deid.lists import read_lines

FOLDER = Path(__file__).parent / "templates"
NUMBERED = frozenset({"last4", "age90"})
"""Slots whose own name ends in a number."""

_SEPARATOR = re.compile(r"^---[ \t]*$", re.MULTILINE)
_PART = re.compile(
    r"\(\((?P<choice>(?:[^()]|\((?!\()|\)(?!\)))*?)\)\)|\{(?P<slot>[a-z]+)(?P<number>\d*)(?:\.(?P<form>[a-z0-9]+))?\}",
    re.DOTALL,
)


@dataclass(frozen=True)
class Slot:
    """A place for something drawn: `{dr2.last}` has name `dr`, key `dr2`, form `last`."""

    name: str
    key: str
    form: str


@dataclass(frozen=True)
class Choice:
    """One of several continuations is taken."""

    branches: tuple[tuple["Part", ...], ...]


Part = str | Slot | Choice


@dataclass(frozen=True)
class Template:
    """One text with slots. `source` is the file, `parts` its pieces in order."""

    source: str
    parts: tuple[Part, ...]

    @property
    def slots(self) -> frozenset[str]:
        """The names of all slots, those of the branches too."""
        return frozenset(_slots(self.parts))


def _slots(parts: tuple[Part, ...]) -> list[str]:
    found: list[str] = []
    for part in parts:
        if isinstance(part, Slot):
            found.append(part.name)
        elif isinstance(part, Choice):
            for branch in part.branches:
                found.extend(_slots(branch))
    return found


def parse(text: str) -> tuple[Part, ...]:
    """The parts of one template. What is not a slot or a choice stands for itself."""
    parts: list[Part] = []
    end = 0
    for match in _PART.finditer(text):
        if match.start() > end:
            parts.append(text[end : match.start()])
        choice = match.group("choice")
        if choice is not None:
            parts.append(Choice(tuple(parse(branch) for branch in choice.split("|"))))
        else:
            key = match.group("slot") + match.group("number")
            parts.append(Slot(key if key in NUMBERED else match.group("slot"), key, match.group("form") or ""))
        end = match.end()
    if end < len(text):
        parts.append(text[end:])
    return tuple(parts)


def read(path: Path) -> list[Template]:
    """The templates of one file; those of a `.lines.txt` stand on a line each. Raises FileNotFoundError."""
    if path.name.endswith(".lines.txt"):
        return [Template(path.name.split(".")[0], parse(line.replace("\\n", "\n"))) for line in read_lines(path)]
    text = "\n".join(line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#!"))
    return [Template(path.stem, parse(body.strip("\n"))) for body in _SEPARATOR.split(text) if body.strip()]


def read_all(folder: Path = FOLDER) -> list[Template]:
    """Every template of `folder`, file by file in the order of their names."""
    return [template for path in sorted(folder.glob("*.txt")) for template in read(path)]


def choose(parts: tuple[Part, ...], rng: Random) -> list[str | Slot]:
    """The parts with every choice taken."""
    flat: list[str | Slot] = []
    for part in parts:
        if isinstance(part, Choice):
            flat.extend(choose(rng.choice(part.branches), rng))
        else:
            flat.append(part)
    return flat
