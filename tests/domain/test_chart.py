"""What a chart holds does not print."""

from phiward.domain.chart import ChartContents, PackedSegment


def test_an_opened_segment_prints_its_model_only() -> None:
    """Its bytes are words and vectors of a patient."""
    assert "Zelda" not in repr(ChartContents((), (PackedSegment("m", b"Zelda Quagmire"),), 0))
