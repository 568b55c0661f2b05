"""What the reading process is told."""

import pytest

from phiward.adapters.extraction.order import ExtractionLimits, Order


@pytest.mark.parametrize(
    "order",
    [
        pytest.param(Order("pdf"), id="without programs"),
        pytest.param(Order("word", ExtractionLimits(max_pages=3, wall_seconds=0.5), "/bin/a", "/bin/b"), id="with all"),
    ],
)
def test_an_order_arrives_as_it_was_given(order: Order) -> None:
    """Through one word of a command line."""
    assert Order.of(order.argument()) == order


def test_only_programs_that_are_installed_may_be_run() -> None:
    """None is no program."""
    assert Order("pdf", tesseract="/bin/a").programs == ("/bin/a",)
