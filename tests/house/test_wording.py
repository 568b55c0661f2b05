"""Honest words: "supports", never "compliant"; what was applied, never what a text then is."""

import re

import pytest

from tests.house.places import PACKAGE, python_files, short, text_files

CLAIMS = re.compile(
    r"\bHIPAA[- ]?(?:certified|compliant)|\b(?:fully|makes? you) compliant|\bguarantees? compliance"
    r"|\b(?:is|are|was|were|be|fully|completely) de-?identified\b",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"never (?:say )?(?:that )?[\"“'`][^\"”'`]{0,60}[\"”'`]", re.IGNORECASE)


def claims(text: str) -> list[str]:
    """Claims that nobody can keep; what is quoted after "never" is no claim."""
    return [found[0] for found in CLAIMS.finditer(_QUOTED.sub("", " ".join(text.split())))]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("phiward is HIPAA-compliant", 1, id="the claim of every brochure"),
        pytest.param("The text is\nde-identified.", 1, id="broken over two lines"),
        pytest.param('Say "applied", never "is de-identified".', 0, id="quoted as what not to say"),
        pytest.param("supports the Security Rule; De-identified text goes there", 0, id="an allowed word"),
    ],
)
def test_a_claim_is_told_from_a_quotation(text: str, count: int) -> None:
    """The rule itself."""
    assert len(claims(text)) == count


def test_neither_documents_nor_program_claim_too_much() -> None:
    """All Markdown, and every module."""
    files = [*text_files(".md"), *python_files("src")]
    assert PACKAGE / "__init__.py" in files
    found = {short(path): claims(path.read_text(encoding="utf-8")) for path in files}
    assert {path: said for path, said in found.items() if said} == {}
