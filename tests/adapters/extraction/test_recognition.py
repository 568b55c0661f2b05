"""Pictures to text, pages to pictures."""

import pytest

from phiward.adapters.extraction.order import Order
from phiward.adapters.extraction.reasons import Reason, Refused
from phiward.adapters.extraction.recognition import recognised, rendered
from tests.adapters.extraction.conftest import Drawn
from tests.adapters.extraction.made import LETTER, letter


def test_without_its_program_nothing_is_read() -> None:
    """The reason names the Debian package."""
    with pytest.raises(Refused) as refused:
        recognised(b"", Order("pictures", pdftoppm="/bin/false"))
    assert "tesseract-ocr" in refused.value.reason
    with pytest.raises(Refused) as refused:
        rendered(b"", 1, 300, Order("pdf", tesseract="/bin/false"))
    assert "poppler-utils" in refused.value.reason


@pytest.mark.parametrize(
    ("program", "reason"),
    [
        pytest.param("/bin/false", Reason.BROKEN, id="it says that it failed"),
        pytest.param("/bin/true", Reason.BROKEN, id="it says nothing"),
    ],
)
def test_a_page_that_is_not_rendered_is_refused(program: str, reason: Reason) -> None:
    """Nothing is taken for an empty page."""
    with pytest.raises(Refused) as refused:
        rendered(b"", 1, 300, Order("pdf", pdftoppm=program))
    assert refused.value.reason is reason


def test_a_page_that_is_not_there_is_refused(order: Order) -> None:
    """By the real program."""
    with pytest.raises(Refused):
        rendered(letter(LETTER), 2, 100, order)


def test_words_on_a_picture_are_read(order: Order, drawn: Drawn) -> None:
    """By the real program."""
    (text,) = recognised(drawn(LETTER), order, 150)
    assert "potassium 4.1" in text


def test_a_page_becomes_a_grey_picture_of_the_wanted_size(order: Order) -> None:
    """A letter page of 8.5 x 11 inches."""
    assert rendered(letter(LETTER), 1, 100, order).startswith(b"P5\n850 1100\n255\n")
