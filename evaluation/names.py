"""One text, many origins: marked texts with their names exchanged for those of one group after the other.

The sentences are the same for every group, so that recall differs by the names alone.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from phiward.deid.evaluation.examples import Example, Marked

FILE = Path(__file__).parent / "deid/names.txt"
_TITLE = re.compile(r"(?:dr|mr|mrs|ms|miss|prof|doctor|sister|father|sra|rev|aunt|uncle)\.? ", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]{2,}(?:['’-][^\W\d_]+)*")  # noqa: RUF001 - names are typed with either apostrophe


@dataclass(frozen=True)
class Group:
    """Given and family names of one origin."""

    name: str
    given: tuple[str, ...]
    family: tuple[str, ...]


def groups() -> list[Group]:
    """The groups in the order of the file. Raises FileNotFoundError."""
    found = []
    for block in FILE.read_text(encoding="utf-8").split("\n\n"):
        rows = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line)
        if rows:
            given, family = (tuple(name.strip() for name in rows[key].split(",")) for key in ("given", "family"))
            found.append(Group(rows["group"].strip(), given, family))
    return found


def exchanged(examples: Sequence[Example], group: Group, rounds: int, seed: int = 1) -> Iterator[Example]:
    """Every example with names `rounds` times, other names of `group` each time."""
    rng = Random(seed)  # noqa: S311 - a figure that can be had again
    for turn in range(rounds):
        for example in examples:
            if any(span.label == "NAME" for span in example.spans):
                yield _exchanged(example, group, rng, turn)


def _exchanged(example: Example, group: Group, rng: Random, turn: int) -> Example:
    text, end, spans, drawn = "", 0, [], {}
    for span in sorted(example.spans, key=lambda one: one.start):
        old = example.text[span.start : span.end]
        new = _renamed(old, group, rng, drawn) if span.label == "NAME" else old
        text += example.text[end : span.start]
        spans.append(Marked(len(text), len(text) + len(new), span.label))
        text += new
        end = span.end
    return Example(f"{example.id}-{turn}", text + example.text[end:], tuple(spans), group.name)


def _renamed(old: str, group: Group, rng: Random, drawn: dict[str, str]) -> str:
    """`old` with each word exchanged, title, initials, case and commas kept; one word has one substitute."""
    title = _TITLE.match(old)
    start = title.end() if title else 0
    words = list(_WORD.finditer(old, start))
    last_first = "," in old[start:]
    made, end = old[:start], start
    for place, word in enumerate(words):
        is_family = bool(title) if len(words) == 1 else (place == 0) == last_first
        key = word.group().lower()
        if key not in drawn:
            pick = group.family if is_family or (len(words) == 1 and rng.random() < 0.4) else group.given
            drawn[key] = rng.choice(pick)
        made += old[end : word.start()] + _cased(drawn[key], word.group())
        end = word.end()
    return made + old[end:]


def _cased(name: str, like: str) -> str:
    return name.lower() if like.islower() else name.upper() if like.isupper() and len(like) > 1 else name
