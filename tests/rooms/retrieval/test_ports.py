"""What segments are made with has a name."""

from phiward.retrieval.ports import index_model
from tests.flow.charts import EmbedderTwin


def test_another_model_or_another_dialect_of_words_is_another_name() -> None:
    """Either makes what is indexed incomparable."""
    assert index_model(EmbedderTwin("a")) != index_model(EmbedderTwin("b"))
    assert index_model(EmbedderTwin("a")) == "a + phiward terms 1"
