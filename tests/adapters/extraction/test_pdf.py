"""PDF: every page, and nothing left out in silence."""

import zlib
from io import BytesIO

import pytest
from pypdf import PdfReader, PdfWriter

from phiward.adapters.extraction.order import ExtractionLimits, Order
from phiward.adapters.extraction.pdf import read
from phiward.adapters.extraction.reasons import Reason, Refused
from tests.adapters.extraction.bombs import zeros
from tests.adapters.extraction.conftest import Drawn
from tests.adapters.extraction.made import LETTER, letter, pdf, scanned_pdf, shown, stream, written

BARE = Order("pdf", ExtractionLimits(max_pages=3))
GOOD = letter(LETTER, ("Second page",))
FLATE = "/Filter /FlateDecode"
MOVES = "".join(f"{number * 7919 % 1000} {number * 104729 % 1000} m " for number in range(400)).encode()
PACKED = zlib.compress(written(LETTER) + b" " + MOVES + written(["Allergic to penicillin"]))
DAMAGED = PACKED[:240] + b"\0" * 8 + PACKED[248:]
HALF = (maker := zlib.compressobj()).compress(written(LETTER)) + maker.flush(zlib.Z_SYNC_FLUSH)
FORM = f"/Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> {FLATE}"
PICTURE = b"<< /Subtype /Image /Width 1000 /Height 1000 /Length 0 >>\nstream\n\nendstream"


def encrypted(user: str) -> bytes:
    """The good document, AES-256."""
    writer = PdfWriter(clone_from=PdfReader(BytesIO(GOOD)))
    writer.encrypt(user_password=user, owner_password="owner", algorithm="AES-256")
    held = BytesIO()
    writer.write(held)
    return held.getvalue()


def noted(*notes: str) -> bytes:
    """A page with these annotations."""
    return letter(("K 4.1",), page=f"/Annots [{' '.join(f'<< /Type /Annot {note} >>' for note in notes)}]")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        pytest.param(b"%PNG", Reason.BROKEN, id="another format"),
        pytest.param(GOOD[: len(GOOD) // 2], Reason.CUT_SHORT, id="cut in the middle"),
        pytest.param(encrypted("secret"), Reason.ENCRYPTED, id="encrypted"),
        pytest.param(letter(LETTER, catalog="/Collection << >>"), Reason.HOLDS_OTHERS, id="a portfolio"),
        pytest.param(letter(LETTER, catalog="/NeedsRendering true"), Reason.LIVE_FORM, id="a form to be built first"),
        pytest.param(letter(*[("a",)] * 4), Reason.TOO_MANY_PAGES, id="four pages where three are the limit"),
        pytest.param(letter(LETTER, count=2), Reason.BROKEN, id="a page is missing"),
        pytest.param(pdf([stream(zlib.compress(written(LETTER))[:-30], FLATE)]), Reason.BROKEN, id="half a word"),
        pytest.param(pdf([stream(HALF, FLATE)]), Reason.CUT_SHORT, id="half a page, ending between two words"),
        pytest.param(pdf([stream(DAMAGED, FLATE)]), Reason.BROKEN, id="a damaged page"),
        pytest.param(
            pdf([written(["Fax"]) + b" /F Do"], more=[stream(DAMAGED, FORM)], pictures={"/F": 4}),
            Reason.BROKEN,
            id="a damaged part of a page",
        ),
        pytest.param(pdf([stream(zeros(2048), FLATE)]), Reason.TOO_LARGE, id="a page of two gibibytes"),
        pytest.param(pdf([b""]), Reason.NO_TEXT, id="an empty page"),
        pytest.param(pdf([shown()], more=[PICTURE], pictures={"/Im1": 4}), Reason.NEEDS_TESSERACT, id="a scan"),
        pytest.param(pdf([written(["\\001\\002\\003"])]), Reason.NEEDS_TESSERACT, id="a font without characters"),
        pytest.param(pdf([b"0 0 m 9 9 l S"]), Reason.NEEDS_TESSERACT, id="a drawing"),
    ],
)
def test_a_page_that_would_be_missing_is_a_refusal(data: bytes, reason: Reason) -> None:
    """Here no program is there that could recognise it."""
    with pytest.raises(Refused) as refused:
        read(data, BARE)
    assert refused.value.reason is reason


def test_a_tree_of_pages_without_end_is_refused() -> None:
    """It leads to itself."""
    with pytest.raises((Refused, Exception)):
        read(pdf([written(LETTER)], kids="2 0 R", count=1), BARE)


def test_a_compressed_page_is_read_whole() -> None:
    """Also without its checksum."""
    packed = zlib.compress(written(LETTER))
    for content in (packed, packed[:-4]):
        assert "Lisinopril" in read(pdf([stream(content, FLATE)]), BARE).text


def test_each_page_is_a_section() -> None:
    """The offsets are code points."""
    found = read(GOOD, BARE)
    assert [(found.text[start:end], title) for start, end, title in found.sections] == [
        ("\n".join(LETTER), "page 1"),
        ("Second page", "page 2"),
    ]
    assert found.source == "pdf"


def test_an_empty_page_has_no_section_and_the_next_keeps_its_number() -> None:
    """As a reader would count."""
    found = read(pdf([written(["first"]), b"", written(["third"])]), BARE)
    assert [title for _, _, title in found.sections] == ["page 1", "page 3"]


def test_an_empty_password_opens() -> None:
    """Such a document only forbids printing or copying."""
    assert "potassium 4.1" in read(encrypted(""), BARE).text


@pytest.mark.parametrize(
    ("note", "line"),
    [
        pytest.param("/Subtype /Widget /T (Weight) /V (80 kg)", "Weight: 80 kg", id="a form field"),
        pytest.param("/Subtype /Widget /Parent << /T (Dose) /V (5 mg) >>", "Dose: 5 mg", id="a value of the parent"),
        pytest.param("/Subtype /Widget /T (Pain) /V /Yes /AS /Off", "Pain: Off", id="a box of its own state"),
        pytest.param("/Subtype /Widget /T (Pills) /V [(a) (b)]", "Pills: a, b", id="several choices"),
        pytest.param("/Subtype /FreeText /Contents (see me)", "see me", id="a typed note"),
        pytest.param("/Subtype /Text /Contents (repeat)", "repeat", id="a sticky note"),
    ],
)
def test_what_is_filled_in_or_noted_is_read(note: str, line: str) -> None:
    """After the page on which it stands."""
    assert read(noted(note), BARE).text == f"K 4.1\n{line}"


@pytest.mark.parametrize(
    "note",
    [
        pytest.param("/Subtype /Popup /Contents (repeat)", id="a window that shows another's words"),
        pytest.param("/Subtype /Widget /T (Empty)", id="an empty field"),
        pytest.param("/Subtype /Link /A << /S /URI /URI (http://127.0.0.1/) >>", id="a link"),
    ],
)
def test_what_says_nothing_adds_nothing(note: str) -> None:
    """No line is made up."""
    assert read(noted(note), BARE).text == "K 4.1"


def test_a_small_picture_beside_text_is_a_logo() -> None:
    """So is a large one on a page full of text."""
    small = PICTURE.replace(b"1000", b"100")
    assert read(pdf([written(LETTER) + shown()], more=[small], pictures={"/Im1": 4}), BARE).source == "pdf"
    full = written(["words " * 10] * 10)
    assert read(pdf([full + shown()], more=[PICTURE], pictures={"/Im1": 4}), BARE).source == "pdf"


def test_a_picture_within_a_form_counts() -> None:
    """Some scanners wrap it."""
    form = (
        b"<< /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /A 4 0 R >> >> /Length 0 >>\nstream\n\nendstream"
    )
    with pytest.raises(Refused, match="NEEDS_TESSERACT"):
        read(pdf([written(["Fax"]) + shown("/F")], more=[PICTURE, form], pictures={"/F": 5}), BARE)


def test_a_page_too_large_to_render_is_refused(order: Order) -> None:
    """At a hundred dots an inch it would have more pixels than the limit."""
    with pytest.raises(Refused) as refused:
        read(pdf([written(["a"]), b"0 0 m 9 9 l S"], size="0 0 14400 14400"), order)
    assert (refused.value.reason, refused.value.page) == (Reason.TOO_MANY_PIXELS, 2)


def test_scanned_pages_are_recognised_and_the_document_is_a_scan(order: Order, drawn: Drawn) -> None:
    """Also where a fax machine wrote a line over the picture."""
    found = read(scanned_pdf([drawn(("", "", "", *LETTER)), drawn(("Second page", "Creatinine 1.2"))]), order)
    pages = [found.text[start:end] for start, end, _ in found.sections]
    assert "potassium 4.1" in pages[0]
    assert "Creatinine 1.2" in pages[1]
    over = read(scanned_pdf([drawn(("", "", "", *LETTER))], over=["Fax 17"]), order)
    assert "potassium 4.1" in over.text
    assert "Fax 17" in over.text
    assert found.source == over.source == "scan"


def test_a_page_with_text_beside_a_scanned_one_keeps_its_text(order: Order) -> None:
    """Only what cannot be read otherwise is recognised."""
    found = read(pdf([written(["Zebedee: 0O1lI"]), b"0 0 m 9 9 l S"]), order)
    assert (found.text, found.source) == ("Zebedee: 0O1lI", "scan")
