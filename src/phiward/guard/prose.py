"""Names that are words: a sentence in which they stand as words names nobody.

"Kirk will call" is no Will Kirk, and "after Grace rose" no Rose Grace. The case tells: in a name all words begin with a
capital, or none does, or a writer hides it; so only a word of this list, in small letters beside a capital, is prose.
A model can write "will Kirk" past the checks, which says no more than a sentence does (docs/adr/0013).
"""

import re

_WORD = re.compile(r"[^\W\d_]+")
_WORDS = (
    "an ask back be best bill can case chase close cook day do drew fell fields floor good grace grant he held him "
    "hope in law light little long love low mark may more no noble pain park pat price rose rush say see small so "
    "sparks still strong sue to tell wade wait walk way well will young"
)
_ALSO_NAMES = frozenset(_WORDS.split())


def is_prose(text: str) -> bool:
    """Whether the words of a known name, as they stand in `text`, are words of a sentence."""
    written = _WORD.findall(text)
    small = [one for one in written if one.islower()]
    return 0 < len(small) < len(written) and not _ALSO_NAMES.isdisjoint(small)
