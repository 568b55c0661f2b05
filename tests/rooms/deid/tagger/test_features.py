"""What the network is told about a word."""

from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.tagger.features import (
    DICTIONARY,
    FAMILY_ANY,
    FAMILY_TOP,
    FREQUENT,
    GIVEN_TOP,
    GRAM_BUCKETS,
    MAX_GRAMS,
    SHAPES,
    Lexicon,
    features,
    grams,
    shape,
)
from phiward.deid.tagger.tokens import tokenise

EMPTY = Lexicon({}, np.array([], dtype=np.uint32), np.array([], dtype=np.uint16))


def test_an_empty_lexicon_knows_no_word():
    """A look-up past the end is no hit."""
    assert features("Okafor", EMPTY).word == 0
    assert features("Okafor", EMPTY).bits == 0
    assert not EMPTY.is_plain("\ud800")


def test_a_listed_word_is_known_in_any_case():
    """Lists are in lower case."""
    lexicon = Lexicon({"fever": 3}, np.array([crc32(b"okafor")], dtype=np.uint32), np.array([5], dtype=np.uint16))
    assert features("OKAFOR", lexicon).bits == 5
    assert features("Fever", lexicon).word == 3


@pytest.mark.parametrize(
    ("word", "suspect", "plain", "ordinary", "reason"),
    [
        ("quux", True, False, False, "nobody has heard of it"),
        ("pain", False, True, True, "a word and nothing else"),
        ("brown", False, False, False, "a word that people are called"),
        ("rose", False, False, True, "a frequent word that people are called"),
        ("okafor", True, False, False, "only a name"),
        ("ox", False, False, False, "too short to be suspected"),
    ],
)
def test_the_safe_word_line_knows_words_names_and_neither(word, suspect, plain, ordinary, reason):
    """Suspect words go on a slight chance; ordinary ones are not learned as names."""
    lists = {
        b"pain": DICTIONARY,
        b"brown": DICTIONARY | FAMILY_TOP,
        b"rose": DICTIONARY | FREQUENT | GIVEN_TOP,
        b"okafor": FAMILY_ANY,
    }
    rows = sorted((crc32(name), flags) for name, flags in lists.items())
    codes, bits = (np.array(column) for column in zip(*rows, strict=True))
    lexicon = Lexicon({"pain": 1, "rose": 2}, codes.astype(np.uint32), bits.astype(np.uint16))
    judged = lexicon.is_suspect(word), lexicon.is_plain(word), lexicon.is_ordinary(word)
    assert judged == (suspect, plain, ordinary), reason


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        ("will", "Will", "a capital"),
        ("Will", "WILL", "all capitals"),
        ("1945", "3945", "a year is no other number"),
        ("0412", "4120", "a leading zero"),
        ("-", "/", "each sign"),
        ("J", "Jo", "an initial"),
    ],
)
def test_shapes_that_matter_differ(one, other, reason):
    """The shape is all that is left of an unknown word but its letters."""
    assert shape(one) != shape(other), reason


@given(st.text(min_size=1, max_size=40))
def test_every_token_has_features_within_the_tables(text):
    """No text reads beyond the tables."""
    for word in tokenise(text).words:
        found = features(word, EMPTY)
        assert 0 <= found.shape < SHAPES
        assert len(found.grams) <= MAX_GRAMS
        assert all(0 < gram <= GRAM_BUCKETS for gram in found.grams)


def test_words_alike_share_groups_of_letters():
    """So that an unknown name looks like those that were seen."""
    assert set(grams("kowalska")) & set(grams("nowalska"))
