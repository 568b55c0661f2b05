"""Text of the user's own that looks like a placeholder must not be resolved as one.

Looks at the original text, with the grammar itself: that makes the inverse exact for every text.
"""

from collections.abc import Iterable

from phiward.deid.spans import Span
from phiward.domain.placeholders import PATTERN, Category


def look_alikes(text: str) -> Iterable[Span]:
    """Every placeholder look-alike of the text, as LITERAL."""
    if "[" not in text:
        return
    for match in PATTERN.finditer(text):
        yield Span(match.start(), match.end(), Category.LITERAL, "literal", 100)
