"""The figures of a run: as JSON values, as rows for people, and the errors in their context.

Shares of what went well are rounded down, shares of harm up: "100.00 %" and "0.00 %" stand only where
nothing is missing.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from phiward.deid.evaluation.run import Run
from phiward.deid.evaluation.scores import Damage, Miss, Tally

CONTEXT = 40
"""Characters shown on either side of an error."""
NOTHING = "-"
"""Stands where there was nothing to measure: never 0, never 100 %."""


def figures(run: Run) -> dict[str, Any]:
    """Everything measured; shares between 0 and 1, None where nothing could be measured."""
    scores = run.scores
    return {
        "system": run.name,
        "documents": scores.documents,
        "characters": scores.characters,
        **_tally(scores.all),
        "precision": scores.precision,
        "characters_taken": scores.taken,
        "characters_taken_rightly": scores.taken_rightly,
        "documents_with_identifiers": scores.documents_with_identifiers,
        "documents_leaking": scores.documents_leaking,
        "clean_texts": scores.clean,
        "clean_texts_touched": scores.clean_touched,
        "clean_touched_share": scores.touched,
        "by_category": _tallies(scores.by_label),
        "by_name_group": _tallies(scores.by_group),
        "name_group_spread": scores.group_spread,
        "characters_per_cpu_second": run.characters_per_second,
    }


def rows(run: Run) -> list[tuple[str, str]]:
    """The same for people: what it is, and the figure. The same names in the same order for every run of a file."""
    scores = run.scores
    spread, speed = scores.group_spread, run.characters_per_second
    return [
        ("texts", f"{scores.documents:,}"),
        ("characters", f"{scores.characters:,}"),
        ("recall: characters of identifiers removed", at_least(scores.all.removed, scores.all.characters)),
        ("identifiers removed whole", _of(at_least, scores.all.spans_removed, scores.all.spans)),
        ("precision: removed characters that were marked", at_least(scores.taken_rightly, scores.taken)),
        ("texts with a leak", _of(at_most, scores.documents_leaking, scores.documents_with_identifiers)),
        ("clean texts touched", _of(at_most, scores.clean_touched, scores.clean)),
        *_recalls("category", scores.by_label),
        *_recalls("name group", scores.by_group),
        ("spread between name groups", NOTHING if spread is None else f"{spread * 100:.2f} points"),
        ("characters per CPU-second", NOTHING if speed is None else f"{speed:,.0f}"),
    ]


def errors(run: Run, limit: int) -> dict[str, Any]:
    """What was missed and what was damaged, by category, each error in its context.

    At most `limit` of either kind, dealt out in turn so that every category shows; `count` is of all.
    """
    return {
        "missed": _grouped(run.scores.misses, limit, _missed),
        "damaged": _grouped(run.scores.damages, limit, _damaged),
    }


def visible(text: str) -> str:
    """`text` on one line without what steers a terminal: white space becomes a space, the rest a dot."""
    return "".join(one if one.isprintable() else " " if one.isspace() else "·" for one in text)


def at_least(part: int, whole: int) -> str:
    """The share in per cent, rounded down to two places."""
    return f"{part * 10_000 // whole / 100:.2f} %" if whole else NOTHING


def at_most(part: int, whole: int) -> str:
    """The share in per cent, rounded up to two places."""
    return f"{-(-part * 10_000 // whole) / 100:.2f} %" if whole else NOTHING


def _of(share: Callable[[int, int], str], part: int, whole: int) -> str:
    return f"{share(part, whole)} ({part:,} of {whole:,})" if whole else NOTHING


def _recalls(kind: str, tallies: Mapping[str, Tally]) -> Iterable[tuple[str, str]]:
    for name, tally in sorted(tallies.items()):
        yield f"recall, {kind} {name}", f"{at_least(tally.removed, tally.characters)} (identifiers: {tally.spans:,})"


def _tally(tally: Tally) -> dict[str, Any]:
    return {
        "recall": tally.recall,
        "span_recall": tally.span_recall,
        "marked_characters": tally.characters,
        "marked_characters_removed": tally.removed,
        "spans": tally.spans,
        "spans_removed": tally.spans_removed,
    }


def _tallies(tallies: Mapping[str, Tally]) -> dict[str, Any]:
    return {name: _tally(tally) for name, tally in sorted(tallies.items())}


def _grouped(found: Sequence[Any], limit: int, told: Callable[[Any], dict[str, str]]) -> dict[str, Any]:
    groups: dict[str, list[Any]] = {}
    for one in found:
        groups.setdefault(one.span.label, []).append(one)
    sizes = _dealt({label: len(group) for label, group in groups.items()}, limit)
    return {
        label: {"count": len(group), "shown": [told(one) for one in group[: sizes[label]]]}
        for label, group in sorted(groups.items())
    }


def _dealt(counts: Mapping[str, int], limit: int) -> dict[str, int]:
    """How many of each to show, at most `limit` together: one of each in turn."""
    sizes = dict.fromkeys(counts, 0)
    left = min(limit, sum(counts.values()))
    while left:
        for label in sorted(counts):
            if left and sizes[label] < counts[label]:
                sizes[label] += 1
                left -= 1
    return sizes


def _missed(miss: Miss) -> dict[str, str]:
    text = miss.example.text
    left = "".join(text[place] for place in miss.left)
    return {"id": miss.example.id, **_context(text, miss.span.start, miss.span.end), "left": left}


def _damaged(damage: Damage) -> dict[str, str]:
    return {"id": damage.example.id, **_context(damage.example.text, damage.span.start, damage.span.end)}


def _context(text: str, start: int, end: int) -> dict[str, str]:
    return {
        "before": text[max(0, start - CONTEXT) : start],
        "text": text[start:end],
        "behind": text[end : end + CONTEXT],
    }
