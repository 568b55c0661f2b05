"""Measure the shipped tagger on the held-out texts: the model card, and the plot of recall against damage.

python -m evaluation.measure              # prints the figures
python -m evaluation.measure --write      # puts them into the model card, docs/measurements.md and docs/recall.svg
python -m evaluation.measure --errors     # what goes wrong in the half that may be looked at
"""

import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from evaluation import names, sets
from evaluation.plot import Point, draw
from evaluation.told import put as told_in
from phiward.deid.deidentifier import Deidentifier
from phiward.deid.evaluation.examples import Example
from phiward.deid.evaluation.report import errors, figures
from phiward.deid.evaluation.run import Phiward, Run, evaluate
from phiward.deid.rules.catalogue import rule_detectors
from phiward.deid.tagger.decoding import Thresholds
from phiward.deid.tagger.tagger import Tagger

ROOT = Path(__file__).parents[1]
CARD = ROOT / "src/phiward/deid/tagger/tagger.card.json"
TODAY = date(2026, 11, 26)
SEEDS = (0.03, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.97)
ROUNDS = 4
TOLD = (
    "documents", "characters", "spans", "recall", "span_recall", "precision", "documents_with_identifiers",
    "documents_leaking", "clean_texts", "clean_texts_touched",
)  # fmt: skip


def measured(deidentifier: Deidentifier, texts: Sequence[Example]) -> dict[str, Any]:
    """The figures of one set that go into the card, rounded to a hundredth of a per cent."""
    return _told(evaluate(Phiward(deidentifier, TODAY), texts))


def _told(run: Run) -> dict[str, Any]:
    told = figures(run)
    return {name: round(told[name], 4) if isinstance(told[name], float) else told[name] for name in TOLD}


def by_set(deidentifier: Deidentifier) -> dict[str, dict[str, Any]]:
    """The held-out sets, all clinical texts together, and general text where it is at hand."""
    texts = sets.held_out()
    texts["clinical"] = [example for one in texts.values() for example in one]
    if general := sets.general_text():
        texts["general"] = general
    return {name: measured(deidentifier, one) for name, one in texts.items()}


def by_group(deidentifier: Deidentifier) -> dict[str, float]:
    """Recall of names in the same sentences, those of both halves, group after group."""
    texts = [example for one in (*sets.held_out().values(), *sets.development().values()) for example in one]
    found = {}
    for group in names.groups():
        scores = evaluate(Phiward(deidentifier, TODAY), list(names.exchanged(texts, group, ROUNDS))).scores
        found[group.name] = round(scores.by_group[group.name].recall or 0.0, 4)
    return found


def curve(texts: Sequence[Example]) -> list[Point]:
    """Recall and clean texts touched for each threshold, and for the rules alone."""
    points = [_point("rules alone", Deidentifier(rule_detectors()), texts)]
    shipped = Thresholds()
    for seed in SEEDS:
        scale = seed / shipped.seed
        thresholds = Thresholds(seed, min(seed, shipped.join), min(1.0, shipped.suspect * scale))
        points.append(_point(f"{seed:g}", Deidentifier([*rule_detectors(), Tagger(thresholds=thresholds)]), texts))
    return points


def _point(name: str, deidentifier: Deidentifier, texts: Sequence[Example]) -> Point:
    scores = evaluate(Phiward(deidentifier, TODAY), texts).scores
    return Point(name, scores.all.recall or 0.0, scores.touched or 0.0, name == f"{Thresholds().seed:g}")


def _show_errors(deidentifier: Deidentifier) -> None:
    for name, texts in {**sets.development(), "general": sets.general_text()}.items():
        run = evaluate(Phiward(deidentifier, TODAY), texts)
        print(name, json.dumps(_told(run)))
        for kind, groups in errors(run, 400).items():
            for label, group in groups.items():
                for one in group["shown"]:
                    line = f"{one['before']}⟦{one['text']}⟧{one['behind']}".replace("\n", "⏎")
                    print(f"  {kind} {label} {one['id']}: {line}" + (f"  left {one['left']}" if "left" in one else ""))


def main() -> int:
    """Print, and with `--write` write."""
    deidentifier = Deidentifier()
    if "--errors" in sys.argv:
        _show_errors(deidentifier)
        return 0
    told = by_set(deidentifier)
    print(json.dumps(told, indent=1))
    if "--write" in sys.argv:
        recalls = by_group(deidentifier)
        told["names"] = {"recall_by_group": recalls, "spread": round(max(recalls.values()) - min(recalls.values()), 4)}
        print(json.dumps(told["names"], indent=1))
        card = json.loads(CARD.read_text(encoding="utf-8"))
        card["measured"] = told
        CARD.write_text(json.dumps(card, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        page = ROOT / "docs/measurements.md"
        page.write_text(told_in(page.read_text(encoding="utf-8"), told), encoding="utf-8")
        points = curve([example for one in sets.held_out().values() for example in one])
        (ROOT / "docs/recall.svg").write_text(draw(points), encoding="utf-8")
        print(json.dumps([point.__dict__ for point in points], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
