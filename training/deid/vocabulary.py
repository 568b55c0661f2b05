"""The lexicon of the tagger: which words are ordinary, which are clinical, which are names.

The vocabulary holds only what is *not* a name by itself; a word outside it is suspect. That is the
safe-word line, learned together with everything else.
"""

import re
from collections import Counter
from collections.abc import Iterable
from zlib import crc32

import numpy as np

from phiward.deid.tagger.features import (
    CAPITAL,
    CITY,
    CLINICAL,
    DICTIONARY,
    DRUG,
    FAMILY_ANY,
    FAMILY_TOP,
    FREQUENT,
    GIVEN_ANY,
    GIVEN_TOP,
    ORGANISATION,
    REGION,
    Lexicon,
)
from training.deid import carriers, public
from training.deid.lists import Lists
from training.deid.places import STATES
from training.deid.templates import Choice, Part, Template

VOCABULARY_SIZE = 36_000
_WORD = re.compile(r"[^\W\d_]+|\d+|[^\w\s]|_")



def literal_text(parts: Iterable[Part]) -> Iterable[str]:
    """What the authors of the templates wrote around the slots."""
    for part in parts:
        if isinstance(part, str):
            yield part
        elif isinstance(part, Choice):
            for branch in part.branches:
                yield from literal_text(branch)


def _words(texts: Iterable[str]) -> Counter[str]:
    count: Counter[str] = Counter()
    for text in texts:
        count.update(word.lower() for word in _WORD.findall(text))
    return count


def build(lists: Lists, templates: list[Template], inputs: public.Inputs) -> tuple[list[str], dict[int, int]]:
    """The vocabulary (row 0 is the unknown word), and the flags of every listed word by its CRC."""
    lower, _capital = public.english_words()
    clean = [line for key, lines in lists.words.items() if key.startswith("clean/") for line in lines]
    written = _words(text for template in templates for text in literal_text(template.parts))
    listed = _words(clean)
    icd = _words(public.icd_terms(inputs))
    general = _words(public.wordnet_sentences())
    spoken = _words(carriers.texts(inputs.data))
    names = top_names(lists, 12_000)
    count: Counter[str] = Counter()
    for source, weight in ((written, 6), (listed, 4), (icd, 1), (spoken, 2), (general, 1)):
        for word, times in source.items():
            if (source is spoken or source is general) and word in names and word not in lower:
                continue
            count[word] += times * weight
    vocabulary = ["", *(word for word, _ in count.most_common(VOCABULARY_SIZE))]
    bits: Counter[int] = Counter()

    def flag(words: Iterable[str], bit: int) -> None:
        for word in words:
            for part in re.findall(r"[^\W\d_]+", word.lower()):
                if len(part) > 1 or bit in (FREQUENT,):
                    bits[crc32(part.encode())] |= bit

    flag(lists.given_tail[:2500], GIVEN_TOP)
    flag(lists.given_tail[:40_000], GIVEN_ANY)
    flag(lists.family_tail[:6000], FAMILY_TOP)
    flag(lists.family_tail[:90_000], FAMILY_ANY)
    for given, family in lists.groups:
        flag(given, GIVEN_ANY)
        flag(family, FAMILY_ANY)
    flag((row.city for row in lists.hospitals), CITY)
    flag([*lists.words["places/us_cities"], *lists.words["places/world_cities"]], CITY)
    flag((word for word, times in (spoken + written).most_common(4000) if word in lower), FREQUENT)
    flag(lower, DICTIONARY)
    flag((word for word in icd if word.isalpha()), CLINICAL)
    flag(listed, CLINICAL)
    flag([*lists.words["clean/capitalised"], *lists.words["clean/eponyms"], *lists.words["clean/public_orgs"]], CAPITAL)
    flag([*STATES.values(), *lists.words["places/countries"], *lists.words["clean/demonyms"]], REGION)
    flag(
        (
            re.sub(r"\{\w+\}", "", line)
            for key, lines in lists.words.items()
            if key.startswith("orgs/") and "pattern" in key
            for line in lines
        ),
        ORGANISATION,
    )
    flag([*lists.words["clean/drugs"], *lists.words["clean/brands"]], DRUG)
    return vocabulary, dict(bits)


def top_names(lists: Lists, size: int) -> set[str]:
    """The most frequent given and family names in lower case."""
    return {name.lower() for name in [*lists.given_tail[:size], *lists.family_tail[:size]]}


def lexicon(vocabulary: list[str], bits: dict[int, int]) -> Lexicon:
    """What the features ask."""
    codes = np.array(sorted(bits), dtype=np.uint32)
    return Lexicon(
        {word: row for row, word in enumerate(vocabulary) if row},
        codes,
        np.array([bits[int(code)] for code in codes], dtype=np.uint16),
    )
