"""Measure the shipped tagger on the held-out texts: the model card, and the plot of recall against damage.

    python evaluation/measure.py            # prints the figures
    python evaluation/measure.py --write    # puts them into the model card and docs/recall.svg
"""

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from evaluation.marked import examples as marked
from evaluation.plot import Point, draw
from phiward.deid.deidentifier import Deidentifier
from phiward.deid.evaluation.examples import Example, read_examples
from phiward.deid.evaluation.report import figures
from phiward.deid.evaluation.run import Phiward, evaluate
from phiward.deid.rules.catalogue import rule_detectors
from phiward.deid.tagger.decoding import Thresholds
from phiward.deid.tagger.tagger import Tagger

HERE = Path(__file__).parent
CARD = HERE.parent / "src/phiward/deid/tagger/tagger.card.json"
TODAY = date(2026, 11, 24)
SEEDS = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
TOLD = (
    "documents", "characters", "recall", "span_recall", "precision", "documents_with_identifiers", "documents_leaking",
    "clean_texts", "clean_texts_touched", "name_group_spread",
)  # fmt: skip


def sets() -> dict[str, list[Example]]:
    """The marked files by name."""
    return {
        path.stem: list(read_examples(json.dumps(one, ensure_ascii=False) for one in marked(path)))
        for path in sorted((HERE / "deid").glob("*.txt"))
    }


def measured(deidentifier: Deidentifier, texts: Sequence[Example]) -> dict[str, Any]:
    """The figures of one set that go into the card, rounded to a hundredth of a per cent."""
    told = figures(evaluate(Phiward(deidentifier, TODAY), texts))
    return {name: round(told[name], 4) if isinstance(told[name], float) else told[name] for name in TOLD}


def curve(texts: Sequence[Example]) -> list[Point]:
    """Recall and clean texts touched for each threshold, and for the rules alone."""
    points = [_point("rules alone", Deidentifier(rule_detectors()), texts)]
    for seed in SEEDS:
        tagger = Tagger(thresholds=Thresholds(seed, min(seed, Thresholds().join)))
        points.append(_point(f"{seed:g}", Deidentifier([*rule_detectors(), tagger]), texts))
    return points


def _point(name: str, deidentifier: Deidentifier, texts: Sequence[Example]) -> Point:
    scores = evaluate(Phiward(deidentifier, TODAY), texts).scores
    return Point(name, scores.all.recall or 0.0, scores.touched or 0.0, name == f"{Thresholds().seed:g}")


def main() -> int:
    """Print, and with `--write` write."""
    texts = sets()
    told = {name: measured(Deidentifier(), one) for name, one in texts.items()}
    print(json.dumps(told, indent=2))
    if "--write" in sys.argv:
        card = json.loads(CARD.read_text(encoding="utf-8"))
        card["measured"] = told
        CARD.write_text(json.dumps(card, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        points = curve([example for one in texts.values() for example in one])
        (HERE.parent / "docs/recall.svg").write_text(draw(points), encoding="utf-8")
        print(json.dumps([point.__dict__ for point in points], indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
