"""How an answer's evidence and gaps are said: fixed sentences with counts, nothing of a record."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from phiward.console.wording import plural
from phiward.domain.shown import NotUsed, SaidSentence, SentPiece, ShownAnswer
from phiward.flow.showing import pieces_of, replaced_of

LACKING: Final = {
    "number": "Number not in source",
    "unit": "Unit not in source",
    "drug": "Drug not in source",
    "date": "Date not in source",
    "negation": "Source may say the opposite",
    "words": "Source says something else",
    "quotation": "Not a quotation",
    "citation": "No source",
    "withheld": "Withheld",
    "length": "Too long to check",
}
"""By code of clinical.claims.Claim."""
EXCERPT: Final = 120


def lacking(one: SaidSentence) -> str:
    """Why a sentence has no support; the first reason is the telling one."""
    return LACKING.get(one.missing[0], "No source") if one.missing else "No source"


def sent(answer: ShownAnswer) -> str:
    """`your question and 5 excerpts, 11 identifiers replaced`."""
    excerpts = sum(piece.what.startswith("Excerpt") for piece in answer.sent)
    return f"your question and {plural(excerpts, 'excerpt')}, {plural(answer.replaced, 'identifier')} replaced"


def shown_first(answer: ShownAnswer) -> Sequence[SentPiece]:
    """The excerpt that the first sourced sentence rests on, or the question: one pair that says how it looks."""
    cited = next((one.number for one in answer.sources if one.cited and one.origin == "chart"), None)
    wanted = f"Excerpt {cited}"
    return [one for one in answer.sent if one.what == wanted] or list(answer.sent[:1])


def not_used(left: NotUsed) -> Sequence[tuple[str, str]]:
    """What the answer could not rest on: what it is, and why."""
    told = (
        (left.withheld, "Withheld", "from the answer: it named somebody else, or could not be checked", "passage"),
        (left.not_shown, "Closed", "closed to you by policy for this purpose", "document or fact|documents or facts"),
        (left.held_back, "Held back", "may be another patient's; a person decides", "document"),
        (left.not_indexed, "Unreadable", "cannot be searched yet", "document"),
        (left.left_out, "No room", "found, but did not fit", "excerpt"),
        (left.masked, "Masked", "in the answer that nobody issued", "placeholder"),
        (left.inert, "Made inert", "in the answer, shown as text", "link, image or tag|links, images or tags"),
    )
    said = [(what, f"{plural(count, *one.split('|'))} {why}") for count, what, why, one in told if count]
    if not left.by_meaning:
        said.append(("By words only", "the chart's vectors are of another embedding model"))
    return said


def excerpt(text: str, most: int = EXCERPT) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[:most].rsplit(' ', 1)[0]} …"


FILTERS: Final[Mapping[str, Callable[..., Any]]] = {
    "lacking": lacking,
    "sent": sent,
    "shown_first": shown_first,
    "not_used": not_used,
    "excerpt": excerpt,
    "pieces": pieces_of,
    "replaced": replaced_of,
}
"""For templates."""
