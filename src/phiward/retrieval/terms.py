"""What a text is about, as numbers: its content words, counted, each as 64 bits of a digest.

Words are canonical (case, accents, look-alikes), without stop words, the plural without its ending. Numbers, units,
and single letters that mean something ("hepatitis B", "K 4.0") stay; the parts of a hyphenated word are words.
Questions and chunks go the same way, so equal words are equal numbers, in every process and version: a change here
needs another DIALECT and the chunks indexed anew. The digest hides nothing from someone who tries words; the numbers
are sealed with the chunks.
"""

from collections import Counter
from hashlib import blake2b

from phiward.domain.words import canonical_words
from phiward.retrieval.words import STOP_WORDS

DIALECT = b"phiward terms 1"
"""Key of the digest; names the rules by which words became numbers."""

Terms = dict[int, int]
"""64-bit number of a word → how often it stands in the text, at least 1."""


def terms(text: str) -> Terms:
    """The counted content words of `text`; empty when it has none."""
    counted: Terms = {}
    for word, count in Counter(canonical_words(text)).items():
        if word not in STOP_WORDS:
            number = int.from_bytes(
                blake2b(stem(word).encode("utf-8", "surrogatepass"), digest_size=8, key=DIALECT).digest(), "little"
            )
            counted[number] = counted.get(number, 0) + count
    return counted


def content_words(text: str) -> list[str]:
    """The content words of `text` themselves, in order, each without the ending of a plural."""
    return [stem(word) for word in canonical_words(text) if word not in STOP_WORDS]


def stem(word: str) -> str:
    """A canonical word without the ending of an English plural: "allergies" is "allergy", "results" is "result".

    Short words and endings that are no plural ("ss", "us", "is") stay. Applying it again changes nothing more.
    """
    if len(word) < 4 or word[-1] != "s" or word[-2] in "sui" or not word.isalpha():
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith("sses") else word[:-1]
