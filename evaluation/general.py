"""shared/data/deid_dev under our policy: general text with marks that mean something else elsewhere.

PYTHONPATH=. python -m evaluation.general ../shared/data > general.jsonl

| their mark | ours |
|---|---|
| PERSON, and a courtesy title beside it | goes |
| TITLE that is an occupation; AGE below 90; NRP (peoples, faiths) | stays |
| STREET_ADDRESS, ZIP_CODE | goes, the country and state in it too |
| GPE | goes, but a country, a state or a demonym alone stays |
| ORGANIZATION | goes: an employer, as far as anyone can tell |
| DATE_TIME | goes, but a bare year or a weekday stays; of a time stamp the date goes |
| everything else | goes |
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from phiward.deid.regions import REGIONS

_COURTESY = re.compile(r"(?:dr|mr|mrs|ms|miss|prof)\.?", re.IGNORECASE)
_ALONE = re.compile(r"\d{4}|(?:mon|tues|wednes|thurs|fri|satur|sun)day", re.IGNORECASE)
_DAY = re.compile(r"\d{4}-\d\d-\d\d(?= \d\d:)")
_STATES = re.compile(
    "A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY]|nan"
)


def examples(data: Path) -> Iterator[dict[str, Any]]:
    """The texts as evaluation examples. `data`: the folder shared/data. Raises FileNotFoundError."""
    source = data / "deid_dev/presidio_research_synth_v2.json"
    for number, item in enumerate(json.loads(source.read_text(encoding="utf-8"))):
        spans = [mark for span in item["spans"] if (mark := _mark(span))]
        yield {
            "id": f"general-{number}",
            "text": item["full_text"],
            "spans": sorted(spans, key=lambda one: one["start"]),
        }


def _mark(span: dict[str, Any]) -> dict[str, Any] | None:
    kind, value, start, end = (span[key] for key in ("entity_type", "entity_value", "start_position", "end_position"))
    if kind in ("AGE", "NRP") or (kind == "TITLE" and not _COURTESY.fullmatch(value)):
        return None
    if kind == "GPE" and (_STATES.fullmatch(value) or _is_region(value)):
        return None
    if kind == "DATE_TIME":
        if _ALONE.fullmatch(value):
            return None
        if day := _DAY.match(value):
            end = start + len(day.group())
    return {"start": start, "end": end, "label": kind}


def _is_region(value: str) -> bool:
    low = value.lower().removeprefix("the ").strip()
    return low in REGIONS


if __name__ == "__main__":
    for example in examples(Path(sys.argv[1])):
        print(json.dumps(example, ensure_ascii=False))
