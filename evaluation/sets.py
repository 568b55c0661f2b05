"""The marked texts by name, each in two halves: one that is read when rules change, and one that nobody looks at.

| set | what | who wrote it |
|---|---|---|
| desk | questions, scraps, clean texts | the author of the rules: never held out |
| questions | what people type into a chat, and as many clean texts | one who saw neither rules nor generator |
| messages | portal messages, hand-offs, forms, tables | another such |
| notes | full-length notes of twenty-eight kinds | another such |

Every second item of a file is held out. `shared/data/deid_dev` is a set of its own where it is at hand.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from evaluation import general, marked
from phiward.deid.evaluation.examples import Example, read_examples

FOLDER = Path(__file__).parent / "deid"
SHARED = Path(__file__).parents[2] / "shared/data"
DESK = ("desk", "desk_chat", "desk_clean")
FILES = {"questions": ("chat", "tempting"), "messages": ("messages",), "notes": ("charts",)}


def held_out() -> dict[str, list[Example]]:
    """What figures are told of."""
    return {name: [one for file in files for one in _read(file)[1::2]] for name, files in FILES.items()}


def development() -> dict[str, list[Example]]:
    """What rules may be changed by."""
    read = {name: [one for file in files for one in _read(file)[::2]] for name, files in FILES.items()}
    return {"desk": [one for file in DESK for one in _read(file)], **read}


def general_text() -> list[Example]:
    """Texts that are not clinical; empty where shared/data is not beside this checkout."""
    return _examples(general.examples(SHARED)) if (SHARED / "deid_dev").exists() else []


def _read(file: str) -> list[Example]:
    return _examples(marked.examples(FOLDER / f"{file}.txt"))


def _examples(items: Iterable[dict[str, Any]]) -> list[Example]:
    return list(read_examples(json.dumps(one, ensure_ascii=False) for one in items))
