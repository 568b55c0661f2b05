"""Text becomes tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from phiward.deid.tagger.tokens import BLANK_LINE, LINE, NO_GAP, SPACE, SPACES, TAB, tokenise


def test_an_empty_text_has_no_tokens():
    """Nothing to judge."""
    assert tokenise("").words == []


@pytest.mark.parametrize(
    ("between", "gap", "reason"),
    [
        ("-", NO_GAP, "the sign is a token of its own and touches both"),
        (" ", SPACE, "words of one sentence"),
        ("   ", SPACES, "columns"),
        ("\n", LINE, "the next line"),
        ("\n\n", BLANK_LINE, "the next paragraph"),
        ("\t", TAB, "the next cell"),
    ],
)
def test_the_gap_before_a_token_is_told(between, gap, reason):
    """Columns, lines and paragraphs part names."""
    assert tokenise(f"Ann{between}Lee").gaps[-1] == gap, reason


@given(st.text(max_size=200))
def test_every_sign_belongs_to_exactly_one_token(text):
    """Nothing is read twice, and only white space not at all."""
    tokens = tokenise(text)
    covered = "".join(text[start:end] for start, end in zip(tokens.starts, tokens.ends, strict=True))
    assert covered == "".join(text.split()) or covered == "".join(letter for letter in text if not letter.isspace())
    assert all(end <= start for end, start in zip(tokens.ends, tokens.starts[1:], strict=False))
