"""An evaluation as one page for reading: what was marked, what was removed, what was missed.

Self-contained: no script, nothing from outside, and a policy in the page that forbids both. It reads
without colour: what is marked is underlined, what was removed is shaded, and what is missed, or removed
without being marked, stands in a border of its own and says so in a word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from phiward.deid.evaluation.examples import Example
from phiward.deid.evaluation.report import rows
from phiward.deid.evaluation.run import Run
from phiward.deid.evaluation.scores import Removed

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_STYLE = """
:root{color-scheme:light dark;--ink:#1a1a1a;--paper:#fff;--line:#8a8a8a;--gone:#d5d9e0;--bad:#9c1420;--odd:#6b4700}
@media(prefers-color-scheme:dark){:root{--ink:#eee;--paper:#161616;--gone:#3d4450;--bad:#ff9a9a;--odd:#f0c674}}
body{font:1rem/1.8 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;
color:var(--ink);background:var(--paper)}
table{border-collapse:collapse;margin:1rem 0}caption{text-align:left;font-weight:600}
th,td{border-bottom:1px solid var(--line);padding:.25rem .75rem;text-align:left;font-weight:400}
thead th{font-weight:600}td{font-variant-numeric:tabular-nums}
article{border-top:1px solid var(--line);padding:.5rem 0}h3{font-size:1rem;margin:.25rem 0}
.text{white-space:pre-wrap;overflow-wrap:anywhere;unicode-bidi:isolate;margin:.25rem 0}
u{text-decoration:underline 2px;text-underline-offset:.2em}
del{text-decoration:inherit;background:var(--gone)}
.missed{border:3px double var(--bad);padding:0 .2rem}
.unmarked{border:2px dashed var(--odd);padding:0 .2rem}
.tag{font:600 .75rem/1 system-ui,sans-serif;margin-left:.3em}
.missed .tag{color:var(--bad)}.unmarked .tag{color:var(--odd)}
"""
_HEAD = (
    '<meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">'
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    '<meta name="referrer" content="no-referrer"><title>phiward eval deid</title>'
)
_LEGEND = (
    "<ul><li><u>Underlined</u>: marked in the file as an identifier.</li>"
    "<li><del>Shaded</del>: removed.</li>"
    '<li><u class="missed">Double border <b class="tag">missed</b></u>: marked, and at least a letter or digit stayed.'
    '</li><li><del class="unmarked">Dashed border <b class="tag">not marked</b></del>: removed, and not marked.</li>'
    "</ul>"
)
MISSED, UNMARKED, RIGHT = "Texts with something missed", "Texts with something removed unmarked", "All other texts"
"""The three parts of the page, worst first."""


def page(runs: Sequence[Run], examples: Sequence[Example], made_by: str) -> str:
    """The whole page: figures of all `runs`, texts as the first of them left them; `made_by`: the versions at work.

    It shows the texts: keep it as you keep them.
    """
    parts: dict[str, list[str]] = {MISSED: [], UNMARKED: [], RIGHT: []}
    for example, found in zip(examples, runs[0].found, strict=True):
        body, kind = _marked_up(example, found)
        parts[kind].append(
            f'<article><h3>{_safe(example.id)}</h3><div class="text" dir="auto">{body}</div></article>\n'
        )
    texts = "".join(
        f"<section><h2>{name} ({len(made)})</h2>\n{''.join(made)}</section>" for name, made in parts.items()
    )
    return (
        f'<!doctype html>\n<html lang="en"><head>{_HEAD}<style>{_STYLE}</style></head><body><main>'
        f"<h1>Evaluation of {_safe(runs[0].name)}</h1>"
        "<p>This page holds the texts of the evaluation file: keep it as you keep them.</p>"
        f"{_table(runs)}<p>{_safe(made_by)}</p><h2>How to read the texts</h2>{_LEGEND}{texts}</main></body></html>\n"
    )


def _table(runs: Sequence[Run]) -> str:
    names = "".join(f'<th scope="col">{_safe(run.name)}</th>' for run in runs)
    lines = "".join(
        f'<tr><th scope="row">{_safe(line[0][0])}</th>'
        + "".join(f"<td>{_safe(value)}</td>" for _, value in line)
        + "</tr>"
        for line in zip(*(rows(run) for run in runs), strict=True)
    )
    head = f'<thead><tr><th scope="col">figure</th>{names}</tr></thead>'
    return f"<table><caption>Figures</caption>{head}<tbody>{lines}</tbody></table>"


def _marked_up(example: Example, found: Iterable[Removed]) -> tuple[str, str]:
    """The text as HTML, and the part of the page to which it belongs."""
    gone = [False] * len(example.text)
    for removed in found:
        for place in range(max(0, removed.start), min(removed.end, len(gone))):
            gone[place] = True
    made, kind = [], RIGHT
    for start, end, labels in _areas(example):
        pieces = [
            (stayed, "".join(example.text[place] for place in places))
            for stayed, places in groupby(range(start, end), key=lambda place: not gone[place])
        ]
        wrong = [text for stayed, text in pieces if stayed is bool(labels) and any(map(str.isalnum, text))]
        if wrong:
            kind = MISSED if labels else kind if kind is MISSED else UNMARKED
        made.append(_identifier(pieces, labels, missed=bool(wrong)) if labels else _plain(pieces))
    return "".join(made), kind


def _areas(example: Example) -> Iterator[tuple[int, int, tuple[str, ...]]]:
    """The text from end to end as (start, end, labels); no labels: not marked. Overlapping marks become one."""
    merged: list[tuple[int, int, tuple[str, ...]]] = []
    for span in sorted(example.spans, key=lambda span: (span.start, span.end)):
        if merged and span.start < merged[-1][1]:
            start, end, labels = merged[-1]
            merged[-1] = start, max(end, span.end), labels if span.label in labels else (*labels, span.label)
        else:
            merged.append((span.start, span.end, (span.label,)))
    place = 0
    for start, end, labels in merged:
        yield place, start, ()
        yield start, end, labels
        place = end
    yield place, len(example.text), ()


def _identifier(pieces: Iterable[tuple[bool, str]], labels: Sequence[str], *, missed: bool) -> str:
    inside = "".join(_safe(text) if stayed else f"<del>{_safe(text)}</del>" for stayed, text in pieces)
    names = _safe(", ".join(labels))
    if missed:
        return f'<u class="missed" title="{names}">{inside}<b class="tag">missed {names}</b></u>'
    return f'<u title="{names}">{inside}</u>'


def _plain(pieces: Iterable[tuple[bool, str]]) -> str:
    return "".join(_safe(text) if stayed else _unmarked(text) for stayed, text in pieces)


def _unmarked(text: str) -> str:
    if any(map(str.isalnum, text)):
        return f'<del class="unmarked">{_safe(text)}<b class="tag">not marked</b></del>'
    return f"<del>{_safe(text)}</del>"


def _safe(text: str) -> str:
    """For any place in the page, attributes included; what HTML cannot hold becomes U+FFFD."""
    return escape(_CONTROLS.sub("\ufffd", text))
