"""Hand-marked texts → evaluation files: `[[NAME|Mrs. Okafor]] came back` in, JSON lines out.

python evaluation/marked.py evaluation/deid/notes.txt > notes.jsonl
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_SEPARATOR = re.compile(r"^---[ \t]*$", re.MULTILINE)
_MARK = re.compile(r"\[\[([A-Z]+)\|(.*?)\]\]", re.DOTALL)
_GROUP = re.compile(r"\A#group: (\S+)\n")


def examples(path: Path) -> Iterator[dict[str, Any]]:
    """The items of a marked file in order. Raises ValueError for a mark that does not close."""
    for number, item in enumerate(_SEPARATOR.split(path.read_text(encoding="utf-8")), start=1):
        item = item.strip("\n")
        if item.strip():
            group = _GROUP.match(item)
            yield _unmarked(f"{path.stem}-{number}", item[group.end() :] if group else item, group[1] if group else "")


def _unmarked(name: str, item: str, group: str) -> dict[str, Any]:
    text, end, spans = "", 0, []
    for match in _MARK.finditer(item):
        text += item[end : match.start()]
        spans.append({"start": len(text), "end": len(text) + len(match[2]), "label": match[1]})
        text += match[2]
        end = match.end()
    text += item[end:]
    if "]]" in text or re.search(r"\[\[[A-Z]+\|", text):
        raise ValueError(f"{name}: a mark is not closed")
    made: dict[str, Any] = {"id": name, "text": text, "spans": spans}
    return made | {"group": group} if group else made


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        for example in examples(Path(argument)):
            print(json.dumps(example, ensure_ascii=False))
