"""The tagger as a detector: names, places and organisations that nothing announces, and odd dates and codes."""

import re
from collections.abc import Iterable

from threadpoolctl import threadpool_limits

from phiward.deid.spans import Span
from phiward.deid.tagger.decoding import SURE, Found, Thresholds, decode
from phiward.deid.tagger.features import Lexicon
from phiward.deid.tagger.keep import is_kept
from phiward.deid.tagger.model_file import Model, shipped_model
from phiward.deid.tagger.network import Floats
from phiward.deid.tagger.tokens import Tokens, tokenise
from phiward.domain.placeholders import Category

SURE_DETECTOR, DETECTOR = "tagger_sure", "tagger"
WINDOW = 2048
"""Tokens judged at once. Windows overlap by the reach of the network, so that cutting changes nothing."""

_TITLE_BEFORE = re.compile(
    r"\b(?:Dr|Mr|Mrs|Ms|Miss|Mx|Prof|Doctor|Ofc|Officer|Det|Detective|Deputy|Sgt|SSG|Cpl|Capt|Captain|Lt|Maj|Col|Chief|Coach|"
    r"Judge|Imam|Bishop|Rabbi|Pastor|Rev|Reverend|Father|Sister|Brother|Deacon|Elder|Smt|Shri|Sri|Swami|Sra|Sr|Dra|Mme|"
    r"Auntie|Aunt|Uncle|Tía|Tío|Grandma|Grandpa|Nana|Abuela|Nurse)\.?\s$",
    re.IGNORECASE,
)
_CODE_HEAD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9]|[_\-/](?=[A-Za-z0-9]|$))*$")
_CODE_TAIL = re.compile(r"(?:[_\-/]?[A-Za-z0-9])+")
_WORD_HEAD = re.compile(r"[^\W_]*$")
_WORD_TAIL = re.compile(r"[^\W_]*")
_STATE_BEHIND = re.compile(
    r"(?:, ?| (?=[A-Z]{2},? [0-9]{5}))(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|"
    r"P[AR]|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])(?![\w'/-])"
)
"""A state right behind its city goes with it."""
_NEIGHBOURS = 24
_TRIMMED = " \t\r\n.,;:!?()[]{}<>\"'-/|*_=#"


class Tagger:
    """Safe to use from several threads at once. Loading takes well under a second and some 50 MB."""

    def __init__(self, model: Model | None = None, thresholds: Thresholds | None = None) -> None:
        """`model`: the shipped one. Raises UnsafeContentError where the shipped one is missing or altered."""
        threadpool_limits(1, user_api="blas")  # small products: a second thread costs more than it brings
        self._model = model or shipped_model()
        self._thresholds = thresholds or Thresholds()

    @property
    def lexicon(self) -> Lexicon:
        """What the model knows of words."""
        return self._model.lexicon

    def find(self, text: str) -> Iterable[Span]:
        """Spans of what is likely to identify, keep-rules applied."""
        tokens = tokenise(text)
        for found in self._decoded(tokens):
            start, end = tokens.starts[found.first], tokens.ends[found.last]
            span = _span(text, start, end, found)
            if span is not None:
                yield span

    def _decoded(self, tokens: Tokens) -> list[Found]:
        model = self._model
        return decode(self.chances(tokens), tokens, model.labels, self._thresholds, model.lexicon)

    def chances(self, tokens: Tokens) -> Floats:
        """The distribution over the labels for each token."""
        network, size = self._model.network, len(tokens.words)
        if size <= WINDOW + 2 * network.reach:
            return network.chances(tokens.words, tokens.gaps)
        made = network.chances([], [])
        made.resize((size, made.shape[1]), refcheck=False)
        for begin in range(0, size, WINDOW):
            end = min(begin + WINDOW, size)
            low, high = max(0, begin - network.reach), min(size, end + network.reach)
            part = network.chances(tokens.words[low:high], tokens.gaps[low:high])
            made[begin:end] = part[begin - low : end - low]
        return made


def _span(text: str, start: int, end: int, found: Found) -> Span | None:
    while start < end and text[start] in _TRIMMED:
        start += 1
    while end > start and text[end - 1] in _TRIMMED and not _abbreviates(text, start, end):
        end -= 1
    if found.label == "CODE":
        start, end = _whole_code(text, start, end)
    elif start < end:
        start, end = _whole_word(text, start, end)
    if found.label == "PLACE" and (state := _STATE_BEHIND.match(text, end)):
        end = state.end()
    if text[max(start, end - 2) : end] == "'s" and found.label == "NAME":
        end -= 2
    if found.label == "NAME" and (title := _TITLE_BEFORE.search(text[max(0, start - 12) : start])):
        start -= len(title.group())
    if start >= end or is_kept(
        found.label, text[start:end], text[max(0, start - _NEIGHBOURS) : start], text[end : end + _NEIGHBOURS]
    ):
        return None
    return Span(
        start, end, _category(found.label, text[start:end]), SURE_DETECTOR if found.chance >= SURE else DETECTOR, 20
    )


def _whole_code(text: str, start: int, end: int) -> tuple[int, int]:
    """A code does not end in the middle of itself: `farrukh_m86`, `19-004417`."""
    head = _CODE_HEAD.search(text[max(0, start - _NEIGHBOURS) : start])
    tail = _CODE_TAIL.match(text, end)
    return start - (len(head.group()) if head else 0), tail.end() if tail else end


def _whole_word(text: str, start: int, end: int) -> tuple[int, int]:
    """A word in which a scanner read a digit is one word: `R0SALIND`, `Suzuk1`, `31B`."""
    if text[start].isalpha() and text[start - 1 : start].isdigit():
        start -= len(_WORD_HEAD.search(text[max(0, start - _NEIGHBOURS) : start]).group())  # type: ignore[union-attr]
    if text[end - 1].isalpha() and text[end : end + 1].isdigit():
        end = _WORD_TAIL.match(text, end).end()  # type: ignore[union-attr]
    return start, end


def _abbreviates(text: str, start: int, end: int) -> bool:
    """Whether the point at the end belongs to an initial: "J.S."."""
    return (
        text[end - 1] == "."
        and end - start >= 2
        and text[end - 2].isupper()
        and (end - start < 3 or not text[end - 3].isalpha())
    )


def _category(label: str, text: str) -> Category:
    if label in ("NAME", "ORG"):
        return Category.NAME
    if label == "PLACE":
        if text.replace("-", "").isdigit():
            return Category.ZIP
        return Category.ADDRESS if any(letter.isdigit() for letter in text) else Category.CITY
    if label == "DATE":
        return Category.DATE
    if label == "AGE":
        return Category.AGE
    if "@" in text[1:]:
        return Category.EMAIL
    return Category.URL if "://" in text or text.lower().startswith("www.") else Category.ID
