"""Real prose without marked identifiers: dialogues and notes of ACI-Bench and MTS-Dialog.

Their few invented names and dates are not marked, so sentences that might hold one are left out of the
clean texts. The rest teaches what ordinary clinical language looks like.
"""

import csv
import re
from collections.abc import Iterable, Set
from pathlib import Path

_TITLE = re.compile(
    r"\b(?:dr|mr|mrs|ms|miss|doctor|nurse|hospital|clinic|center|street|named|name is|avenue|university|school)\b[. ]",
    re.IGNORECASE,
)
_MONTH = re.compile(
    r"\b(?:january|february|march|april|june|july|august|september|october|november|december|\d{1,2}/\d{1,2}/|\d{4,})\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[.?!])\s+|\n+")
_WORD = re.compile(r"[A-Za-z]+")


def texts(data: Path) -> list[str]:
    """Every note, section and dialogue."""
    found: list[str] = []
    for path in sorted((data / "carriers").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                found += [row[key] for key in ("dialogue", "note", "section_text") if row.get(key)]
    return found


def clean_passages(data: Path, names: Set[str], ordinary: Set[str]) -> list[str]:
    """Runs of one to four neighbouring sentences in which nothing looks like an identifier.

    `names`: given and family names in lower case; `ordinary`: words that may stand although they are names too.
    """
    passages: list[str] = []
    for text in texts(data):
        run: list[str] = []
        for sentence in _SENTENCE.split(text):
            if is_clean(sentence, names, ordinary):
                run.append(sentence.strip())
                if len(run) == 4:
                    passages.append(" ".join(run))
                    run = []
            else:
                passages += _one(run)
                run = []
        passages += _one(run)
    return list(dict.fromkeys(passages))


def _one(run: Iterable[str]) -> list[str]:
    text = " ".join(part for part in run if part)
    return [text] if len(text) > 12 else []


def is_clean(sentence: str, names: Set[str], ordinary: Set[str]) -> bool:
    """Whether nothing in `sentence` looks like a name, a title, a month or a long number."""
    if _TITLE.search(sentence) or _MONTH.search(sentence):
        return False
    words = _WORD.findall(sentence)
    for place, word in enumerate(words):
        low = word.lower()
        if low in ordinary:
            if place and word[0].isupper() and word[1:].islower() and low in names and words[0] != word:
                return False
            continue
        if low in names and len(low) > 2:
            return False
    return True
