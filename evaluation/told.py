"""The measured figures as a table in docs/measurements.md, between two marks."""

from collections.abc import Mapping
from typing import Any

BEGIN, END = "<!-- made by make eval ARGS=--write -->", "<!-- end -->"
AIMS = {"questions": "99.5 %", "messages": "99.5 %", "notes": "99.0 %", "clinical": "99.5 %", "general": "97 %"}
"""Characters removed that the set should reach."""


def table(measured: Mapping[str, Any]) -> str:
    """Rows of Markdown: a set a row, then the spread between name groups."""
    rows = [
        "| set | texts | characters removed (aim) | removed whole (aim 98.5 %) | precision (aim 97 %) | texts leaking "
        "| clean texts touched (aim 4 %) |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [_row(name, one) for name, one in sorted(measured.items()) if name != "names"]
    recalls: Mapping[str, float] = measured["names"]["recall_by_group"]
    worst = sorted(recalls, key=lambda name: recalls[name])[:3]
    rows += [
        "",
        f"Recall of names in the same sentences, names of {len(recalls)} groups exchanged: "
        f"{min(recalls.values()):.2%} to {max(recalls.values()):.2%}, spread {measured['names']['spread'] * 100:.2f} "
        f"points (aim 1); lowest {', '.join(f'{name} {recalls[name]:.2%}' for name in worst)}.",
    ]
    return "\n".join(rows)


def put(page: str, measured: Mapping[str, Any]) -> str:
    """`page` with the table between its marks. Raises ValueError where a mark is missing."""
    head, tail = page.index(BEGIN) + len(BEGIN), page.index(END)
    return f"{page[:head]}\n{table(measured)}\n{page[tail:]}"


def _row(name: str, one: Mapping[str, Any]) -> str:
    recall = "-" if one["recall"] is None else f"{one['recall']:.2%} ({AIMS.get(name, '-')})"
    whole = "-" if one["span_recall"] is None else f"{one['span_recall']:.2%} of {one['spans']:,}"
    precision = f"{one['precision']:.2%}" if one["spans"] else "-"
    leaks = f"{one['documents_leaking']} of {one['documents_with_identifiers']}"
    touched = f"{one['clean_texts_touched']} of {one['clean_texts']}"
    return f"| {name} | {one['documents']:,} | {recall} | {whole} | {precision} | {leaks} | {touched} |"
