"""DOCX: everything that a reader of the document would see."""

import pytest

from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.reasons import Reason, Refused
from phiward.adapters.extraction.word import read
from tests.adapters.extraction.conftest import Drawn
from tests.adapters.extraction.made import LETTER, docx, paragraph, pixels, png, table

ORDER = Order("word")


def run(inner: str) -> str:
    """A paragraph with one run."""
    return f"<w:p><w:r>{inner}</w:r></w:p>"


def text_of(body: str) -> str:
    """The text of a document with this body."""
    return read(docx(body), ORDER).text


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(docx(""), Reason.NO_TEXT, id="empty"),
        pytest.param(docx(paragraph(" ")), Reason.NO_TEXT, id="blank"),
        pytest.param(docx('<w:altChunk r:id="a" xmlns:r="r"/>'), Reason.HOLDS_OTHERS, id="another document within"),
        pytest.param(
            docx(paragraph("K"), prolog='<!DOCTYPE w:document SYSTEM "http://127.0.0.1/">'),
            Reason.DECLARES_TYPES,
            id="a document type",
        ),
    ],
)
def test_what_is_no_plain_word_document_is_refused(data: bytes, reason: Reason) -> None:
    """With its reason."""
    with pytest.raises(Refused) as refused:
        read(data, ORDER)
    assert refused.value.reason is reason


def test_a_document_with_macros_is_refused() -> None:
    """Its main part has another type."""
    with pytest.raises(Refused, match="MACROS"):
        read(docx(paragraph("K"), main="document.macroEnabled"), ORDER)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(paragraph("K 4.1") + paragraph("Na 140"), "K 4.1\nNa 140", id="paragraphs"),
        pytest.param(table(("K", "4.1"), ("Na", "140")), "K | 4.1\nNa | 140", id="a table, row by row"),
        pytest.param(table(("K", ""), ("", "")), "K | ", id="an empty cell, an empty row"),
        pytest.param(run("<w:t>K</w:t><w:tab/><w:t>4</w:t><w:br/><w:t>Na</w:t>"), "K\t4\nNa", id="tab and break"),
        pytest.param(run("<w:t>4</w:t><w:noBreakHyphen/><w:t>5</w:t>"), "4-5", id="a hyphen"),
        pytest.param(f"<w:sdt><w:sdtContent>{paragraph('K')}</w:sdtContent></w:sdt>", "K", id="a content control"),
        pytest.param("<w:p><w:ins><w:r><w:t>K</w:t></w:r></w:ins></w:p>", "K", id="an accepted insertion"),
        pytest.param("<w:p><w:hyperlink><w:r><w:t>K</w:t></w:r></w:hyperlink></w:p>", "K", id="a link's words"),
        pytest.param("<w:p><w:smartTag><w:r><w:t>K</w:t></w:r></w:smartTag></w:p>", "K", id="a smart tag"),
        pytest.param(
            paragraph("K") + "<w:p><w:del><w:r><w:delText>Na</w:delText></w:r></w:del></w:p>", "K", id="deleted text"
        ),
        pytest.param(
            paragraph("K") + "<w:p><w:moveFrom><w:r><w:t>Na</w:t></w:r></w:moveFrom></w:p>", "K", id="text moved away"
        ),
        pytest.param(run("<w:instrText>PAGE</w:instrText><w:t>3</w:t>"), "3", id="a field shows its result"),
        pytest.param(
            run(f"<w:t>K</w:t><w:pict><w:txbxContent>{paragraph('box')}</w:txbxContent></w:pict>"),
            "K\nbox",
            id="a text box",
        ),
        pytest.param(run('<w:sym w:font="Wingdings" w:char="2612"/>'), "☒", id="a symbol"),
        pytest.param(run("<w:checkBox><w:checked/></w:checkBox><w:t> pain</w:t>"), "☒ pain", id="a ticked box"),
        pytest.param(
            run('<w:checkBox><w:default w:val="0"/></w:checkBox><w:t> pain</w:t>'), "☐ pain", id="an open box"
        ),
        pytest.param(
            f"<w:tbl><w:tr><w:tc>{table(('K', '4'))}</w:tc><w:sdt><w:sdtContent><w:tc>{paragraph('a')}{paragraph('b')}"
            "</w:tc></w:sdtContent></w:sdt></w:tr></w:tbl>",
            "K | 4 | a b",
            id="a table within a table, a cell within a control",
        ),
    ],
)
def test_what_is_seen_in_the_document_is_in_the_text(body: str, text: str) -> None:
    """And what was deleted is not."""
    assert text_of(body) == text


def test_headings_begin_sections() -> None:
    """Each reaches to the next; a style is a heading by its name, whatever its id."""
    found = read(docx(paragraph("Plan", "berschrift1") + paragraph("Water") + paragraph("Labs", "berschrift1")), ORDER)
    assert found.text == "Plan\nWater\nLabs"
    assert [(found.text[start:end], title) for start, end, title in found.sections] == [
        ("Plan\nWater\n", "Plan"),
        ("Labs", "Labs"),
    ]
    assert found.source == "docx"


def test_what_stands_around_the_body_is_read_too() -> None:
    """Headers before it, once though they stand on several pages; then footers, footnotes and comments."""
    parts = {
        "header1": paragraph("MRN 123"),
        "header2": paragraph("MRN 123"),
        "footer1": paragraph("end"),
        "footnotes": f"<w:footnote>{paragraph('after dialysis')}</w:footnote>",
        "comments": f"<w:comment>{paragraph('repeat')}</w:comment>",
    }
    found = read(docx(paragraph("K 4.1"), parts), ORDER)
    assert found.text.split("\n") == ["MRN 123", "K 4.1", "end", "Footnotes", "after dialysis", "Comments", "repeat"]


def test_a_pasted_scan_needs_the_program_that_reads_it(drawn: Drawn) -> None:
    """It is not left out in silence."""
    with pytest.raises(Refused, match="NEEDS_TESSERACT"):
        read(docx(paragraph("see"), files={"word/media/a.png": png(*pixels(drawn(LETTER)))}), ORDER)


def test_a_pasted_scan_is_read_where_there_is_little_text(order: Order, drawn: Drawn) -> None:
    """The document then counts as a scan; small pictures are logos."""
    files = {"word/media/a.png": png(*pixels(drawn(LETTER))), "word/media/logo.png": png(1, 1, b"\0")}
    found = read(docx(paragraph("see"), files=files), order)
    assert found.text.startswith("see\n")
    assert "potassium 4.1" in found.text
    assert found.source == "scan"


def test_a_picture_beside_much_text_is_not_read() -> None:
    """A letterhead is no scan."""
    data = docx(paragraph("words " * 60), files={"word/media/a.png": png(1000, 1000, bytes(1_000_000))})
    assert read(data, ORDER).source == "docx"
